import type { Turn } from '../../core/chat/turn/turn.ts';
import type { TurnView } from '../../protocol.ts';
import type { UnsequencedMessage } from './messageBatcher.ts';

/** The turn as the chat view shows it: a copy, without the text of the attached files. */
export function toTurnView(turn: Turn): TurnView {
  return {
    id: turn.id,
    prompt: turn.prompt.text,
    attachments: turn.prompt.attachments.map(({ name, path }) => ({ name, detail: path })),
    parts: turn.parts.map((part) => ({ ...part })),
    startedAtMs: turn.startedAtMs,
    ...headOf(turn),
  };
}

/** Everything about the turn but its parts. */
export function toTurnState(turn: Turn): UnsequencedMessage & { type: 'turn/state' } {
  return { type: 'turn/state', turnId: turn.id, ...headOf(turn) };
}

function headOf(turn: Turn) {
  const {
    status,
    attempt,
    notes,
    retry,
    silentSinceMs,
    failure,
    mayContinue,
    usage,
    receipt,
    endedAtMs,
  } = turn;
  return {
    status,
    attempt,
    notes: [...notes],
    ...(retry === undefined ? {} : { retry: { ...retry } }),
    ...(silentSinceMs === undefined ? {} : { silentSinceMs }),
    ...(failure === undefined ? {} : { failure: { ...failure } }),
    ...(mayContinue === undefined ? {} : { mayContinue }),
    ...(usage === undefined ? {} : { usage: usageOf(usage) }),
    ...(receipt === undefined ? {} : { receipt: receiptOf(receipt) }),
    ...(endedAtMs === undefined ? {} : { endedAtMs }),
  };
}

function usageOf({ input, cached, output, reasoning }: NonNullable<Turn['usage']>) {
  return { input, cached, output, reasoning };
}

function receiptOf({ requests, failed, shares, others }: NonNullable<Turn['receipt']>) {
  return {
    requests,
    failed: [...failed],
    shares: shares.map(({ label, points, certainty, was }) => ({
      label,
      points,
      certainty,
      ...(was === undefined ? {} : { was }),
    })),
    ...(others === undefined
      ? {}
      : { others: others.map(({ label, points }) => ({ label, points })) }),
  };
}
