import { endOfToken } from './token.ts';
import { isDebris, isSpace, isVenus } from './charClasses.ts';
import type { LeakHeader, PartialRead } from './leakHeader.ts';
import { isLatinLetter, lessThan, newline, openParenthesis, plus } from './codeUnits.ts';

/** What the arguments of an offered tool look like. */
export interface ToolShape {
  name: string;
  /** Names that its arguments may have. */
  all: ReadonlySet<string>;
  required: readonly string[];
  /** Takes a patch as free text. */
  isPatch: boolean;
}

/** Longest row of noise, roles, channel words and debris before the arguments, UTF-16 code units. */
export const maxNoise = 96;
/** As much of the arguments is waited for; longer ones are judged by the names in it. */
export const maxArguments = 2_048;

const patch = '*** Begin Patch';
const word =
  /^(?:assistant|commentary|commentaries|analysis|final|code|json|text|constrain|functions?|tool)/i;
const wordStart = /^[a-z]{1,12}$/i;

interface Seen {
  venus: number;
  plusHash: number;
  tokens: number;
  newlines: number;
  hasRole: boolean;
}

/**
 * Reads a call without a recipient that begins exactly at `from`: a run of noise and, right behind
 * it, the whole arguments of a tool that is on offer (WIRE.md h). Whatever else follows noise, such
 * as braces in art or JSON that fits no tool, is none.
 */
export function readBareCall(
  text: string,
  from: number,
  isEnd: boolean,
  shapes: readonly ToolShape[],
): PartialRead<LeakHeader> {
  const seen: Seen = { venus: 0, plusHash: 0, tokens: 0, newlines: 0, hasRole: false };
  let at = from;
  while (at - from <= maxNoise) {
    if (at >= text.length) return isEnd ? 'none' : 'more';
    const next = readNoise(text, at, seen);
    if (next === 'more') return isEnd ? 'none' : 'more';
    if (next === 'none') break;
    at = next;
  }
  const noise = noiseOf(seen);
  if (noise === undefined) return 'none';
  const tool = readArguments(text, at, isEnd, shapes);
  if (tool === 'more' || tool === 'none') return tool;
  return { end: at, recipient: tool.name, hasRole: seen.hasRole, noise };
}

function noiseOf({ venus, plusHash, tokens }: Seen): LeakHeader['noise'] {
  if (venus >= 2) return 'venus';
  if (plusHash >= 2) return 'plusHash';
  return tokens > 0 ? 'token' : undefined;
}

function readNoise(text: string, at: number, seen: Seen): PartialRead<number> {
  const code = text.charCodeAt(at);
  if (isVenus(code)) {
    seen.venus++;
    return at + 1;
  }
  if (code === plus) return readPlus(text, at, seen);
  if (code === lessThan) return readToken(text, at, seen);
  if (noiseOf(seen) === undefined) return 'none';
  if (code === newline) return ++seen.newlines > 2 ? 'none' : at + 1;
  if (isSpace(code) || isDebris(code)) return at + 1;
  return isLatinLetter(code) || code === openParenthesis ? readWord(text, at, seen) : 'none';
}

function readPlus(text: string, at: number, seen: Seen): PartialRead<number> {
  if (at + 1 >= text.length) return 'more';
  if (text[at + 1] !== '#') return seen.plusHash > 0 ? at + 1 : 'none';
  seen.plusHash++;
  return at + 2;
}

function readToken(text: string, at: number, seen: Seen): PartialRead<number> {
  const end = endOfToken(text, at);
  if (end !== 'more' && end !== 'none') seen.tokens++;
  return end;
}

/** `assistant`, `commentary`, `json`, `(json`. */
function readWord(text: string, at: number, seen: Seen): PartialRead<number> {
  const start = text[at] === '(' ? at + 1 : at;
  const rest = text.slice(start, start + 13);
  const whole = word.exec(rest)?.[0];
  if (whole === undefined) {
    const mayGrow = start + 13 > text.length;
    return mayGrow && (rest === '' || wordStart.test(rest)) ? 'more' : 'none';
  }
  seen.hasRole = true;
  const end = start + whole.length;
  // `code:`, `json)`.
  return /[:)]/.test(text[end] ?? '') ? end + 1 : end;
}

function readArguments(
  text: string,
  from: number,
  isEnd: boolean,
  shapes: readonly ToolShape[],
): PartialRead<ToolShape> {
  if (text[from] === '*') {
    const taker = shapes.find(({ isPatch }) => isPatch);
    if (!taker) return 'none';
    if (text.startsWith(patch, from)) return taker;
    return !isEnd && patch.startsWith(text.slice(from)) ? 'more' : 'none';
  }
  return text[from] === '{' ? readObject(text, from, isEnd, shapes) : 'none';
}

interface Scan {
  text: string;
  /** Where the reading ends, the bound or the text so far. */
  most: number;
  depth: number;
  /** The next string at the first level is a name. */
  isName: boolean;
  names: number;
  /** The tools that may have all names so far. */
  fitting: readonly ToolShape[];
}

/** Follows a JSON object sign by sign and notes the names at its first level. */
function readObject(
  text: string,
  from: number,
  isEnd: boolean,
  shapes: readonly ToolShape[],
): PartialRead<ToolShape> {
  const most = Math.min(text.length, from + maxArguments);
  const scan: Scan = { text, most, depth: 0, isName: false, names: 0, fitting: shapes };
  let at = from;
  while (at < most) {
    at = takeSign(scan, at);
    if (scan.fitting.length === 0) return 'none';
    if (scan.depth === 0) return ofWhole(text.slice(from, at), scan.fitting);
  }
  if (most - from >= maxArguments) return (scan.names > 0 ? scan.fitting[0] : undefined) ?? 'none';
  return isEnd ? 'none' : 'more';
}

/** Takes the next sign or string; the place behind it. */
function takeSign(scan: Scan, at: number): number {
  const sign = scan.text[at] ?? '';
  if (sign === '"') return takeString(scan, at);
  if (sign === '{' || sign === '[') {
    scan.depth++;
    scan.isName = sign === '{';
  } else if (sign === '}' || sign === ']') {
    scan.depth--;
    scan.isName = false;
  } else if (sign === ',') {
    scan.isName = scan.depth === 1;
  } else if (scan.names === 0 && scan.depth === 1 && !isSpace(sign.charCodeAt(0))) {
    // Right behind the first brace stands a name or nothing.
    scan.fitting = [];
  }
  return at + 1;
}

function takeString(scan: Scan, at: number): number {
  const end = endOfString(scan.text, at, scan.most);
  if (end < 0) return scan.most;
  if (scan.isName && scan.depth === 1) {
    const name = nameOf(scan.text.slice(at, end));
    scan.names++;
    scan.fitting = scan.fitting.filter(({ all }) => name !== undefined && all.has(name));
  }
  scan.isName = false;
  return end;
}

/** Where the string that begins at `from` ends, behind its quotation mark; -1 when it goes on. */
function endOfString(text: string, from: number, most: number): number {
  for (let at = from + 1; at < most; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at + 1;
  }
  return -1;
}

function nameOf(quoted: string): string | undefined {
  const value = parsed(quoted);
  return typeof value === 'string' ? value : undefined;
}

function ofWhole(text: string, fitting: readonly ToolShape[]): PartialRead<ToolShape> {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null) return 'none';
  const names = Object.keys(value);
  if (names.length === 0) return 'none';
  return (
    fitting.find(({ required }) => required.every((name) => Object.hasOwn(value, name))) ?? 'none'
  );
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
