import { traceError } from '../../base/describeError.ts';
import type { Clock } from '../../base/async/clock.ts';
import { createEmitter, type Event } from '../../base/event.ts';
import type { Log } from '../../base/log.ts';
import { estimateTurn, type TurnPlan } from '../ledger/estimate.ts';
import { preflight, type Preflight } from '../ledger/preflight.ts';
import type { LedgerTracker } from '../ledger/tracker.ts';
import type { Pool } from '../pool/pool.ts';
import type { ScheduledPrompts } from './scheduledPrompts.ts';
import { createIntents, type Intent } from './intents.ts';
import type { Session } from './session.ts';
import type { Prompt, Turn } from './turn/turn.ts';
import type { CostWarning } from '../../shared/protocol/limits.ts';
import { offeredAction } from './messages/limitActions.ts';
import type { LimitAction } from '../../shared/protocol/limits.ts';

/**
 * Sends questions, and asks first when one will likely reach the end of a window. What cannot
 * go out is given back: nothing that was typed is lost.
 */
export interface PromptSubmission {
  send(prompt: Prompt): void;
  /** Asks for the rest of an answer that was cut short. */
  resume(turnId: string): void;
  /** The question that is open; undefined when there is none. */
  warning(): CostWarning | undefined;
  /**
   * Does what the person chose. An answer to a question that is not open any more is ignored, and so
   * is an action that it did not offer.
   */
  answer(warningId: string, action: LimitAction): void;
  /**
   * Takes an action after what ended this turn; it replaces one that was chosen before. `send` asks
   * again and is open to every turn; any other action is ignored unless the failure offers it.
   */
  retryWith(turnId: string, action: LimitAction): void;
  /** Gives back what waits for an answer or for a reset: its chat is left. */
  leave(): void;
  readonly onDidChange: Event<void>;
}

export interface PromptSubmissionDeps {
  session: Session;
  pool: Pool;
  tracker: Pick<LedgerTracker, 'entries' | 'windows'>;
  held: ScheduledPrompts;
  /** What a question is answered with as things stand. */
  plan: () => { model: string; effort: string };
  /** Efforts of the model below the chosen one, the nearest first. */
  lowerEfforts: () => readonly string[];
  pickEffort: (effort: string) => void;
  /** Puts a question back where it was typed. */
  giveBack: (text: string) => void;
  clock: Clock;
  newId: () => string;
  log: Log;
}

export function createPromptSubmission(deps: PromptSubmissionDeps): PromptSubmission {
  const { session, pool, held, log } = deps;
  const change = createEmitter<void>((error) => log.error(`sending: ${traceError(error)}`));
  let open: Open | undefined;
  /** Ids of held messages by the turn that they are to do again. */
  const again = new Map<string, string>();

  const set = (next: typeof open) => {
    open = next;
    change.fire();
  };

  /** Takes the open question back; its text with it. */
  const takeBack = () => {
    const asked = open;
    if (!asked) return;
    set(undefined);
    asked.giveBack();
  };

  const warn = (more: readonly Prompt[]): CostWarning | undefined => {
    try {
      return warningFor(deps, more);
    } catch (error) {
      // Whoever asks must not be kept from it by what only wants to warn.
      log.error(`the cost of a turn cannot be told: ${traceError(error)}`);
      return undefined;
    }
  };

  /** Begins it, or asks first when it will likely reach the end of a window. */
  function begin(intent: Intent): void {
    takeBack();
    const warning = warn(intent.more);
    if (warning) set({ ...intent, warning });
    else intent.start();
  }

  const { toSend, toRetry, toResume } = createIntents({
    session,
    giveBack: deps.giveBack,
    hold: (intent, untilMs) => hold(intent.text, untilMs, () => begin(intent), intent.giveBack),
    holdAgain,
  });

  function hold(text: string, untilMs: number, send: () => void, giveBack: () => void): string {
    const account = pool.entries().length > 1 ? openerOf(untilMs)?.label : undefined;
    return held.hold({ text, untilMs, account, send, giveBack });
  }

  /** Whose reset it is that is waited for. */
  const openerOf = (untilMs: number) =>
    pool
      .entries()
      .find(({ condition }) => 'untilMs' in condition && condition.untilMs === untilMs) ??
    pool.current();

  /** Does the turn again at the reset. While it is in the chat, it has its own button. */
  function holdAgain(turn: Turn, untilMs: number): void {
    const intent = toRetry(turn);
    const after = (act: () => void) => () => {
      again.delete(turn.id);
      act();
    };
    const send = after(() => begin(intent));
    again.set(turn.id, hold(intent.text, untilMs, send, after(intent.giveBack)));
  }

  /** The action as it is offered. The log names only its kind, since the rest may be private. */
  function honored(offered: readonly LimitAction[], action: LimitAction): LimitAction | undefined {
    const own = offeredAction(offered, action);
    if (!own) log.warn(`a limit action that was not offered is ignored: ${action.kind}`);
    return own;
  }

  /** True when the action means that the message is sent now. */
  function prepare(action: LimitAction): boolean {
    switch (action.kind) {
      case 'send':
        return true;
      case 'lowerEffort':
        deps.pickEffort(action.effort);
        return true;
      case 'useAccount':
        pool.use(action.accountId);
        return true;
      case 'wait':
      case 'cancel':
        return false;
    }
  }

  return {
    onDidChange: change.event,
    warning: () => open?.warning,
    send(prompt) {
      if (session.isBusy()) {
        deps.giveBack(prompt.text);
        return;
      }
      begin(toSend(prompt));
    },
    resume(turnId) {
      const last = session.turns().at(-1);
      const mayResume = last?.id === turnId && last.mayContinue === true;
      if (mayResume && !session.isBusy()) begin(toResume(turnId));
    },
    answer(warningId, chosen) {
      if (open?.warning.id !== warningId) return;
      const asked = open;
      const action = honored(asked.warning.actions, chosen);
      if (!action) return;
      set(undefined);
      if (action.kind === 'wait') asked.wait(action.untilMs);
      else if (!session.isBusy() && prepare(action)) asked.start();
      else asked.giveBack();
    },
    retryWith(turnId, chosen) {
      const turn = session.turns().find(({ id }) => id === turnId);
      if (!turn || session.isBusy()) return;
      const action = honored([{ kind: 'send' }, ...(turn.failure?.limitActions ?? [])], chosen);
      if (!action) return;
      held.drop(again.get(turnId) ?? '');
      again.delete(turnId);
      if (action.kind === 'wait') holdAgain(turn, action.untilMs);
      else if (action.kind === 'send') begin(toRetry(turn));
      else if (prepare(action)) {
        takeBack();
        session.retry(turnId);
      }
    },
    leave() {
      takeBack();
      held.cancelAll();
    },
  };
}

interface Open extends Intent {
  warning: CostWarning;
}

/** WIRE.md f: about four bytes make a token. */
const tokensOf = (text: string) => Math.ceil(new TextEncoder().encode(text).length / 4);

const promptTokens = ({ text, attachments }: Prompt) =>
  attachments.reduce((sum, file) => sum + tokensOf(file.path + file.text), tokensOf(text));

function warningFor(deps: PromptSubmissionDeps, more: readonly Prompt[]): CostWarning | undefined {
  const { pool, tracker, session, clock } = deps;
  const current = pool.current();
  if (!current) return undefined;
  const entries = tracker.entries();
  const windows = tracker.windows();
  const plan: TurnPlan = {
    ...deps.plan(),
    credentialId: current.id,
    contextTokens: session.context()?.usedTokens ?? 0,
    promptTokens: more.reduce((sum, prompt) => sum + promptTokens(prompt), 0),
  };
  const estimate = (effort: string) => estimateTurn(entries, windows, { ...plan, effort });
  const { ceilingPercent } = current.preferences;
  const result = preflight(estimate(plan.effort), current.quota, clock.now(), {
    ...(ceilingPercent === undefined ? {} : { ceiling: ceilingPercent }),
    lower: deps.lowerEfforts().flatMap((effort) => estimate(effort) ?? []),
    others: pool
      .entries()
      .filter(({ id, condition }) => id !== current.id && condition.kind === 'ready')
      .flatMap(({ quota }) => quota ?? []),
  });
  return result.warn ? toWarning(result, deps) : undefined;
}

function toWarning(
  { reasons, choices }: Extract<Preflight, { warn: true }>,
  { pool, newId }: PromptSubmissionDeps,
): CostWarning | undefined {
  const [reason] = reasons.toSorted((a, b) => a.left - b.left);
  if (!reason) return undefined;
  const round = (points: number) => Math.round(points * 10) / 10;
  const labelOf = (id: string) => pool.entries().find((entry) => entry.id === id)?.label ?? '';
  return {
    id: newId(),
    windowName: `the ${reason.name.toLowerCase()}`,
    fromPoints: round(reason.deps.low),
    toPoints: round(reason.deps.high),
    leftPoints: round(reason.left),
    ...(reason.resetsAtMs === undefined ? {} : { resetsAtMs: reason.resetsAtMs }),
    actions: [
      { kind: 'send' },
      ...choices.map((choice): LimitAction => {
        switch (choice.kind) {
          case 'lowerEffort':
            return { kind: 'lowerEffort', effort: choice.effort };
          case 'otherAccount': {
            const accountId = choice.credentialId;
            return { kind: 'useAccount', accountId, label: labelOf(accountId) };
          }
          case 'wait':
            return choice;
        }
      }),
      { kind: 'cancel' },
    ],
  };
}
