import { chatInMemory } from '../../support/chats.ts';
import { vi } from 'vitest';
import type { Clock } from '../../../src/base/async/clock.ts';
import { createEmitter } from '../../../src/base/event.ts';
import { silentLog } from '../../../src/base/log.ts';
import { createLocalValue } from '../../../src/base/storage/sharedValue.ts';
import type { BearerToken } from '../../../src/core/auth/bearerToken.ts';
import { createQuotaObserver } from '../../../src/core/chat/quotaObserver.ts';
import { createUsageRecorder } from '../../../src/core/chat/usageRecorder.ts';
import { createSession } from '../../../src/core/chat/session.ts';
import { createLedgerTracker } from '../../../src/core/ledger/tracker.ts';
import { createQuotaStore } from '../../../src/core/quota/store/quotaStore.ts';
import type { QuotaSnapshot } from '../../../src/core/quota/decode/quotaSnapshot.ts';
import { noStoredQuota } from '../../../src/core/quota/store/storageSchema.ts';
import { fetchUsage } from '../../../src/core/quota/poll/fetchUsage.ts';
import { createResponses } from '../../../src/core/responses/client.ts';
import type { TurnEvent } from '../../../src/core/responses/stream/turnEvent.ts';
import { createHttp } from '../../../src/node/http/http.ts';
import { startBackend } from '../../backend/backend.ts';
import { classic } from '../core/responses/harness.ts';

/** Each look at it is a millisecond later; waits pass at once. */
export function tickingClock(startMs = Date.UTC(2026, 10, 2)) {
  let nowMs = startMs;
  return {
    now: () => (nowMs += 1),
    pass: (ms: number) => void (nowMs += ms),
    async delay(ms: number, signal: AbortSignal) {
      signal.throwIfAborted();
      nowMs += ms;
    },
  };
}

export const people = ['ada@example.com', 'grace@example.com'] as const;
type Person = (typeof people)[number];

/** Session, client, observer, quota book and ledger as they are shipped, at a stand-in backend. */
export async function openDesk() {
  const clock = tickingClock();
  const accounts = people.map((email) => ({ email, plan: 'pro' }));
  const backend = await startBackend({ pace: 0, accounts, now: clock.now });
  const { baseUrl, control } = backend;
  const http = createHttp();
  const tracker = createLedgerTracker({ now: clock.now });
  /** No alarms: a clock that skips waits would run away. */
  const still: Clock = { now: clock.now, delay: () => new Promise(() => {}) };
  const quota = createQuotaStore({
    shared: createLocalValue(noStoredQuota),
    clock: still,
    log: silentLog,
  });
  const record = (reading: QuotaSnapshot) => {
    quota.record(reading);
    tracker.reading(reading);
  };
  const state = {
    person: people[0] as Person,
    model: 'gpt-5.5',
    effort: 'medium',
    onEvent: undefined as ((event: TurnEvent) => void) | undefined,
  };
  const bearerOf = (email: string): BearerToken => {
    const { accessToken, accountId } = control.mint(email);
    return { credentialId: email, accountId, accessToken, label: email };
  };
  const tokenProvider = {
    getToken: async () => bearerOf(state.person),
    replaceRejected: async () => bearerOf(state.person),
    async failOver(rejected: BearerToken, { kind }: { kind: string }) {
      const other = people.find((email) => email !== rejected.credentialId);
      if (kind !== 'usageLimit' || !other) return undefined;
      state.person = other;
      return bearerOf(other);
    },
  };
  const observer = createQuotaObserver({
    quota: { record, noteSilence: quota.noteSilence },
    poll: { want() {} },
    models: { noteEtag() {} },
    pool: { current: () => undefined, settle() {} },
    now: clock.now,
  });
  const plan = () => ({ model: state.model, effort: state.effort });
  const turnEvents = createEmitter<TurnEvent>();
  let ids = 0;
  const openSession = () =>
    createSession({
      ...chatInMemory(clock.now, `chat-${++ids}`),
      responses: createResponses({
        http: http.request,
        tokenProvider,
        baseUrl: () => baseUrl,
        identity: { originator: 'codex_chat', userAgent: 'codex_chat/0.0.0' },
        clock,
        random: () => 0.5,
        log: silentLog,
      }),
      basis: () => ({
        ...classic,
        model: { ...classic.model, slug: state.model },
        effort: state.effort,
        instructions: 'Think of everything. '.repeat(4000),
        windowTokens: 258_400,
      }),
      clock,
      newId: () => `id-${++ids}`,
      log: silentLog,
      onTurnEvent(event) {
        observer.event(event);
        turnEvents.fire(event);
        state.onEvent?.(event);
      },
      onFailure: observer.failure,
    });
  const onTurnEvent = turnEvents.event;
  const openChat = () => {
    const session = openSession();
    const books = createUsageRecorder({ session, onTurnEvent, tracker, plan, clock });
    return { session, books };
  };
  let chat = openChat();

  return {
    backend,
    control,
    clock,
    tracker,
    quota,
    /** The chat of now. */
    get session() {
      return chat.session;
    },
    startNew() {
      chat.session.dispose();
      chat.books.dispose();
      chat = openChat();
    },
    state,
    /** Asks for the figures, which come in whole percents. */
    async poll(email: string = state.person) {
      const own = {
        getToken: async () => bearerOf(email),
        replaceRejected: async () => bearerOf(email),
      };
      const source = { http: http.request, baseUrl, tokenProvider: own, clock, headers: {} };
      record(await fetchUsage(source, new AbortController().signal));
    },
    /** Resolves once the turn is over and all that it took is booked. */
    async rest() {
      await vi.waitFor(
        () => {
          if (chat.session.isBusy() || control.charges().some(({ isOver }) => !isOver)) {
            throw new Error('The turn goes on.');
          }
        },
        { interval: 1, timeout: 10_000 },
      );
    },
    async close() {
      chat.session.dispose();
      await http.close();
      await backend.stop();
    },
  };
}

export type Desk = Awaited<ReturnType<typeof openDesk>>;
