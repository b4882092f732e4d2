import { isDebris, isNameCode, isSpace, isVenus } from './charClasses.ts';
import { endOfToken } from './token.ts';
import { isLatinLetter, lessThan, newline, period, plus } from './codeUnits.ts';

/** What stands before the recipient of a leaked call, up to and with `to=<recipient>`. */
export interface LeakHeader {
  /** Where what follows the recipient begins. */
  end: number;
  /** Empty for a row of Harmony tokens that opens a message without a recipient. */
  recipient: string;
  /** A role or channel word stands before `to=`. */
  hasRole: boolean;
  /** Runs of `♀` or `+#`, or Harmony tokens, stand before it: nobody writes that by chance. */
  noise: 'venus' | 'plusHash' | 'token' | undefined;
}

/** What was read, that more text is needed, or that there is nothing. */
export type PartialRead<T> = T | 'more' | 'none';

/** Longest row of pieces before `to=`, UTF-16 code units. */
export const maxPrelude = 64;
/** Tool names have at most 64 characters (WIRE.md g); `functions.` and a namespace come before. */
export const maxRecipient = 96;

const roles = ['assistant', 'Assistant', 'commentary', 'analysis', 'final'];
const otherRoles = ['user', 'system', 'developer', 'tool', 'functions'];

interface Pieces {
  hasRole: boolean;
  venus: number;
  plusHash: number;
  tokens: number;
  /** `<|start|>` or `<|channel|>` and then a role: the next token ends the head of a message. */
  opened: boolean;
  newlines: number;
}

/**
 * All that neither decides about a call nor begins a word, token or argument: noise, spaces, letters
 * of other scripts, and signs that end a reading.
 */
const noiseRun = /[^A-Za-z<({*]*/y;

/**
 * Where the run of noise ends that begins at `from`. Nothing begins in it that is further from its
 * end than the longest noise before a call.
 */
export function endOfNoise(text: string, from: number): number {
  noiseRun.lastIndex = from;
  noiseRun.test(text);
  return noiseRun.lastIndex;
}

/** What the second letter of each piece may be: all else begins nothing. */
const secondLetters: ReadonlyMap<string, string> = new Map([
  ['t', 'o'],
  ['a', 'sn'],
  ['A', 's'],
  ['c', 'o'],
  ['f', 'i'],
  ['<', '|'],
  ['+', '#'],
]);

/** False where two code units show already that no envelope begins at `at`. */
export function mayBeginLeakHeader(text: string, at: number): boolean {
  const second = secondLetters.get(text.charAt(at));
  return at + 1 >= text.length || second === undefined || second.includes(text.charAt(at + 1));
}

/** Reads the envelope that begins exactly at `from`. */
export function readLeakHeader(
  text: string,
  from: number,
  isEnd: boolean,
): PartialRead<LeakHeader> {
  const found: Pieces = {
    hasRole: false,
    venus: 0,
    plusHash: 0,
    tokens: 0,
    opened: false,
    newlines: 0,
  };
  let at = from;
  while (at - from <= maxPrelude) {
    if (at >= text.length) return isEnd ? 'none' : 'more';
    const to = matchWord(text, at, 'to=');
    if (to === 'full') return readRecipient(text, at + 3, isEnd, found);
    const next = to === 'part' ? 'more' : readPiece(text, at, at === from, found);
    if (next === 'more') return isEnd ? 'none' : 'more';
    if (next === 'none') return 'none';
    if (next === 'head') return ofPieces(found, at, '');
    at = next;
  }
  return 'none';
}

function readPiece(
  text: string,
  at: number,
  isFirst: boolean,
  found: Pieces,
): PartialRead<number> | 'head' {
  const code = text.charCodeAt(at);
  if (isVenus(code)) {
    found.venus++;
    return at + 1;
  }
  if (code === plus) return readPlusHash(text, at, found);
  if (code === lessThan) return readToken(text, at, found);
  if (isLatinLetter(code)) return readRole(text, at, found);
  if (isFirst) return 'none';
  if (code === newline && (!noiseOf(found) || ++found.newlines > 1)) return 'none';
  if (isSpace(code)) return at + 1;
  return isDebris(code) ? at + 1 : 'none';
}

function readPlusHash(text: string, at: number, found: Pieces): PartialRead<number> {
  if (at + 1 >= text.length) return 'more';
  if (text[at + 1] === '#') {
    found.plusHash++;
    return at + 2;
  }
  return found.plusHash > 0 ? at + 1 : 'none';
}

function readToken(text: string, at: number, found: Pieces): PartialRead<number> | 'head' {
  const end = endOfToken(text, at);
  if (end === 'more' || end === 'none') return end;
  if (found.opened && found.hasRole && /message|constrain/.test(text.slice(at, end))) return 'head';
  found.tokens++;
  if (text.startsWith('<|start|>', at) || text.startsWith('<|channel|>', at)) found.opened = true;
  return end;
}

function readRole(text: string, at: number, found: Pieces): PartialRead<number> {
  let partly = false;
  for (const word of found.tokens > 0 ? [...roles, ...otherRoles] : roles) {
    const match = matchWord(text, at, word);
    if (match === 'full') {
      found.hasRole = true;
      return at + word.length;
    }
    partly ||= match === 'part';
  }
  return partly ? 'more' : 'none';
}

function readRecipient(
  text: string,
  from: number,
  isEnd: boolean,
  found: Pieces,
): PartialRead<LeakHeader> {
  let at = from;
  for (let code = text.charCodeAt(at); isNameCode(code) || code === period;) {
    if (++at - from > maxRecipient) return 'none';
    code = text.charCodeAt(at);
  }
  if (at >= text.length && !isEnd) return 'more';
  // The full stop of a sentence is not part of the name.
  while (at > from && text.charCodeAt(at - 1) === period) at--;
  if (at === from || !isLatinLetter(text.charCodeAt(from))) return 'none';
  return ofPieces(found, at, text.slice(from, at));
}

function ofPieces(found: Pieces, end: number, recipient: string): LeakHeader {
  return { end, recipient, hasRole: found.hasRole, noise: noiseOf(found) };
}

function noiseOf(found: Pieces): LeakHeader['noise'] {
  if (found.venus >= 2) return 'venus';
  if (found.plusHash >= 2) return 'plusHash';
  return found.tokens > 0 ? 'token' : undefined;
}

function matchWord(text: string, at: number, word: string): 'full' | 'part' | 'none' {
  if (text.charCodeAt(at) !== word.charCodeAt(0)) return 'none';
  if (text.startsWith(word, at)) return 'full';
  const rest = text.length - at;
  return rest < word.length && word.startsWith(text.slice(at)) ? 'part' : 'none';
}
