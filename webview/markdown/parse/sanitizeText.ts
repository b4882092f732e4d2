export interface TextSanitizer {
  /** Cleans the next stretch; holds back what only the following stretch can decide. */
  push(text: string): string;
  /** The rest, when no more follows. */
  flush(): string;
}

/** Replacing a million signs at once costs far more than in parts: the engine lists them all. */
const sliceLength = 16_384;

/** Text hygiene for a whole text: see `createTextSanitizer`. */
export function sanitizeText(text: string): string {
  if (!suspicious.test(text)) return text;
  const cleaner = createTextSanitizer();
  return cleaner.push(text) + cleaner.flush();
}

/**
 * What a reader cannot see must not be there: text, code, labels and copied text agree. Line ends
 * become LF; escape sequences, control characters, tag characters and runs of variation selectors
 * go; direction controls and invisible characters become visible as ⟦U+202E⟧. Joiners stay between
 * letters outside ASCII, where emoji and several scripts need them. A text cut anywhere gives the
 * same as the whole text.
 */
export function createTextSanitizer(): TextSanitizer {
  let pending = '';
  let joiner = '';
  let before = '';

  function clean(text: string, last: boolean): string {
    let visible =
      joiner +
      text
        .replace(/\r\n?/g, '\n')
        .replace(/\p{Surrogate}/gu, '\uFFFD')
        .replace(sequence, '')
        .replace(hidden, '')
        .replace(/(?![\t\n])\p{Cc}/gu, (control) => (control === '\0' ? '\uFFFD' : ''));
    joiner = !last && isJoiner(visible.at(-1)) ? visible.slice(-1) : '';
    visible = visible.slice(0, visible.length - joiner.length);
    const context = before;
    before = visible.at(-1) ?? before;
    return visible.replace(unwanted, (found: string, offset: number) =>
      replacement(found, visible[offset - 1] ?? context, visible[offset + 1]),
    );
  }

  function take(text: string): string {
    if (pending === '' && joiner === '' && !suspicious.test(text)) {
      before = text.at(-1) ?? before;
      return text;
    }
    const source = pending + text;
    const cut = unfinished.exec(source)?.index ?? source.length;
    pending = source.slice(cut);
    return clean(source.slice(0, cut), false);
  }

  return {
    push(text) {
      if (text.length <= sliceLength) return take(text);
      let cleaned = '';
      for (let at = 0; at < text.length; at += sliceLength)
        cleaned += take(text.slice(at, at + sliceLength));
      return cleaned;
    },
    flush() {
      const rest = clean(pending, true);
      pending = '';
      return rest;
    },
  };
}

const escape = String.fromCharCode(0x1b);
const bell = String.fromCharCode(0x07);
const [dcs, sos, csi, st, osc, pm, apc] = [0x90, 0x98, 0x9b, 0x9c, 0x9d, 0x9e, 0x9f].map((code) =>
  String.fromCharCode(code),
);
// Bounded, so that an opener without its end hides one line at most and is found in linear time.
const parameters = '[0-?]{0,100}[ -/]{0,10}';
const csiStart = `(?:${escape}\\[|${csi})`;
const stringStart = `(?:${escape}[\\]PX^_]|[${dcs}${sos}${osc}${pm}${apc}])`;
// Ends at the next opener, so that a row of openers is read once and not from each of them.
const stringBody = `[^${bell}${escape}${dcs}${sos}${st}${osc}${pm}${apc}\\n]{0,1000}`;
const sequence = new RegExp(
  `${csiStart}${parameters}[@-~]|` +
    `${stringStart}${stringBody}(?:${bell}|${st}|${escape}\\\\)|` +
    `${escape}[ -/]{0,10}[0-~]`,
  'g',
);
const unfinished = new RegExp(
  `(?:\\r|[\\uD800-\\uDBFF]|${csiStart}${parameters}|` +
    `${stringStart}${stringBody}${escape}?|${escape}[ -/]{0,10})$`,
);

/** Tag characters and the supplementary variation selectors: they can carry a hidden text. */
const hidden = /[\u{E0000}-\u{E007F}]|[\u{E0100}-\u{E01EF}]/gu;
const invisible =
  '\\u00AD\\u034F\\u061C\\u115F\\u1160\\u180E\\u200B-\\u200F\\u2028-\\u202E\\u2060-\\u206F' +
  '\\u3164\\uFE00-\\uFE0F\\uFEFF\\uFFA0\\uFFF9-\\uFFFB';
const unwanted = new RegExp(`[${invisible}]`, 'g');
const suspicious = new RegExp(
  `(?![\\t\\n])\\p{Cc}|\\p{Surrogate}|[${invisible}\\u{E0000}-\\u{E01EF}]`,
  'u',
);

function replacement(found: string, before: string, after: string | undefined): string {
  if (isSelector(found)) return isSelector(before) ? '' : found;
  if (isJoiner(found) && isLetterLike(before) && isLetterLike(after)) return found;
  return `\u27E6U+${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}\u27E7`;
}

function isSelector(char: string | undefined): boolean {
  return char !== undefined && char >= '\uFE00' && char <= '\uFE0F';
}

function isJoiner(char: string | undefined): boolean {
  return char === '\u200C' || char === '\u200D';
}

function isLetterLike(char: string | undefined): boolean {
  return char !== undefined && char > '\u009F' && !isJoiner(char);
}
