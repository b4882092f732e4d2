/**
 * How many tokens a text takes, without a tokenizer: the text is cut into runs of one kind of
 * character, and each run counts by its kind and length. The weights were fitted to the counts of
 * `o200k_base` over source code, prose, command output, and encoded data in several languages; see
 * the limits that the test asserts for each kind. Linear in the length of the text.
 */
export function estimateTokens(text: string): number {
  let tokens = 0;
  let before = none;
  for (let at = 0; at < text.length;) {
    const first = kindAt(text, at);
    const end = endOfRun(text, at, first);
    const kind = isLetter(first) ? kindOfWord(text, at, end) : first;
    tokens += tokensOfRun({ kind, length: end - at, before, after: kindAt(text, end) });
    before = kind;
    at = end;
  }
  return Math.ceil(tokens);
}

/** Kinds of characters. Small numbers, so that the table of ASCII is an array of bytes. */
const none = 0;
const lower = 1;
const upper = 2;
const digit = 3;
const space = 4;
const lineBreak = 5;
const punctuation = 6;
/** A letter with an accent: its words are less common, and so are cut into more tokens. */
const accented = 7;
/** Cyrillic or Greek. */
const cyrillic = 8;
const han = 9;
const kana = 10;
const hangul = 11;
const other = 12;

const asciiKinds = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCodePoint(code);
  if (/[a-z]/.test(character)) return lower;
  if (/[A-Z]/.test(character)) return upper;
  if (/\d/.test(character)) return digit;
  if (/[\r\n]/.test(character)) return lineBreak;
  return /[ \t]/.test(character) ? space : punctuation;
});

/** First and last code unit of each kind beyond ASCII; all others are `other`. */
const ranges: readonly (readonly [number, number, number])[] = [
  [0xc0, 0x24f, accented],
  [0x370, 0x52f, cyrillic],
  [0x3040, 0x30ff, kana],
  [0x3400, 0x9fff, han],
  [0xac00, 0xd7af, hangul],
];

function kindAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  // NaN behind the end of the text.
  if (!(code >= 0)) return none;
  if (code < 128) return asciiKinds[code] ?? other;
  for (const [first, last, kind] of ranges) if (code >= first && code <= last) return kind;
  return other;
}

const isLetter = (kind: number) => kind === lower || kind === upper || kind === accented;

function endOfRun(text: string, at: number, kind: number): number {
  if (kind === upper) return endOfCapitals(text, at);
  const isWord = kind === lower || kind === accented;
  let end = at + 1;
  for (let next = kindAt(text, end); next !== none; next = kindAt(text, ++end)) {
    const isSame = next === kind || (isWord && (next === lower || next === accented));
    if (!isSame) break;
  }
  return end;
}

/** A capital begins a word; of several, the last one does when a small letter follows. */
function endOfCapitals(text: string, at: number): number {
  let end = at + 1;
  while (kindAt(text, end) === upper) end++;
  const next = kindAt(text, end);
  if (next !== lower && next !== accented) return end;
  return end - at > 1 ? end - 1 : endOfRun(text, end, next);
}

/** `upper` for capitals alone, `accented` for a word with any accent, else `lower`. */
function kindOfWord(text: string, at: number, end: number): number {
  for (let index = at; index < end; index++) if (text.charCodeAt(index) >= 128) return accented;
  return end - at > 1 && kindAt(text, end - 1) === upper ? upper : lower;
}

interface Run {
  kind: number;
  /** UTF-16 code units. */
  length: number;
  /** Kinds of the characters around it. */
  before: number;
  after: number;
}

function tokensOfRun({ kind, length, before, after }: Run): number {
  switch (kind) {
    case lower:
      return wordTokens(length) + (before === digit ? mixed : 0);
    case upper:
      return 1.2 + 0.35 * Math.max(0, length - 3) + (before === digit ? mixed : 0);
    case accented:
      return 1.8 + 0.3 * Math.max(0, length - 4);
    case digit:
      return Math.ceil(length / 3) * 0.94 + (before === space ? 1.5 : isLetter(before) ? mixed : 0);
    case space:
      // A single one goes with the word after it.
      return length > 1 ? 1 : 0;
    case lineBreak:
      return before === punctuation ? 0.1 : 1.1;
    case punctuation:
      return punctuationTokens(length, after);
    case cyrillic:
      return 0.8 + 0.31 * Math.max(0, length - 4);
    case han:
      // Short runs are Japanese; in the long ones of Chinese, common words are one token.
      return 0.86 * Math.min(length, 2) + 0.66 * Math.max(0, length - 2);
    case kana:
      return 0.65 * length;
    case hangul:
      return 0.7 * length;
    default:
      return length;
  }
}

/** Letters next to digits, as in encoded data, make rare tokens. */
const mixed = 0.4;

/** The common words of a language and of code are one token each, and these are short. */
function wordTokens(length: number): number {
  if (length <= 1) return 0.75;
  if (length <= 4) return 0.67;
  if (length <= 7) return 1;
  if (length <= 10) return 1.7;
  return length <= 13 ? 2.75 : 3 + 0.3 * (length - 13);
}

/** A mark right before a word often goes with it; long runs of one mark are few tokens. */
function punctuationTokens(length: number, after: number): number {
  if (length > 1) return 1.35 + 0.15 * (length - 2);
  return after === lower || after === upper ? 0.57 : 0.89;
}
