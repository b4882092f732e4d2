import type { ToWebview } from '../../../src/shared/protocol/messages.ts';
import type { TurnPart, TurnView } from '../../../src/shared/protocol/turn.ts';

type Snapshot = Extract<ToWebview, { type: 'snapshot' }>;

/** A signed-in view of an empty chat; `change` says what is different. */
export function snapshot(change: Partial<Snapshot> = {}): Snapshot {
  return {
    type: 'snapshot',
    seq: 1,
    chatId: 'chat-1',
    turns: [],
    account: { state: 'signedIn', label: 'mira@home.example' },
    models: { list: [], selected: { slug: 'gpt-5.1' }, source: 'bundled' },
    quota: { text: '', windows: [], stale: false },
    start: { workspace: '', suggestions: [] },
    settings: { sendWith: 'enter', reasoning: 'collapsed' },
    ...change,
  };
}

/** A finished turn; `change` says what is different. */
export function turn(change: Partial<TurnView> = {}): TurnView {
  return { ...running([]), status: 'done', ...change };
}

/** A turn that is being answered. */
export function running(parts: readonly TurnPart[], change: Partial<TurnView> = {}): TurnView {
  return {
    id: 'turn-1',
    prompt: 'Why?',
    attachments: [],
    status: 'running',
    attempt: 1,
    parts: [...parts],
    notes: [],
    startedAtMs: 0,
    ...change,
  };
}
