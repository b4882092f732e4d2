import {
  backtick,
  carriageReturn,
  doubleQuote,
  hyphen,
  isDigit,
  isLatinLetter,
  lessThan,
  newline,
  noBreakSpace,
  plus,
  singleQuote,
  space,
  tab,
  underscore,
  variationSelector,
  venus,
  zeroWidthJoiner,
} from './codeUnits.ts';

/** Character classes of the guard, over UTF-16 code units: no class depends on a whole pair. */

export function isSpace(code: number): boolean {
  return (
    code === space ||
    code === tab ||
    code === newline ||
    code === carriageReturn ||
    code === noBreakSpace
  );
}

/** What the name of a recipient is made of. */
export function isNameCode(code: number): boolean {
  return isLatinLetter(code) || isDigit(code) || code === underscore || code === hyphen;
}

/** Runs of `♀` come with variation selectors and joiners between them. */
export function isVenus(code: number): boolean {
  return code === venus || code === variationSelector || code === zeroWidthJoiner;
}

/** Dashes, typographic quotes and brackets, fullwidth and CJK punctuation: signs of a sentence. */
export function isWidePunctuation(code: number): boolean {
  return (
    (code >= 0x2010 && code <= 0x205e) ||
    code === 0xab ||
    code === 0xbb ||
    code === 0xb7 ||
    (code >= 0x3001 && code <= 0x3011) ||
    (code >= 0xff01 && code <= 0xff0f) ||
    code === 0xff1a ||
    code === 0xff1b ||
    code === 0xff1f
  );
}

/** A letter or sign of any other script: what lies between the pieces of a leaked call. */
export function isDebris(code: number): boolean {
  return code > noBreakSpace && !isWidePunctuation(code);
}

/** A number for the script of a letter; 0 for Latin letters and for signs. */
export function scriptOf(code: number): number {
  if (code < 0x370 || (code >= 0x2000 && code < 0x2e80) || code >= 0xfe00) return 0;
  // Han, kana and their signs go together; the other scripts have blocks of 128.
  if (code >= 0x2e80 && code < 0xa000) return 0x2e80;
  return code & ~0x7f;
}

/** What a person opens a quotation with; a marker behind one of these is being quoted. */
export function closingQuote(code: number): number {
  switch (code) {
    case doubleQuote:
    case singleQuote:
      return code;
    // “ and „, closed by ”
    case 0x201c:
    case 0x201e:
      return 0x201d;
    // ‘ ’
    case 0x2018:
      return 0x2019;
    // « »
    case 0xab:
      return 0xbb;
    // 「 」
    case 0x300c:
      return 0x300d;
    // 『 』
    case 0x300e:
      return 0x300f;
    default:
      return 0;
  }
}

/** What the guard has to do about a code unit. */
export const plain = 0;
/** A letter that begins a marker when no letter stands before it. */
export const initial = 1;
/** A sign that means something to the markdown, or begins a marker wherever it stands. */
export const sign = 2;

const sorts = new Uint8Array(128);
for (const code of [newline, backtick, doubleQuote, singleQuote, plus, lessThan])
  sorts[code] = sign;
for (const letter of 'taAcf') sorts[letter.charCodeAt(0)] = initial;

export function sortOf(code: number): number {
  if (code < 128) return sorts[code] ?? plain;
  return code === venus || isWideQuote(code) ? sign : plain;
}

/**
 * A run of signs that neither the markdown nor a marker can care for: {@link plain} ones, and
 * letters that could begin a marker but stand behind a letter. As an expression, for most of a text
 * is such runs and the engine reads them faster than any loop of ours.
 */
const plainRun =
  /(?:[^\n`"'+<taAcf\u2640\u201c\u201d\u201e\u2018\u2019\xab\xbb\u300c-\u300f]|(?<=[a-zA-Z])[taAcf])*/y;

/** Where the plain run that begins at `from` ends. */
export function endOfPlainRun(text: string, from: number): number {
  plainRun.lastIndex = from;
  plainRun.test(text);
  return plainRun.lastIndex;
}

/** What a marker may be glued to: the end of a sentence, of code, of a bracket. */
export function isGlue(code: number): boolean {
  return '.!:)]}>,;'.includes(String.fromCharCode(code)) || isWidePunctuation(code);
}

function isWideQuote(code: number): boolean {
  return (
    closingQuote(code) !== 0 ||
    code === 0x201d ||
    code === 0x2019 ||
    (code >= 0x300c && code <= 0x300f) ||
    code === 0xbb
  );
}
