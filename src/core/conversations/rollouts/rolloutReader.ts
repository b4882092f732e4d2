import * as z from 'zod/mini';
import { optionalField } from '../../../base/json/optionalField.ts';
import { omitUndefined } from '../../../base/omitUndefined.ts';
import { toHistoryItem } from './historyItem.ts';
import { type RolloutLine, type SessionMeta } from './rolloutLine.ts';
import { stopItems, type TurnDraft } from './rolloutTurn.ts';
import { readCompletedItem, reasoningPart, textPart } from './shownItem.ts';
import { createTurnList, type KeptTurns } from './turnList.ts';
import { attachedParts, readUserMessage, typedText, type ContentPart } from './userMessage.ts';

export interface RolloutReaderOptions {
  /** The credential that can read what is encrypted for this ChatGPT account. */
  readonly credentialOf: (accountId: string) => string | undefined;
  /** Bound on what is kept in memory, UTF-16 code units. */
  readonly mostKept?: number;
}

/** Builds the turns of a session from its lines, in their order, while they are read. */
export interface RolloutReader {
  /** The lines that follow are of this file. */
  begin(meta: SessionMeta): void;
  /** @param size - length of the line. */
  line(line: RolloutLine, size: number): void;
  end(): KeptTurns;
}

const usualMostKept = 64 * 1_048_576;

const text = z.lazy(() => z.string());
const count = z.lazy(() => z.number().check(z.nonnegative()));
const turnContext = z.lazy(() =>
  z.object({ model: optionalField(text), effort: optionalField(text) }),
);
const event = z.lazy(() =>
  z.object({
    type: text,
    turn_id: optionalField(text),
    message: optionalField(text),
    text: optionalField(text),
    phase: optionalField(text),
    num_turns: optionalField(z.number().check(z.int(), z.nonnegative())),
    error: optionalField(z.object({ message: text })),
  }),
);
type RolloutEvent = z.infer<typeof event>;
const usageRecord = z.lazy(() =>
  z.object({
    turn_token_usage: z.object({
      input_tokens: count,
      cached_input_tokens: count,
      output_tokens: count,
      reasoning_output_tokens: count,
    }),
  }),
);

/** What versions without marks say after a compaction; it is no answer. */
const compactionNotice = 'Compact task completed';

export function createRolloutReader(options: RolloutReaderOptions): RolloutReader {
  const session = createSessionState(options);
  return {
    begin: session.begin,
    line(line, size) {
      session.at(line, size);
      switch (line.type) {
        case 'turn_context':
          return session.context(line.payload);
        case 'token_usage_record':
          return session.usage(line.payload);
        case 'response_item':
          return line.isCompactionOutput ? undefined : takeItem(session, line);
        case 'compacted':
          return session.compacted(line.payload);
        case 'event_msg':
          return takeEvent(session, line);
        default:
          return undefined;
      }
    },
    end: session.end,
  };
}

type SessionState = ReturnType<typeof createSessionState>;

/** What is known at a line of the session. */
function createSessionState({ credentialOf, mostKept = usualMostKept }: RolloutReaderOptions) {
  const turns = createTurnList(mostKept);
  let meta: SessionMeta | undefined;
  /** Turn of the CLI; in versions that name none, each message of the user begins one. */
  let turnId: string | undefined;
  let basis: { model?: string; effort?: string } = {};
  let here = { atMs: 0, size: 0 };
  let unsure: readonly ContentPart[] = [];

  const account = () => (meta?.accountId === undefined ? undefined : credentialOf(meta.accountId));

  return {
    turns,
    last: turns.last,
    atMs: () => here.atMs,
    /** What the next event may say that the user typed. */
    hold: (parts: readonly ContentPart[]) => void (unsure = parts),
    confirm(message: string) {
      const parts = unsure;
      unsure = [];
      if (parts.length > 0 && typedText(parts) === message) this.prompt(parts);
    },
    begin: (next: SessionMeta) => void (meta = next),
    at(line: RolloutLine, size: number) {
      here = { atMs: line.atMs ?? here.atMs, size };
    },
    task(id: string | undefined) {
      turns.close('interrupted');
      turnId = id;
    },
    prompt(parts: readonly ContentPart[]) {
      // A message into a turn that runs, or of a version that does not tell the end of turns.
      const isOver = turnId !== undefined || hasAnswer(turns.last());
      turns.close(isOver ? 'done' : 'interrupted', here.atMs);
      turns.open({
        id: turns.freeId(turnId ?? meta?.thread ?? '', turnId !== undefined),
        text: typedText(parts),
        attached: attachedParts(parts),
        startedAtMs: here.atMs,
        status: 'interrupted',
        ...basis,
        parts: [],
        items: [],
        size: here.size,
      });
    },
    add(payload: Readonly<Record<string, unknown>>) {
      const item = toHistoryItem(payload, account());
      if (item) turns.last()?.add(item, here.size);
      turns.keepWithin(here.size);
    },
    context(payload: object) {
      const known = turnContext.safeParse(payload).data;
      basis = { ...basis, ...omitUndefined({ model: known?.model, effort: known?.effort }) };
      if (turns.isOpen()) Object.assign(turns.last()?.turn ?? {}, basis);
    },
    usage(payload: object) {
      const used = usageRecord.safeParse(payload).data?.turn_token_usage;
      const turn = turns.last()?.turn;
      if (!used || !turn || !turns.isOpen()) return;
      const { input_tokens: input, cached_input_tokens: cached, output_tokens: output } = used;
      turn.usage = { input, cached, output, reasoning: used.reasoning_output_tokens };
    },
    compacted: (payload: object) => turns.compact(payload, account()),
    end: () => turns.end(turnId === undefined && hasAnswer(turns.last()) ? 'done' : 'interrupted'),
  };
}

function hasAnswer(draft: TurnDraft | undefined): boolean {
  const isAnswer = ({ type, role }: { type: string; role?: unknown }) =>
    type === 'message' && role === 'assistant';
  return draft?.turn.items.some(({ item }) => isAnswer(item)) ?? false;
}

function takeItem(session: SessionState, { payload }: RolloutLine): void {
  const { type, role } = payload;
  if (type !== 'message') return session.add(payload);
  if (role === 'assistant') return session.add(payload);
  const message = role === 'user' ? readUserMessage(payload) : undefined;
  if (!message) return;
  session.hold(message.unsure);
  if (message.typed.length > 0) session.prompt(message.typed);
  if (message.told.length > 0) session.add({ type, role, content: message.told });
  if (message.isAborted) for (const item of stopItems()) session.last()?.add(item, 0);
}

function takeEvent(session: SessionState, line: RolloutLine): void {
  const parsed = event.safeParse(line.payload);
  if (!parsed.success) return;
  const { type, ...known } = parsed.data;
  switch (type) {
    case 'task_started':
    case 'turn_started':
      return session.task(known.turn_id);
    case 'task_complete':
    case 'turn_complete':
      return complete(session, parsed.data);
    case 'turn_aborted':
      return abort(session);
    case 'item_completed': {
      const shown = session.turns.isOpen() ? readCompletedItem(line.payload) : undefined;
      return shown && session.last()?.show(shown.id, shown.part);
    }
    case 'user_message':
      return session.confirm(known.message ?? '');
    case 'thread_rolled_back':
      return session.turns.rollBack(known.num_turns ?? 0);
    default:
      return showText(session, parsed.data);
  }
}

function complete(session: SessionState, { error }: RolloutEvent): void {
  const turn = session.last()?.turn;
  if (error && turn && session.turns.isOpen()) turn.failure = error.message;
  session.turns.close(error ? 'failed' : 'done', session.atMs());
}

function abort(session: SessionState): void {
  const draft = session.last();
  if (!draft || !session.turns.isOpen()) return;
  const [note] = stopItems();
  const isNoted = JSON.stringify(draft.turn.items.at(-1)?.item) === JSON.stringify(note?.item);
  if (!isNoted) for (const item of stopItems()) draft.add(item, 0);
  session.turns.close('stopped', session.atMs());
}

/** Events of versions that do not tell finished items. */
function showText(session: SessionState, { type, message = '', text: thought = '' }: RolloutEvent) {
  const draft = session.last();
  if (!draft || !session.turns.isOpen()) return;
  const id = `shown.${draft.turn.parts.length}`;
  if (type === 'agent_message' && message !== compactionNotice) {
    const part = textPart(id, message, false);
    if (part) draft.showOnce(part);
  } else if (type === 'agent_reasoning') {
    const part = reasoningPart(id, thought, 0);
    if (part) draft.showOnce(part);
  }
}
