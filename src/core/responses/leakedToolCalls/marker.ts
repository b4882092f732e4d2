import { maxArguments, maxNoise, readBareCall, type ToolShape } from './bareCall.ts';
import { maxPrelude, maxRecipient, readLeakHeader, type PartialRead } from './leakHeader.ts';
import { maxLeakTail, readLeakTail, type LeakTail } from './leakTail.ts';
import { isLeakedCall, mayBelong, mayLeak, type Marker } from './isLeakedCall.ts';
import { mayEndInRole, leakContextOf } from './leakContext.ts';

/** How far inline code is read on for its end behind a marker, UTF-16 code units. */
const maxSpan = 160;

/** Length of the longest marker, with what may stand in it, UTF-16 code units. */
export const maxMarker =
  Math.max(
    maxPrelude + 3 + maxRecipient + Math.max(maxLeakTail, maxSpan),
    maxNoise + maxArguments,
  ) + 24;

export interface Surroundings {
  /** The end of the text before the marker. */
  before: () => string;
  /** Length of the run of backticks that opened the inline code here; 0 outside. */
  span: number;
  /** That run stands in an earlier line. */
  isOldSpan: boolean;
  tools: ReadonlySet<string>;
  shapes: readonly ToolShape[];
}

/**
 * Reads the leak that begins exactly at `at`. What it answers never depends on where the text was
 * cut: `more` until the signs that decide are there, or the part has ended.
 */
export function readMarker(
  text: string,
  at: number,
  isEnd: boolean,
  surroundings: Surroundings,
): PartialRead<Marker> {
  const envelope = readLeakHeader(text, at, isEnd);
  if (envelope === 'more') return 'more';
  if (envelope === 'none') return readBare(text, at, isEnd, surroundings);
  const before = surroundings.before();
  const hasRole = envelope.hasRole || mayEndInRole(before);
  if (!mayBelong(envelope, hasRole, surroundings.tools)) return 'none';
  const follower = readLeakTail(text, envelope.end, isEnd);
  if (follower === 'more') return 'more';
  if (!mayLeak(envelope, follower, hasRole, surroundings.tools)) return 'none';
  const place = leakContextOf(before);
  if (place.roleLength > 0) envelope.hasRole = true;
  const marker = { envelope, follower, place };
  if (!isLeakedCall(marker, surroundings.tools)) return 'none';
  return surroundings.span === 0 ? marker : readSpan(text, isEnd, surroundings, marker);
}

/** A call without a recipient: noise, and the arguments of a tool on offer right behind it. */
function readBare(
  text: string,
  at: number,
  isEnd: boolean,
  surroundings: Surroundings,
): PartialRead<Marker> {
  if (surroundings.shapes.length === 0) return 'none';
  const envelope = readBareCall(text, at, isEnd, surroundings.shapes);
  if (typeof envelope === 'string') return envelope;
  const place = leakContextOf(surroundings.before());
  if (place.isMention || place.kind === 'item' || place.kind === 'opening') return 'none';
  const marker = { envelope, follower: argumentsFollow, place };
  return surroundings.span === 0 ? marker : readSpan(text, isEnd, surroundings, marker);
}

const argumentsFollow: LeakTail = {
  kind: 'json',
  channels: 0,
  debris: '',
  fillers: 0,
  newlines: 0,
  isApart: false,
};

/**
 * Inside inline code it is a leak only if the code is never closed, in its line or, when it began
 * in an earlier one, in its paragraph.
 */
function readSpan(
  text: string,
  isEnd: boolean,
  { span, isOldSpan }: Surroundings,
  marker: Marker,
): PartialRead<Marker> {
  const { end } = marker.envelope;
  const near = text.slice(end, end + maxSpan);
  const rest = near.split(isOldSpan ? '\n\n' : '\n', 1)[0] ?? '';
  if (rest.includes('`'.repeat(span))) return 'none';
  if (rest.length < near.length) return marker;
  if (near.length === maxSpan) return isOldSpan ? marker : 'none';
  return isEnd ? marker : 'more';
}
