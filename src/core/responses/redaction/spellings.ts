/**
 * A text as it reads once some encoding is undone. Each UTF-16 code unit knows the stretch of the
 * original text that it comes from.
 */
export interface Spelling {
  text: string;
  /** Where the original of each code unit begins, and where it ends. */
  from: readonly number[];
  to: readonly number[];
}

/** Encodings inside encodings are undone so often. */
const rounds = 2;

/**
 * The text as it stands, without JSON escapes, percent-encoding and HTML entities, and of every
 * stretch that may be base64 what it decodes to. Linear in the text.
 */
export function spellingsOf(text: string): Spelling[] {
  const whole = draft();
  for (let at = 0; at < text.length; at++) put(whole, text.charAt(at), at, at + 1);
  const plain: Spelling[] = [spellingFrom(whole)];
  for (let round = 0; round < rounds; round++) {
    const last = plain.at(-1);
    const decoded = last && unescape(last);
    if (decoded === undefined) break;
    plain.push(decoded);
  }
  const base64 = plain.flatMap(base64In);
  return [...plain, ...base64, ...base64.flatMap((inner) => unescape(inner) ?? [])];
}

interface Draft {
  text: string[];
  from: number[];
  to: number[];
}

const draft = (): Draft => ({ text: [], from: [], to: [] });

function put({ text, from, to }: Draft, what: string, begin: number, end: number): void {
  for (let at = 0; at < what.length; at++) {
    text.push(what.charAt(at));
    from.push(begin);
    to.push(end);
  }
}

const spellingFrom = ({ text, from, to }: Draft): Spelling => ({ text: text.join(''), from, to });

/** `\u0041` and `\x41` behind any number of backslashes, `&#65;`, `&#x41;`, `&amp;`, `%C3%A9`. */
const escapes =
  /(?<!\\)\\+(?:u([\da-f]{4})|x([\da-f]{2}))|&#(?:(\d{1,7})|x([\da-f]{1,6}));?|&(amp|lt|gt|quot|apos|nbsp);|((?:%[\da-f]{2})+)/gi;

const entities: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', ' '],
]);

/** Undoes one layer of escapes; undefined where there are none. */
function unescape(spelling: Spelling): Spelling | undefined {
  const { text, from, to } = spelling;
  const result = draft();
  let done = 0;
  const copy = (end: number) => {
    for (; done < end; done++) put(result, text.charAt(done), from[done] ?? 0, to[done] ?? 0);
  };
  for (const match of text.matchAll(escapes)) {
    const [whole, unicode, byte, decimal, hex, entity, percents] = match;
    copy(match.index);
    done += whole.length;
    if (percents !== undefined) {
      putPercents(result, spelling, match.index, percents);
      continue;
    }
    const code = hexOr(unicode ?? byte ?? hex) ?? Number(decimal);
    const what =
      entity === undefined ? characterOf(code) : (entities.get(entity.toLowerCase()) ?? '');
    put(result, what, from[match.index] ?? 0, to[done - 1] ?? 0);
  }
  if (done === 0) return undefined;
  copy(text.length);
  return spellingFrom(result);
}

const hexOr = (digits: string | undefined) =>
  digits === undefined ? undefined : Number.parseInt(digits, 16);

/** A lone surrogate stays one: the other half may follow as an escape of its own. */
function characterOf(code: number): string {
  if (code <= 0xffff) return String.fromCharCode(code);
  return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
}

function putPercents(result: Draft, { from, to }: Spelling, at: number, percents: string): void {
  const bytes = Uint8Array.from(percents.split('%').slice(1), (pair) => Number.parseInt(pair, 16));
  for (const { character, first, last } of charactersOf(bytes)) {
    put(result, character, from[at + 3 * first] ?? 0, to[at + 3 * last + 2] ?? 0);
  }
}

/** A shorter stretch cannot hold what is looked for. */
const leastBase64 = 6;
const layout = /[\s\\]/;

/** Base64 of either alphabet, also broken into lines. Its begin may be glued to a word before it. */
function base64In({ text, from, to }: Spelling): Spelling[] {
  const found: Spelling[] = [];
  for (const run of text.matchAll(/[\w+/-](?:[\w+/-]|[\s\\]+(?=[\w+/-]))*/g)) {
    const at: number[] = [];
    for (let place = run.index; place < run.index + run[0].length; place++) {
      if (!layout.test(text.charAt(place))) at.push(place);
    }
    if (at.length < leastBase64) continue;
    for (let offset = 0; offset < 4; offset++) {
      const bytes = bytesOf(at.slice(offset).map((place) => text.charAt(place)));
      const result = draft();
      for (const { character, first, last } of charactersOf(bytes)) {
        // Three bytes stand in four characters.
        const begin = at[offset + Math.floor((first * 4) / 3)] ?? 0;
        const end = at[offset + Math.floor((last * 4) / 3) + 1] ?? begin;
        put(result, character, from[begin] ?? 0, to[end] ?? 0);
      }
      found.push(...readable(spellingFrom(result)));
    }
  }
  return found;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const sextets = new Uint8Array(128);
for (let at = 0; at < alphabet.length; at++) sextets[alphabet.charCodeAt(at)] = at;
sextets['-'.charCodeAt(0)] = 62;
sextets['_'.charCodeAt(0)] = 63;

function bytesOf(letters: readonly string[]): Uint8Array {
  const bytes = new Uint8Array(Math.floor((letters.length * 3) / 4));
  let bits = 0;
  let size = 0;
  let at = 0;
  for (const letter of letters) {
    bits = ((bits << 6) | (sextets[letter.charCodeAt(0)] ?? 0)) & 0xffff;
    size += 6;
    if (size < 8) continue;
    size -= 8;
    bytes[at++] = (bits >> size) & 0xff;
  }
  return bytes;
}

/** The stretches between bytes that are no text: what is no base64 decodes to little else. */
function readable({ text, from, to }: Spelling): Spelling[] {
  return [...text.matchAll(/(?:[^\ufffd\p{Cc}]|\s){4,}/gu)].map((match) => {
    const end = match.index + match[0].length;
    return { text: match[0], from: from.slice(match.index, end), to: to.slice(match.index, end) };
  });
}

interface Decoded {
  character: string;
  /** Its first and last byte. */
  first: number;
  last: number;
}

/** UTF-8, with U+FFFD for each byte that is none. */
function* charactersOf(bytes: Uint8Array): Generator<Decoded> {
  for (let first = 0; first < bytes.length; first++) {
    const lead = bytes[first] ?? 0;
    const tail = tailOf(lead);
    let code = tail === 0 ? lead : lead & (0x3f >> tail);
    let isWhole = tail >= 0;
    for (let at = first + 1; at <= first + tail; at++) {
      const byte = bytes[at] ?? 0;
      isWhole &&= byte >> 6 === 2;
      code = (code << 6) | (byte & 0x3f);
    }
    const character = isWhole ? characterOf(code) : '\ufffd';
    const last = isWhole ? first + tail : first;
    yield { character, first, last };
    first = last;
  }
}

/** How many bytes follow the first one of a character; -1 for a byte that begins none. */
function tailOf(byte: number): number {
  if (byte < 0x80) return 0;
  if (byte < 0xc2 || byte > 0xf4) return -1;
  if (byte < 0xe0) return 1;
  return byte < 0xf0 ? 2 : 3;
}
