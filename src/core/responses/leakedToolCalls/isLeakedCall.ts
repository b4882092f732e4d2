import type { LeakHeader } from './leakHeader.ts';
import type { LeakTail } from './leakTail.ts';
import { scriptOf } from './charClasses.ts';
import type { LeakContext } from './leakContext.ts';

/** The names of WIRE.md h, and two for what surrounds them. */
export type LeakFamily =
  /** `♀♀♀♀assistant to=…` */
  | 'venus'
  /** `+#+#+#assistant to=…` */
  | 'plusHash'
  /** `<|start|>assistant<|channel|>…` */
  | 'token'
  /** `to=multi_tool_use.parallel {"tool_uses":…}` */
  | 'parallel'
  /** `assistant to=…`, `commentary to=…` */
  | 'envelope'
  /** `to=functions.<name>` */
  | 'functions'
  /** `to=<tool> {…}` */
  | 'bareTool';

export interface Marker {
  envelope: LeakHeader;
  follower: LeakTail;
  place: LeakContext;
}

/**
 * Tells a leaked call from a text that speaks of one. What decides is the shape behind the marker
 * together with its place, as WIRE.md h has it (remedy 7); `+#+#` or `♀♀` alone are never one:
 *
 * - with noise before it (`+#+#`, `♀♀`, tokens): a leak wherever no sentence speaks of it;
 * - arguments behind it: a leak, unless the words before mention it or it is an item of a list;
 *   a name that is not declared counts at the begin of a line or sentence alone;
 * - channel words, debris or nothing behind it: a leak at the begin of a line or sentence;
 * - a role glued to the end of something (`…done.assistant to=functions.x`): a leak;
 * - a sentence that goes on behind it: no leak.
 */
export function isLeakedCall(marker: Marker, tools: ReadonlySet<string>): boolean {
  const { envelope, place } = marker;
  if (place.isMention || place.kind === 'item') return false;
  const known = isKnown(envelope.recipient, tools);
  if (envelope.noise !== undefined) return isNoisyLeak(marker, known);
  if (place.kind === 'opening') return false;
  const named = known || envelope.hasRole;
  if (!isOpen(place)) return isInnerLeak(marker, known, named);
  return (named && isEvident(marker, known)) || isOpenLeak(marker, known, named);
}

/**
 * False where {@link mayLeak} is false whatever follows.
 *
 * @param hasRole - as there.
 */
export function mayBelong(
  { recipient, noise }: LeakHeader,
  hasRole: boolean,
  tools: ReadonlySet<string>,
): boolean {
  return noise !== undefined || hasRole || isCompound(recipient) || isKnown(recipient, tools);
}

/**
 * False where {@link isLeakedCall} is false whatever the place is, so that the place need not be read:
 * a text may hold very many markers that are none.
 *
 * @param hasRole - also true where a role may stand in the text before.
 */
export function mayLeak(
  { recipient, noise }: LeakHeader,
  { kind, channels, debris }: LeakTail,
  hasRole: boolean,
  tools: ReadonlySet<string>,
): boolean {
  if (noise !== undefined || hasRole) return true;
  const goesOn = kind === 'prose' || kind === 'punctuation' || kind === 'wrap';
  if (goesOn && debris === '') return false;
  const hasArguments = kind === 'json' || kind === 'looseJson' || kind === 'freeform';
  if ((hasArguments || channels > 0) && isCompound(recipient)) return true;
  return isKnown(recipient, tools);
}

/** Where a call may begin, debris behind it is proof, and so is a role glued to what stands before. */
function isEvident({ envelope, follower, place }: Marker, known: boolean): boolean {
  if (isDebrisOfCall(follower, place)) return true;
  const isGluedRole = envelope.hasRole && place.kind === 'glued' && place.scripts.length === 0;
  return isGluedRole && (known || isCall(follower));
}

/** At the begin of a line or a sentence, or glued to what stands before. */
function isOpenLeak(marker: Marker, known: boolean, named: boolean): boolean {
  const { envelope, follower, place } = marker;
  const isTold = place.kind !== 'glued';
  // A name of two words is hardly anything but a tool: `exec_command`, `web.run`.
  const likely = named || (isTold && isCompound(envelope.recipient));
  switch (follower.kind) {
    case 'json':
      return likely;
    case 'looseJson':
    case 'freeform':
      return isTold || follower.channels > 0 ? likely : false;
    case 'end':
    case 'line':
      return follower.channels > 0 ? likely : known && isBareCall(marker);
    case 'capital':
      return known && isBareCall(marker);
    default:
      return follower.kind === 'long' && named && follower.channels > 0;
  }
}

/** Inside a sentence: only what no sentence would hold, and not from the next paragraph. */
function isInnerLeak({ follower, place }: Marker, known: boolean, named: boolean): boolean {
  const { kind, channels, fillers, newlines } = follower;
  const mostLines = place.scripts.length > 0 || follower.isApart ? 0 : 1;
  if (fillers > 0 || newlines > mostLines) return false;
  if (kind === 'json' && newlines === 0) return named;
  const stops = /^(?:json|looseJson|end|line)$/.test(kind);
  return known && stops && (channels > 0 || isDebrisOfCall(follower, place));
}

export function familyOf({ hasRole, noise, recipient }: LeakHeader): LeakFamily {
  if (noise !== undefined) return noise;
  if (recipient.startsWith('multi_tool_use')) return 'parallel';
  if (hasRole) return 'envelope';
  return /^functions(?:\.|$)/.test(recipient) ? 'functions' : 'bareTool';
}

function isNoisyLeak({ envelope, follower, place }: Marker, known: boolean): boolean {
  const speaks = /^(?:prose|punctuation|wrap)$/.test(follower.kind) && follower.debris === '';
  if (envelope.recipient === '') return isOpen(place);
  if (!known && !envelope.hasRole) return !speaks;
  if (envelope.noise === 'token') return !speaks || place.kind === 'glued';
  return isOpen(place) || !speaks;
}

/** A call without arguments. The name of a tool alone may be any word: `to=read`. */
function isBareCall({ envelope, follower, place }: Marker): boolean {
  const isAlone = follower.isApart || (follower.fillers === 0 && follower.debris === '');
  if (place.kind === 'glued' || !isAlone) return false;
  return envelope.hasRole || isCompound(envelope.recipient);
}

/** Letters of the language of the answer, or the little words of Chinese sentences. */
function isTalk(debris: string, scripts: readonly number[]): boolean {
  const own = Array.from(debris, (letter) => scriptOf(letter.charCodeAt(0)));
  return own.some((script) => scripts.includes(script)) || /[是的会了在和这为]/.test(debris);
}

/** `functions.x`, the parallel wrapper, a declared tool; a channel word may be glued to its end. */
function isKnown(recipient: string, tools: ReadonlySet<string>): boolean {
  if (tools.has(recipient) || protocolName.test(recipient)) return true;
  const glued = gluedWords.find((word) => recipient.endsWith(word));
  return glued !== undefined && tools.has(recipient.slice(0, -glued.length));
}

const protocolName = /^(?:functions|multi_tool_use)(?:\.|$)/;
const gluedWords = ['commentary', 'analysis', 'code', 'json'];

function isCompound(recipient: string): boolean {
  return /[a-zA-Z][._]+[a-zA-Z]/.test(recipient);
}

function isCall({ kind, channels, debris }: LeakTail): boolean {
  return kind === 'json' || channels > 0 || debris !== '';
}

/** Letters of another script that are no sentence in the language of the answer. */
function isDebrisOfCall({ debris, isApart }: LeakTail, place: LeakContext): boolean {
  return debris !== '' && !isApart && !isTalk(debris, place.scripts);
}

/** Where a call may begin. */
function isOpen({ kind }: LeakContext): boolean {
  return kind === 'start' || kind === 'sentence' || kind === 'glued';
}
