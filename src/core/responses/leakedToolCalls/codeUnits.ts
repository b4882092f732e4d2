/** Names of the code units that decide whether a text holds a leaked call. */

export const tab = 9;
export const newline = 10;
export const carriageReturn = 13;
export const space = 32;
export const exclamationMark = 33;
export const doubleQuote = 34;
export const dollar = 36;
export const singleQuote = 39;
export const openParenthesis = 40;
export const closeParenthesis = 41;
export const asterisk = 42;
export const plus = 43;
export const hyphen = 45;
export const period = 46;
export const slash = 47;
export const colon = 58;
export const lessThan = 60;
export const greaterThan = 62;
export const backslash = 92;
export const underscore = 95;
export const backtick = 96;
export const pipe = 124;
export const tilde = 126;
export const noBreakSpace = 0xa0;
export const zeroWidthJoiner = 0x200d;
export const venus = 0x2640;
export const variationSelector = 0xfe0f;

const upperA = 65;
const lowerA = 97;
const letters = 26;
const zero = 48;

export const isSmallLetter = (code: number): boolean => code >= lowerA && code < lowerA + letters;

export const isLatinLetter = (code: number): boolean =>
  isSmallLetter(code) || (code >= upperA && code < upperA + letters);

export const isDigit = (code: number): boolean => code >= zero && code < zero + 10;
