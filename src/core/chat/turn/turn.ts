import type { ErrorMessage } from '../messages/errorMessages.ts';
import type { Certainty } from '../../ledger/entry.ts';
import type { TokenUsage } from '../../responses/stream/turnEvent.ts';

interface AnyPart {
  id: string;
  /** Its attempt broke off, and the next one writes it anew: no part of the answer for now. */
  stale?: boolean;
}

/** A stretch of an answer as it is shown. Of the shape that the protocol has for it. */
export type TurnPart =
  /** `commentary`: it only leads up to the answer. */
  | (AnyPart & { kind: 'text'; text: string; commentary?: boolean })
  | (AnyPart & { kind: 'refusal'; text: string })
  /** `ms`: how long it took; absent while it goes on. */
  | (AnyPart & { kind: 'reasoning'; text: string; ms?: number })
  | (AnyPart & { kind: 'call'; tool: string; detail: string; state: CallState });

export type CallState = 'running' | 'done' | 'failed' | 'declined' | 'stopped';

export type TurnStatus = 'running' | 'done' | 'stopped' | 'failed' | 'interrupted';

/** A file whose text goes along with a prompt. */
export interface Attachment {
  /** Shown in the transcript. */
  name: string;
  /** Path as the model is to see it. */
  path: string;
  text: string;
  language: string;
}

export interface Prompt {
  text: string;
  attachments: readonly Attachment[];
}

export interface RetryWait {
  attempt: number;
  maxAttempts: number;
  reason: string;
  atMs: number;
}

export interface ReceiptShare {
  label: string;
  points: number;
  certainty: Certainty;
  /** What was told first, where the figures after it have told more. */
  was?: number;
}

/** What a turn cost beside its tokens. Of the shape that the protocol has for it. */
export interface TurnReceipt {
  /** Requests that were sent, failed ones included. */
  requests: number;
  /** Kinds of those that failed, in their order, such as `overloaded`. */
  failed: readonly string[];
  /** Percentage points of the windows; `label` as in the ledger. */
  shares: readonly ReceiptShare[];
  /** What other devices used of the windows while the turn ran; no part of `shares`. */
  others?: readonly { label: string; points: number }[];
}

/** One question and what became of it. Owned by the session; others see it as it is right now. */
export interface Turn {
  readonly id: string;
  readonly prompt: Prompt;
  status: TurnStatus;
  /** Counted over all its requests, from 1. */
  attempt: number;
  parts: TurnPart[];
  retry?: RetryWait;
  /** Since when nothing has come, epoch ms; absent while the answer comes. */
  silentSinceMs?: number;
  notes: string[];
  failure?: ErrorMessage;
  /** The answer was cut short and can be gone on with. */
  mayContinue?: boolean;
  usage?: TokenUsage;
  /** Comes to be known, and known better, after the end. */
  receipt?: TurnReceipt;
  readonly startedAtMs: number;
  endedAtMs?: number;
}

/** How the parts of a turn change. */
export type PartChange =
  | { type: 'part/append'; id: string; text: string }
  /** A new part goes before the one that is named, or at the end. */
  | { type: 'part/put'; part: TurnPart; before?: string }
  | { type: 'part/drop'; id: string };

/** Makes the change to the turn's parts. A change to a part that is not there changes nothing. */
export function applyPartChange(turn: Turn, change: PartChange): void {
  const idOf = change.type === 'part/put' ? change.part.id : change.id;
  const at = turn.parts.findLastIndex((part) => part.id === idOf);
  const part = turn.parts[at];
  switch (change.type) {
    case 'part/append':
      if (part && part.kind !== 'call') part.text += change.text;
      return;
    case 'part/put':
      if (part) turn.parts[at] = { ...change.part };
      else insertPart(turn.parts, { ...change.part }, change.before);
      return;
    case 'part/drop':
      if (part) turn.parts.splice(at, 1);
  }
}

function insertPart(parts: TurnPart[], part: TurnPart, before: string | undefined): void {
  const at = before === undefined ? -1 : parts.findIndex(({ id }) => id === before);
  parts.splice(at < 0 ? parts.length : at, 0, part);
}

/** The parts that were still under way when the turn ended so, as they are from then on. */
export function settleParts(turn: Turn, status: TurnStatus, nowMs: number): TurnPart[] {
  return turn.parts.flatMap((part): TurnPart[] => {
    if (part.kind === 'reasoning' && part.ms === undefined) {
      return [{ ...part, ms: nowMs - turn.startedAtMs }];
    }
    if (part.kind === 'call' && part.state === 'running') {
      return [{ ...part, state: status === 'stopped' ? 'stopped' : 'failed' }];
    }
    return [];
  });
}
