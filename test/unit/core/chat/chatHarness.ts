import { chatInMemory } from '../../../support/chats.ts';
import type { HttpResponse } from '../../../../src/base/http.ts';
import { silentLog, type Log } from '../../../../src/base/log.ts';
import { createLocalValue } from '../../../../src/base/storage/sharedValue.ts';
import { createQuotaObserver } from '../../../../src/core/chat/quotaObserver.ts';
import { createScheduledPrompts } from '../../../../src/core/chat/scheduledPrompts.ts';
import { createPromptSubmission } from '../../../../src/core/chat/promptSubmission.ts';
import { createSession } from '../../../../src/core/chat/session.ts';
import { limitActionsFrom } from '../../../../src/core/chat/messages/limitActions.ts';
import { createLedgerTracker } from '../../../../src/core/ledger/tracker.ts';
import { createPool } from '../../../../src/core/pool/pool.ts';
import { noPreferences } from '../../../../src/core/pool/preferences.ts';
import { createQuotaStore } from '../../../../src/core/quota/store/quotaStore.ts';
import { noStoredQuota } from '../../../../src/core/quota/store/storageSchema.ts';
import { createResponses } from '../../../../src/core/responses/client.ts';
import { answer } from '../../faults/events.ts';
import { credential, memoryStore } from '../../../support/credentials.ts';
import { steppedClock } from '../../../support/steppedClock.ts';
import { sseBytes, statusOf, streamOf } from '../../../support/streams.ts';
import { classic } from '../responses/harness.ts';

export const minuteMs = 60_000;
const windowMs = 300 * minuteMs;

/** How the backend answers a request: at once, never, or by turning it away until then. */
type Reply = 'answer' | 'hang' | { spentUntilMs: number };

/**
 * Session, client, pool, held messages and sending as they are shipped, on a clock of the test. The
 * backend is a function of the request; all requests that it got are kept.
 */
export function createTalkWorld(ids: readonly string[] = ['a'], log: Log = silentLog) {
  const clock = steppedClock();
  const world = { reply: (_id: string): Reply => 'answer', effort: 'medium', ids: 0 };
  const sent: { id: string; text: string; atMs: number }[] = [];
  const drafts: string[] = [];
  const newId = () => `id-${++world.ids}`;
  const shared = createLocalValue(noStoredQuota);
  const quota = createQuotaStore({ shared, clock, log: silentLog });
  const tracker = createLedgerTracker({ now: clock.now });
  const store = memoryStore(
    ids.map((id) => credential({ id, email: `${id}@example.com`, accessToken: `token-${id}` })),
  );
  const bearerOf = async (id: string) => ({
    credentialId: id,
    accountId: id,
    accessToken: `token-${id}`,
  });
  const tell = (id: string, usedPercent: number, resetsAtMs = clock.now() + windowMs) =>
    quota.record(readingOf(id, usedPercent, clock.now(), resetsAtMs));
  const pool = createPool({
    store,
    quota,
    preferences: createLocalValue(noPreferences),
    cooldowns: createLocalValue({}),
    clock,
    log: silentLog,
    issuer: () => 'https://issuer.test',
    rotation: () => 'off',
    preferred: () => undefined,
    probe: async () => {},
    tokenProvider: { bearerOf, replaceRejected: ({ credentialId }) => bearerOf(credentialId) },
  });
  const observer = createQuotaObserver({
    quota,
    poll: { want() {} },
    models: { noteEtag() {} },
    pool,
    now: clock.now,
  });
  const session = createSession({
    ...chatInMemory(clock.now),
    responses: createResponses({
      http: async ({ headers, body }, signal) => {
        signal.throwIfAborted();
        const id = headers['chatgpt-account-id'] ?? '';
        sent.push({ id, text: lastPrompt(body), atMs: clock.now() });
        return responseOf(world.reply(id), signal);
      },
      tokenProvider: pool,
      baseUrl: () => 'https://backend.test',
      identity: { originator: 'codex_chat', userAgent: 'codex_chat/0.0.0' },
      clock,
      random: () => 0.5,
      log: silentLog,
    }),
    basis: () => ({ ...classic, windowTokens: 258_400 }),
    clock,
    newId,
    log: silentLog,
    onTurnEvent: observer.event,
    limitActions: (error) => limitActionsFrom(error, pool.entries(), clock.now()),
    onFailure: observer.failure,
  });
  const held = createScheduledPrompts({
    isBusy: session.isBusy,
    onDidEndTurn: session.onDidEndTurn,
    clock,
    newId,
    log: silentLog,
  });
  const sending = createPromptSubmission({
    session,
    pool,
    tracker,
    scheduled: held,
    plan: () => ({ model: 'gpt-5.5', effort: world.effort }),
    lowerEfforts: () => (world.effort === 'medium' ? ['low'] : []),
    pickEffort: (effort) => (world.effort = effort),
    giveBack: ({ text }) => void drafts.push(text),
    clock,
    newId,
    log,
  });
  return Object.assign(world, {
    clock,
    sent,
    drafts,
    session,
    held,
    sending,
    pool,
    store,
    tell,
    tracker,
    send: (text: string) => sending.send({ text, attachments: [] }),
    /** Teaches that a turn takes 4% of medium effort and 1 of low. */
    learn: (id: string) => teach(tracker, id, clock.now() - 2 * windowMs),
    prompts: () => session.turns().map(({ prompt }) => prompt.text),
    last: () => session.turns().at(-1),
  });
}

export type TalkWorld = ReturnType<typeof createTalkWorld>;

function readingOf(id: string, usedPercent: number, observedAtMs: number, resetsAtMs: number) {
  return {
    credentialId: id,
    source: 'headers' as const,
    observedAtMs,
    windows: [
      {
        kind: 'fiveHour' as const,
        label: '5h',
        minutes: 300,
        usedPercent,
        resetsAtMs,
      },
    ],
  };
}

function teach(tracker: TalkWorld['tracker'], id: string, fromMs: number): void {
  const resetsAtMs = fromMs + windowMs;
  const efforts = Array.from({ length: 32 }, (_, at) => (at % 2 === 0 ? 'medium' : 'low'));
  let atMs = fromMs;
  let used = 0;
  tracker.reading(readingOf(id, used, atMs, resetsAtMs));
  for (const [at, effort] of efforts.entries()) {
    const turn = `past-${id}-${at}`;
    const points = effort === 'medium' ? 4 : 1;
    atMs += minuteMs;
    tracker.turnStarted({ id: turn, atMs, chatId: 'past', model: 'gpt-5.5', effort, kind: 'turn' });
    tracker.request(turn, id, atMs);
    tracker.accepted(turn, id, atMs);
    const tokens = { input: points * 10_000, cached: 0, output: points * 100, reasoning: 0 };
    tracker.turnEnded({ id: turn, atMs: atMs + 1_000, outcome: 'done', tokens });
    used += points;
    atMs += minuteMs;
    tracker.reading(readingOf(id, used, atMs, resetsAtMs));
  }
}

function responseOf(reply: Reply, signal: AbortSignal): HttpResponse | Promise<HttpResponse> {
  if (reply === 'answer') return streamOf(sseBytes(answer('Done.')));
  if (reply !== 'hang') {
    const resets_at = Math.round(reply.spentUntilMs / 1000);
    return statusOf(429, { error: { type: 'usage_limit_reached', plan_type: 'plus', resets_at } });
  }
  return new Promise((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
  );
}

function lastPrompt(body: string | undefined): string {
  const { input }: { input: { role?: string; content?: { text?: string }[] }[] } = JSON.parse(
    body ?? '',
  );
  return input.findLast(({ role }) => role === 'user')?.content?.[0]?.text ?? '';
}
