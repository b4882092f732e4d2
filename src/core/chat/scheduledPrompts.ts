import { createAlarm } from '../../base/async/alarm.ts';
import { traceError } from '../../base/describeError.ts';
import type { Clock } from '../../base/async/clock.ts';
import type { Disposable } from '../../base/disposables.ts';
import { createEmitter, type Event } from '../../base/event.ts';
import type { Log } from '../../base/log.ts';
import type { ScheduledPrompt } from '../../shared/protocol/limits.ts';

export interface ScheduleRequest extends Omit<ScheduledPrompt, 'id'> {
  send: () => void;
  /** Puts the text back where the person can reach it. */
  giveBack: () => void;
}

/** Prompts, in memory only, that are sent once, when their time has come, unless the person acts before. */
export interface ScheduledPrompts extends Disposable {
  list(): readonly ScheduledPrompt[];
  /** Gives its id. */
  hold(request: ScheduleRequest): string;
  sendNow(id: string): void;
  cancel(id: string): void;
  /** Forgets it: what it was to do is done in another way. */
  drop(id: string): void;
  /** Gives all of them back, such as when their chat is left. */
  cancelAll(): void;
  readonly onDidChange: Event<void>;
}

export interface ScheduledPromptsDeps {
  /** A question may go out only while none is being answered. */
  isBusy: () => boolean;
  /** To be fired when a turn has ended. */
  onDidEndTurn: Event<void>;
  clock: Clock;
  newId: () => string;
  log: Log;
}

/** Clocks differ a little, and a request a moment too early is refused. */
const afterResetMs = 1_000;
export function createScheduledPrompts(deps: ScheduledPromptsDeps): ScheduledPrompts {
  const { clock, log } = deps;
  const change = createEmitter<void>((error) => log.error(`held messages: ${traceError(error)}`));
  let scheduled: { message: ScheduledPrompt; request: ScheduleRequest }[] = [];

  const alarm = createAlarm(clock, () => sendDue());
  const setAlarm = () =>
    alarm.set(Math.min(...scheduled.map(({ message }) => message.untilMs + afterResetMs)));

  /** One at a time: the next goes out when this one is answered. */
  const sendDue = () => {
    const due = scheduled.find(({ message }) => message.untilMs + afterResetMs <= clock.now());
    if (!due) setAlarm();
    else if (!deps.isBusy()) take(due.message.id)?.send();
  };

  /** Out of the list before anything is done with it, so that it can happen only once. */
  const take = (id: string): ScheduleRequest | undefined => {
    const found = scheduled.find(({ message }) => message.id === id);
    if (!found) return undefined;
    scheduled = scheduled.filter((entry) => entry !== found);
    setAlarm();
    change.fire();
    return found.request;
  };

  // Not at once: a turn also ends when its chat is left, and then they are given back.
  const listening = deps.onDidEndTurn(async () => {
    await Promise.resolve();
    if (scheduled.length > 0) sendDue();
  });

  return {
    list: () => scheduled.map(({ message }) => message),
    hold(request) {
      const { text, untilMs, account } = request;
      const id = deps.newId();
      scheduled.push({ message: { id, text, untilMs, account }, request });
      setAlarm();
      change.fire();
      return id;
    },
    sendNow(id) {
      if (!deps.isBusy()) take(id)?.send();
    },
    cancel: (id) => take(id)?.giveBack(),
    drop: (id) => void take(id),
    cancelAll() {
      for (const { message } of scheduled) take(message.id)?.giveBack();
    },
    onDidChange: change.event,
    dispose() {
      listening.dispose();
      alarm.dispose();
      scheduled = [];
    },
  };
}
