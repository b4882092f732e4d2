import type { TurnHead, TurnPart } from '../../../shared/protocol/turn.ts';
import type { InputItem } from '../../responses/request/input.ts';
import { endNote, promptItem } from '../history.ts';
import type { RolloutItem } from './historyItem.ts';
import { calledPart, textPart } from './shownItem.ts';
import type { ContentPart } from './userMessage.ts';

export type RolloutStatus = 'done' | 'stopped' | 'failed' | 'interrupted';

/** A message of the user and what became of it. */
export interface RolloutTurn {
  /** The same each time the session is read, as long as the turn does not go on. */
  id: string;
  readonly text: string;
  /** Images of the message, with the tags around them. */
  readonly attached: readonly ContentPart[];
  readonly startedAtMs: number;
  endedAtMs?: number;
  status: RolloutStatus;
  /** What the CLI said of its failure. */
  failure?: string;
  model?: string;
  effort?: string;
  usage?: NonNullable<TurnHead['usage']>;
  parts: TurnPart[];
  items: RolloutItem[];
  /** About what it takes in memory, UTF-16 code units. */
  size: number;
}

/** Builds one turn from its lines. */
export interface TurnDraft {
  readonly turn: RolloutTurn;
  /** @param size - length of the line, for the bound on memory. */
  add(item: RolloutItem, size: number): void;
  /** A part with a known id takes its place. */
  show(id: string, part: TurnPart): void;
  /** Shown by a version that writes both kinds of events only once. */
  showOnce(part: TurnPart): void;
  /** What was said so far has been summed up: it is no answer. */
  compacted(): void;
  end(status: RolloutStatus, atMs: number | undefined): void;
}

export function createTurnDraft(turn: RolloutTurn): TurnDraft {
  /** Of a call that runs other tools by itself, such as a script, these are shown in its place. */
  const wrappers = new Set<string>();
  /** Texts of answers as the model knows them, for versions that show none. */
  let answers: TurnPart[] = [];

  function put(part: TurnPart): void {
    const at = turn.parts.findIndex(({ id }) => id === part.id);
    if (at < 0) turn.parts.push(part);
    else turn.parts[at] = part;
  }

  function dropWrappers(): void {
    turn.parts = turn.parts.filter(({ id }) => !wrappers.has(id));
    wrappers.clear();
  }

  function noteOutput(callId: unknown): void {
    const part = turn.parts.find(({ id }) => id === callId);
    if (part?.kind === 'call' && part.state === 'running') put({ ...part, state: 'done' });
    wrappers.delete(String(callId));
  }

  return {
    turn,
    add(rolloutItem, size) {
      const { item } = rolloutItem;
      turn.items.push(rolloutItem);
      turn.size += size;
      const called = calledPart(item, `item.${turn.items.length}`);
      if (called) put(called);
      if (called && item.type === 'custom_tool_call') wrappers.add(called.id);
      if (item.type.endsWith('_output')) noteOutput(item['call_id']);
      answers.push(...answerOf(item, `answer.${turn.items.length}`));
    },
    show(id, part) {
      turn.size += 'text' in part ? part.text.length : 0;
      if (part.kind !== 'call') return put(part);
      // A search of the backend is shown as soon as the model has it.
      if (part.tool === 'web_search') dropSearch(turn, part.detail);
      if (!turn.parts.some((other) => other.id === id)) dropWrappers();
      put(part);
    },
    showOnce(part) {
      const isSame = (other: TurnPart) =>
        other.kind === part.kind && 'text' in other && 'text' in part && other.text === part.text;
      if (turn.parts.some(isSame)) return;
      turn.size += 'text' in part ? part.text.length : 0;
      put(part);
    },
    compacted: () => void (answers = []),
    end(status, atMs) {
      const isShown = turn.parts.some(({ kind }) => kind === 'text');
      if (!isShown) turn.parts.push(...answers);
      answers = [];
      turn.status = status;
      if (atMs !== undefined) turn.endedAtMs = Math.max(atMs, turn.startedAtMs);
      turn.parts = turn.parts.map((part) => settled(part, status));
    },
  };
}

function settled(part: TurnPart, status: RolloutStatus): TurnPart {
  if (part.kind !== 'call' || part.state !== 'running') return part;
  return { ...part, state: status === 'stopped' ? 'stopped' : 'failed' };
}

function dropSearch(turn: RolloutTurn, query: string): void {
  const at = turn.parts.findIndex(
    (part) => part.kind === 'call' && part.tool === 'web_search' && part.detail === query,
  );
  if (at >= 0) turn.parts.splice(at, 1);
}

function answerOf(item: InputItem, id: string): TurnPart[] {
  if (item.type !== 'message' || item['role'] !== 'assistant') return [];
  const content: unknown[] = Array.isArray(item['content']) ? item['content'] : [];
  const texts = content.map((part) => stringAt(part, 'text'));
  const part = textPart(id, texts.join(''), item['phase'] === 'commentary');
  return part ? [part] : [];
}

function stringAt(value: unknown, key: string): string {
  if (typeof value !== 'object' || value === null) return '';
  const found: unknown = Object.getOwnPropertyDescriptor(value, key)?.value;
  return typeof found === 'string' ? found : '';
}

/** What the model is told of the user's message. */
export function promptItems({ text, attached }: Pick<RolloutTurn, 'text' | 'attached'>) {
  const images: InputItem = { type: 'message', role: 'user', content: attached };
  return [promptItem({ text, attachments: [] }), ...(attached.length > 0 ? [images] : [])];
}

/** The items that end what the model is told of a turn that the user stopped. */
export const stopItems = (): RolloutItem[] => endNote('stopped').map((item) => ({ item }));
