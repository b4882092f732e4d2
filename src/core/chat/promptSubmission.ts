import { traceError } from '../../base/describeError.ts';
import type { Clock } from '../../base/async/clock.ts';
import { createEmitter, type Event } from '../../base/event.ts';
import type { Log } from '../../base/log.ts';
import type { Pool } from '../pool/pool.ts';
import type { CostWarning, LimitAction } from '../../shared/protocol/limits.ts';
import { warningFor, type CostWarningDeps } from './costWarning.ts';
import type { ScheduleRequest, ScheduledPrompts } from './scheduledPrompts.ts';
import { createIntents, type Intent } from './intents.ts';
import type { Session } from './session.ts';
import type { Prompt } from '../conversations/prompt.ts';
import type { Turn } from './turn/turn.ts';
import { offeredAction } from './messages/limitActions.ts';

/**
 * Sends prompts, and asks first when one will likely reach a limit. What cannot be sent is given
 * back: nothing that was typed is lost.
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
  retryWith(turnId: string, way: LimitAction): void;
  /** The chat is not shown any more: what waits for an answer of the person is given back. */
  leave(): void;
  readonly onDidChange: Event<void>;
}

export interface PromptSubmissionDeps extends CostWarningDeps {
  session: Session;
  pool: Pool;
  scheduled: ScheduledPrompts;
  pickEffort: (effort: string) => void;
  /** Puts a question back where it was typed. */
  giveBack: (prompt: Prompt) => void;
  clock: Clock;
  newId: () => string;
  log: Log;
}

export function createPromptSubmission(deps: PromptSubmissionDeps): PromptSubmission {
  const { session } = deps;
  const question = createCostQuestion(deps);
  const { toSend, toRetry, toResume, scheduleRetry, unschedule } = createSchedule(deps, question);
  const prepare = (action: LimitAction) => isSentNow(action, deps);

  return {
    onDidChange: question.onDidChange,
    warning: () => question.open()?.warning,
    send(prompt) {
      if (session.isBusy()) deps.giveBack(prompt);
      else question.begin(toSend(prompt));
    },
    resume(turnId) {
      const last = session.turns().at(-1);
      const mayResume = last?.id === turnId && last.mayContinue === true;
      if (mayResume && !session.isBusy()) question.begin(toResume(turnId));
    },
    answer(warningId, chosen) {
      const open = question.open();
      if (open?.warning.id !== warningId) return;
      const action = offered(open.warning.actions, chosen, deps);
      if (!action) return;
      question.close();
      if (action.kind === 'wait') open.wait(action.untilMs);
      else if (!session.isBusy() && prepare(action)) open.start();
      else open.giveBack();
    },
    retryWith(turnId, chosen) {
      const turn = session.turns().find(({ id }) => id === turnId);
      if (!turn || session.isBusy()) return;
      const action = offered(
        [{ kind: 'send' }, ...(turn.failure?.limitActions ?? [])],
        chosen,
        deps,
      );
      if (!action) return;
      unschedule(turnId);
      if (action.kind === 'wait') scheduleRetry(turn, action.untilMs);
      else if (action.kind === 'send') question.begin(toRetry(turn));
      else if (prepare(action)) {
        question.takeBack();
        session.retry(turnId);
      }
    },
    leave: question.takeBack,
  };
}

interface OpenQuestion extends Intent {
  warning: CostWarning;
}

/** Begins what is to be asked, or keeps it and asks the person first when it will be costly. */
function createCostQuestion(deps: PromptSubmissionDeps) {
  const { log } = deps;
  const change = createEmitter<void>((error) => log.error(`sending: ${traceError(error)}`));
  let open: OpenQuestion | undefined;

  const set = (next: typeof open) => {
    open = next;
    change.fire();
  };

  /** Closes the open question and gives its text back. */
  const takeBack = () => {
    const before = open;
    if (!before) return;
    set(undefined);
    before.giveBack();
  };

  const warn = (more: readonly Prompt[]): CostWarning | undefined => {
    try {
      return warningFor(deps, more);
    } catch (error) {
      // An error in what only warns must not keep a prompt from being sent.
      log.error(`the cost of a turn could not be estimated: ${traceError(error)}`);
      return undefined;
    }
  };

  return {
    open: () => open,
    close: () => set(undefined),
    takeBack,
    begin(intent: Intent): void {
      takeBack();
      const warning = warn(intent.more);
      if (warning) set({ ...intent, warning });
      else intent.start();
    },
    onDidChange: change.event,
  };
}

/** What is to be asked now or when a limit resets. */
function createSchedule(
  { session, pool, scheduled: held, giveBack }: PromptSubmissionDeps,
  { begin }: Pick<ReturnType<typeof createCostQuestion>, 'begin'>,
) {
  /** Ids of scheduled prompts by the turn that they are to do again. */
  const retries = new Map<string, string>();

  /** The account whose reset is waited for. */
  const accountAt = (untilMs: number) =>
    pool
      .entries()
      .find(({ condition }) => 'untilMs' in condition && condition.untilMs === untilMs) ??
    pool.current();

  function schedule(request: Omit<ScheduleRequest, 'account'>): string {
    const account = pool.entries().length > 1 ? accountAt(request.untilMs)?.label : undefined;
    return held.hold({ ...request, account });
  }

  const intents = createIntents({
    session,
    giveBack,
    hold: (intent, untilMs) =>
      schedule({
        text: intent.text,
        untilMs,
        send: () => begin(intent),
        giveBack: intent.giveBack,
      }),
    holdAgain: scheduleRetry,
  });

  /** Does the turn again at the reset. While it is in the chat, it has its own button. */
  function scheduleRetry(turn: Turn, untilMs: number): void {
    const intent = intents.toRetry(turn);
    const after = (act: () => void) => () => {
      retries.delete(turn.id);
      act();
    };
    const send = after(() => begin(intent));
    const { text } = intent;
    retries.set(turn.id, schedule({ text, untilMs, send, giveBack: after(intent.giveBack) }));
  }

  return {
    ...intents,
    scheduleRetry,
    unschedule(turnId: string): void {
      held.drop(retries.get(turnId) ?? '');
      retries.delete(turnId);
    },
  };
}

/** The action as it is offered. The log names its kind alone: the rest may be private. */
function offered(
  actions: readonly LimitAction[],
  chosen: LimitAction,
  { log }: Pick<PromptSubmissionDeps, 'log'>,
): LimitAction | undefined {
  const own = offeredAction(actions, chosen);
  if (!own) log.warn(`a limit action that was not offered is ignored: ${chosen.kind}`);
  return own;
}

/** Prepares the action; true when it leads to the prompt being sent now. */
function isSentNow(
  action: LimitAction,
  { pool, pickEffort }: Pick<PromptSubmissionDeps, 'pool' | 'pickEffort'>,
): boolean {
  switch (action.kind) {
    case 'send':
      return true;
    case 'lowerEffort':
      pickEffort(action.effort);
      return true;
    case 'useAccount':
      pool.use(action.accountId);
      return true;
    case 'wait':
    case 'cancel':
      return false;
  }
}
