import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposables.ts';
import { createEmitter, type Listen } from '../../base/event.ts';
import { HttpError } from '../../base/http.ts';
import type { Log } from '../../base/log.ts';
import { createSingleFlight } from '../../base/singleFlight.ts';
import { AuthError } from '../auth/errors.ts';
import type { QuotaReading } from './reading.ts';
import { UsageError } from './usage.ts';

export interface QuotaPollOptions {
  fetch: (signal: AbortSignal) => Promise<QuotaReading>;
  record: (reading: QuotaReading) => void;
  /** The credential in use; undefined while signed out, and then nothing is asked. */
  credentialId: () => string | undefined;
  /** When its figures were told; undefined while nothing is known. */
  observedAtMs: () => number | undefined;
  clock: Clock;
  /** From 0 up to 1. */
  random: () => number;
  /** Whether somebody looks: the window has the focus and shows the quota somewhere. */
  isActive: () => boolean;
  /** To be fired also when another account comes into use. */
  onDidChangeActive: Listen<void>;
  log: Log;
}

/** Keeps the quota at most some minutes old while somebody looks at it. */
export interface QuotaPoll extends Disposable {
  /** Asks now, whatever the age of the figures. Rejects with what `fetch` rejects with. */
  refresh(): Promise<void>;
  /** Why the last attempt failed, one sentence for people; undefined after a good one. */
  problem(): string | undefined;
  /** Fires when {@link QuotaPoll.problem} changes. */
  readonly onDidChange: Listen<void>;
}

const shortestIntervalMs = 5 * 60_000;
const longestBackoffMs = 60 * 60_000;
/** Spreads several windows of the editor, which wake together. */
const wakeSpreadMs = 3_000;

export function createQuotaPoll(options: QuotaPollOptions): QuotaPoll {
  const { clock, random, log } = options;
  const ended = new AbortController();
  const once = createSingleFlight<void>();
  const pace = createPace(options);
  let timer = new AbortController();

  const ask = () =>
    once(options.credentialId() ?? '', async () => {
      timer.abort();
      try {
        options.record(await options.fetch(ended.signal));
        pace.settle();
      } catch (error) {
        if (!ended.signal.aborted) pace.settle(error);
        throw error;
      } finally {
        schedule();
      }
    });

  /** Answers to prompts bring figures too, so the time is counted from the last of any kind. */
  const dueAtMs = (intervalMs: number) =>
    Math.max((options.observedAtMs() ?? -intervalMs) + intervalMs, pace.notBeforeMs());

  /** One timer while somebody looks, none otherwise. */
  const schedule = () => {
    timer.abort();
    if (!mayAsk()) return;
    timer = new AbortController();
    const waitMs = dueAtMs(jittered(shortestIntervalMs, random())) - clock.now();
    clock.delay(Math.max(waitMs, random() * wakeSpreadMs), timer.signal).then(onTimer, () => {});
  };

  const mayAsk = () =>
    !ended.signal.aborted && options.isActive() && options.credentialId() !== undefined;

  const onTimer = () => {
    if (!mayAsk()) return;
    if (dueAtMs(shortestIntervalMs) > clock.now()) return schedule();
    ask().catch((error: unknown) => log.debug(`quota poll failed: ${nameOf(error)}`));
  };

  const listening = options.onDidChangeActive(schedule);
  schedule();

  return {
    refresh: ask,
    problem: pace.problem,
    onDidChange: pace.onDidChange,
    dispose() {
      listening.dispose();
      timer.abort();
      ended.abort();
    },
  };
}

/** How long to leave the backend alone after each attempt. A new account starts afresh. */
function createPace({ clock, random, log, credentialId }: QuotaPollOptions) {
  const change = createEmitter<void>((error) => log.error(`quota listener: ${String(error)}`));
  let failures = 0;
  let notBeforeMs = 0;
  let problem: string | undefined;
  let account: string | undefined;
  const isSame = () => account === credentialId();
  return {
    onDidChange: change.listen,
    notBeforeMs: () => (isSame() ? notBeforeMs : 0),
    problem: () => (isSame() ? problem : undefined),
    settle(failure?: unknown) {
      failures = failure === undefined ? 0 : isSame() ? failures + 1 : 1;
      const restMs = failure === undefined ? shortestIntervalMs : backoffMs(failures, failure);
      account = credentialId();
      notBeforeMs = clock.now() + jittered(restMs, random());
      const before = problem;
      problem = failure === undefined ? undefined : describe(failure);
      if (problem !== before) change.fire();
    },
  };
}

/** Doubles from five minutes to an hour; a time that the backend names is kept to. */
function backoffMs(failures: number, failure: unknown): number {
  const grown = Math.min(shortestIntervalMs * 2 ** (failures - 1), longestBackoffMs);
  const named =
    failure instanceof UsageError && failure.failure.kind === 'refused'
      ? failure.failure.retryAfterMs
      : undefined;
  return Math.max(grown, Math.min(named ?? 0, longestBackoffMs));
}

const jittered = (ms: number, random: number) => ms * (1 + random * 0.2);

const nameOf = (error: unknown) => (error instanceof Error ? error.name : typeof error);

function describe(failure: unknown): string {
  if (failure instanceof UsageError || failure instanceof AuthError) return failure.message;
  if (failure instanceof HttpError) return `${failure.host} could not be reached.`;
  return 'The quota could not be read.';
}
