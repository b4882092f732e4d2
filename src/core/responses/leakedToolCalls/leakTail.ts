import { isDebris, isSpace } from './charClasses.ts';
import { isLatinLetter, isSmallLetter, newline } from './codeUnits.ts';

/** What comes after the recipient; it decides together with the place of the marker. */
export interface LeakTail {
  kind: LeakTailKind;
  /** Number of channel and type words before it: `commentary`, `json`, `(json`, `code:` … */
  channels: number;
  /** Letters of other scripts and runs of signs before it. */
  debris: string;
  /** Words that belong to no call. */
  fillers: number;
  /** Lines that end before it. */
  newlines: number;
  /** Nothing but the name stands in its line. */
  isApart: boolean;
}

export type LeakTailKind =
  /** `{"` or `{}`. */
  | 'json'
  /** `{x`, `[{`: arguments that are no JSON object. */
  | 'looseJson'
  /** Free text behind a channel word, or a patch: arguments of a freeform tool. */
  | 'freeform'
  /** The part ends. */
  | 'end'
  /** The line ends and something else begins. */
  | 'line'
  /** The line ends and a sentence goes on in small letters. */
  | 'wrap'
  /** A sentence begins on the same line. */
  | 'capital'
  | 'prose'
  | 'punctuation'
  /** The bound was reached. */
  | 'long';

/** Longest stretch between the recipient and the sign that decides, UTF-16 code units. */
export const maxLeakTail = 96;

type Seen = Omit<LeakTail, 'kind'> & { isAlone: boolean };
/** Where to read on, what was found, or that more text is needed. */
type Step = number | LeakTailKind | 'more';

const channelWord =
  /^(?:commentary|commentaries|analysis|final|code|json|JSON|text|constrain|python)$/;
const proseWord =
  /^(?:is|are|was|were|be|been|has|have|had|in|on|at|of|and|or|but|as|the|a|an|that|this|these|those|which|who|when|where|if|then|than|so|because|since|until|while|with|without|from|for|to|by|not|no|may|might|can|could|should|would|will|must|means|marks|appears?|looks?|shows?|occurs?|happens?|leaks?|leaked|belongs?|names?|refers?|denotes?|stands?|starts?|begins?|ends?|comes?|gets?|goes|instead|only|also|never|always|often|sometimes|inside|outside|before|after|followed|directly|itself|alone|markers?|prefix|strings?|tokens?|headers?|lines?|syntax|form|pattern|calls?|tools?|does|do|did|it|its|we|you|they|i|into|here|there|just)$/;

/** Reads on from the end of the recipient until it is clear what the marker stands before. */
export function readLeakTail(text: string, from: number, isEnd: boolean): LeakTail | 'more' {
  const seen: Seen = {
    channels: 0,
    debris: '',
    fillers: 0,
    newlines: 0,
    isApart: false,
    isAlone: true,
  };
  let step: Step = from;
  while (typeof step === 'number') {
    if (step - from >= maxLeakTail) step = 'long';
    else if (step < text.length) step = readSign(text, step, isEnd, seen);
    else if (isEnd) step = seen.newlines > 0 ? 'line' : 'end';
    else step = 'more';
  }
  if (step === 'more') return 'more';
  const kind = step === 'punctuation' && seen.newlines > 0 ? 'line' : step;
  const { channels, debris, fillers, newlines, isApart } = seen;
  return { kind, channels, debris, fillers, newlines, isApart };
}

function readSign(text: string, at: number, isEnd: boolean, seen: Seen): Step {
  const code = text.charCodeAt(at);
  if (isSpace(code)) {
    if (code === newline) {
      seen.newlines++;
      seen.isApart ||= seen.isAlone;
    }
    return seen.newlines > 2 ? 'line' : at + 1;
  }
  seen.isAlone = false;
  if (isLatinLetter(code)) return readWord(text, at, isEnd, seen);
  if (isDebris(code)) {
    seen.debris += text[at];
    return at + 1;
  }
  const rest = text.slice(at, at + 20);
  const mayGrow = !isEnd && at + 20 > text.length;
  switch (text[at]) {
    case '{':
    case '[':
      return readOpening(rest, mayGrow);
    case '<':
    case '+':
    case '*':
      return readNoise(rest, at, mayGrow, seen);
    case '(':
      return readBracket(rest, at, mayGrow);
    default:
      return readPunctuation(rest, at, mayGrow, seen);
  }
}

/** An opening brace or bracket needs the sign behind it. */
function readOpening(rest: string, mayGrow: boolean): Step {
  const isObject = rest.startsWith('{');
  const inner = rest.slice(1).trimStart();
  if (inner === '' && mayGrow) return 'more';
  if (isObject) return inner === '' || /^["}]/.test(inner) ? 'json' : 'looseJson';
  return inner.startsWith('{') ? 'looseJson' : 'punctuation';
}

function readWord(text: string, at: number, isEnd: boolean, seen: Seen): Step {
  let end = at;
  while (end < text.length && end - at < 24 && isLatinLetter(text.charCodeAt(end))) end++;
  if (end >= text.length && end - at < 24 && !isEnd) return 'more';
  const word = text.slice(at, end);
  if (channelWord.test(word)) {
    seen.channels++;
    return end;
  }
  return kindOfWord(word, seen) ?? end;
}

function kindOfWord(word: string, seen: Seen): LeakTailKind | undefined {
  const isSmall = isSmallLetter(word.charCodeAt(0));
  if (seen.newlines > 0 && seen.channels === 0) return isSmall ? 'wrap' : 'line';
  // `to=functions.read in commentary json {`: one such word may stand in the envelope.
  const isInEnvelope = word === 'in' && seen.channels === 0;
  if (proseWord.test(word) && !isInEnvelope) return 'prose';
  if (seen.channels > 0) return 'freeform';
  if (!isSmall) return 'capital';
  // Garbled calls hold stray words; two of them are looked past for the arguments behind them.
  return ++seen.fillers > 2 ? 'prose' : undefined;
}

/** Tokens and `+#` go with the marker, `***` begins a patch. */
function readNoise(rest: string, at: number, mayGrow: boolean, seen: Seen): Step {
  const token = /^<\|[a-z_]{1,14}\|>/.exec(rest)?.[0];
  if (token) {
    seen.channels++;
    return at + token.length;
  }
  if (rest.startsWith('+#')) {
    seen.debris += '+#';
    return at + 2;
  }
  if (rest.startsWith('***')) return 'freeform';
  return mayGrow && /^(?:<(?:\|(?:[a-z_]{1,14}\|?)?)?|\+|\*\*?)$/.test(rest)
    ? 'more'
    : 'punctuation';
}

/** `(json`, `(commentary`. */
function readBracket(rest: string, at: number, mayGrow: boolean): Step {
  const word = /^[A-Za-z]*/.exec(rest.slice(1))?.[0] ?? '';
  if (mayGrow && word.length + 1 === rest.length) return 'more';
  return channelWord.test(word) ? at + 1 : 'punctuation';
}

/** `code:`, `json)`, and a sign between the recipient and its arguments. */
function readPunctuation(rest: string, at: number, mayGrow: boolean, seen: Seen): Step {
  const isRow = /^[:)_=]/.test(rest);
  if (isRow && (seen.channels > 0 || /^.\s*\{/.test(rest))) return at + 1;
  if (mayGrow && (isRow ? /^.\s*$/.test(rest) : /^[,;]$/.test(rest))) return 'more';
  if (/^[,;]/.test(rest) && rest.length > 1 && isDebris(rest.charCodeAt(1))) return at + 1;
  return /^\d/.test(rest) ? 'prose' : 'punctuation';
}
