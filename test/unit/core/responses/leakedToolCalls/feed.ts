import type {
  Leak,
  DetectedTool,
} from '../../../../../src/core/responses/leakedToolCalls/leakDetector.ts';
import { createLeakDetector } from '../../../../../src/core/responses/leakedToolCalls/leakDetector.ts';

export interface Fed {
  shown: string;
  garbled: Leak | undefined;
  /** Longest tail that was held back between two deltas, UTF-16 code units. */
  longestHeld: number;
  /** Sum of what was held back after each delta. */
  delayed: number;
}

/** Hands the pieces to a fresh guard, as a stream would. */
export function feed(pieces: Iterable<string>, tools: readonly DetectedTool[]): Fed {
  const guard = createLeakDetector({ tools });
  let shown = '';
  let taken = 0;
  let longestHeld = 0;
  let delayed = 0;
  let garbled: Leak | undefined;
  for (const piece of pieces) {
    const step = guard.push(piece);
    taken += piece.length;
    shown += step.release;
    garbled = step.garbled;
    if (garbled) break;
    longestHeld = Math.max(longestHeld, taken - shown.length);
    delayed += taken - shown.length;
  }
  const last = guard.end();
  return { shown: shown + last.release, garbled: last.garbled, longestHeld, delayed };
}

/** Pieces of `size` UTF-16 code units; surrogates are cut too. */
export function* cut(text: string, size: number): Generator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

/** Two pieces, cut at every place in turn. */
export function* halves(text: string): Generator<readonly [string, string]> {
  for (let at = 0; at <= text.length; at++) yield [text.slice(0, at), text.slice(at)];
}
