import { chatInMemory, notesOf } from '../../../support/chats.ts';
import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { silentLog } from '../../../../src/base/log.ts';
import { createResponses } from '../../../../src/core/responses/client.ts';
import { createSession, type Session } from '../../../../src/core/chat/session.ts';
import type { TurnEvent } from '../../../../src/core/responses/stream/turnEvent.ts';
import type { Turn } from '../../../../src/core/chat/turn/turn.ts';
import { applyPartChange } from '../../../../src/shared/partChanges.ts';
import type { Http } from '../../../../src/base/http.ts';
import {
  fixtureBytes,
  scriptedHttp,
  sseBytes,
  statusOf,
  streamOf,
} from '../../../support/streams.ts';
import { skippingClock } from '../../../support/manualClock.ts';
import { classic, countingGrants } from '../responses/harness.ts';

function talk(
  http: Http,
  quietAfterMs?: number,
  onTurnEvent: (event: TurnEvent) => void = () => {},
  silentAfterMs?: number,
): Session & { failures: unknown[] } {
  let ids = 0;
  const clock = skippingClock();
  const failures: unknown[] = [];
  const session = createSession({
    ...chatInMemory(clock.now),
    responses: createResponses({
      http,
      tokenProvider: countingGrants(),
      baseUrl: () => 'https://chatgpt.com/backend-api',
      identity: { originator: 'codex_chat', userAgent: 'codex_chat/0.0.0' },
      clock,
      random: () => 0.5,
      log: silentLog,
      ...(quietAfterMs === undefined ? {} : { quietAfterMs }),
      ...(silentAfterMs === undefined ? {} : { silentAfterMs }),
    }),
    basis: () => ({ ...classic, windowTokens: 258_400 }),
    clock,
    newId: () => `id-${++ids}`,
    log: silentLog,
    onTurnEvent,
    onFailure: (error) => failures.push(error),
  });
  return Object.assign(session, { failures });
}

const prompt = (text: string) => ({ text, attachments: [] });

/** Resolves once the session rests. */
async function settled(session: Session): Promise<void> {
  await vi.waitFor(() => expect(session.isBusy()).toBe(false), { interval: 1 });
}

const plain = () => streamOf(fixtureBytes('ok_plain.sse'));
const inputOf = (body: string | undefined): { type: string; role?: string }[] =>
  JSON.parse(body ?? '')['input'];

/** An answer that says `text` and then hangs until it is aborted. */
function hanging(text: string) {
  return (signal: AbortSignal) =>
    Promise.resolve({
      status: 200,
      headers: { 'content-type': 'text/event-stream' },
      body: (async function* () {
        yield sseBytes([
          {
            type: 'response.output_text.delta',
            output_index: 0,
            content_index: 0,
            delta: text,
          },
        ]);
        await new Promise((_, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
        );
      })(),
    });
}

describe('a session', () => {
  test('answers a prompt and sends the whole talk with the next one', async () => {
    const { http, sent } = scriptedHttp(plain);
    const session = talk(http);
    session.send(prompt('one'));
    await settled(session);
    session.send(prompt('two'));
    await settled(session);

    const [first] = session.turns();
    expect(first?.status).toBe('done');
    expect(first?.parts).toEqual([
      { kind: 'text', id: '1.1.0.text', text: 'Hello from the fake backend.' },
    ]);
    expect(first?.usage).toMatchObject({ input: 120, cached: 20, output: 30, reasoning: 10 });
    expect(inputOf(sent[1]?.body).map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    expect(session.context()).toMatchObject({ usedTokens: 150, windowTokens: 258_400 });
  });

  test('answers in one request though whoever takes the figures fails', async () => {
    const { http, sent } = scriptedHttp(plain);
    const session = talk(http, undefined, () => {
      throw new Error('no book');
    });
    session.send(prompt('one'));
    await settled(session);
    expect(session.turns()[0]).toMatchObject({
      status: 'done',
      parts: [{ text: 'Hello from the fake backend.' }],
    });
    expect(sent.length).toBe(1);
  });

  test('ignores a prompt while it is busy, and loses nothing by it', async () => {
    const { http, sent } = scriptedHttp(plain);
    const session = talk(http);
    session.send(prompt('one'));
    session.send(prompt('two'));
    await settled(session);
    expect(session.turns().length).toBe(1);
    expect(sent.length).toBe(1);
  });

  test('stops at once, keeps what was said, and tells the model that it was stopped', async () => {
    const { http, sent } = scriptedHttp(() => hanging('Half an ans'), plain);
    const session = talk(http);
    session.send(prompt('one'));
    await vi.waitFor(() => expect(session.turns()[0]?.parts.length).toBe(1), { interval: 1 });
    session.stop();
    expect(session.isBusy()).toBe(false);
    expect(session.turns()[0]).toMatchObject({
      status: 'stopped',
      parts: [{ kind: 'text', text: 'Half an ans' }],
    });
    session.send(prompt('two'));
    await settled(session);
    const input = JSON.stringify(inputOf(sent[1]?.body));
    expect(input).toContain('Half an ans');
    expect(input).toContain('stopped this answer');
  });

  test('says while it is silent that it is, and not any more once the turn has ended', async () => {
    const { http } = scriptedHttp(() => hanging('Half an ans'));
    const session = talk(http, 60_000);
    session.send(prompt('one'));
    const notes = () => notesOf(session.turns()[0]) ?? [];
    await vi.waitFor(() => expect(notes()[0]).toContain('No response for a minute'), {
      interval: 1,
    });
    session.stop();
    expect(notes()).toEqual([]);
  });

  test('says since when it is silent, and not any more once the turn has ended', async () => {
    const { http } = scriptedHttp(() => hanging('Half an ans'));
    const session = talk(http, 60_000, undefined, 15_000);
    session.send(prompt('one'));
    const since = () => session.turns()[0]?.silentSinceMs;
    await vi.waitFor(() => expect(since()).toBeTypeOf('number'), { interval: 1 });
    session.stop();
    expect(since()).toBeUndefined();
  });

  test('does the last turn again in its place, without a trace of the failed one', async () => {
    const { http, sent } = scriptedHttp(() => statusOf(400, { detail: 'No.' }), plain);
    const session = talk(http);
    session.send(prompt('one'));
    await settled(session);
    const [failed] = session.turns();
    expect(failed?.failure).toMatchObject({ kind: 'badRequest' });
    expect(failed?.failure?.message).toContain('No.');
    session.retry(failed?.id ?? '');
    await settled(session);
    expect(session.turns().map(({ status }) => status)).toEqual(['done']);
    expect(inputOf(sent[1]?.body).length).toBe(1);
  });

  test('goes on with an answer that was cut short, from what was kept of it', async () => {
    const cut = () => streamOf(fixtureBytes('incomplete_max_output_tokens.sse'));
    const { http, sent } = scriptedHttp(cut, plain);
    const session = talk(http);
    session.send(prompt('one'));
    await settled(session);
    const [short] = session.turns();
    expect(short).toMatchObject({ status: 'done', mayContinue: true });
    session.resume(short?.id ?? '');
    await settled(session);
    const [, rest] = session.turns();
    expect(rest?.prompt.text).toContain('Continue your last answer');
    expect(rest).not.toHaveProperty('mayContinue');
    const input = JSON.stringify(inputOf(sent[1]?.body));
    expect(input).toMatch(/one.*cut te.*Continue your last answer/);
    session.resume(short?.id ?? '');
    session.resume(rest?.id ?? '');
    expect(session.isBusy()).toBe(false);
    expect(sent.length).toBe(2);
  });

  test('offers no rest of an answer that the content filter ended', async () => {
    const filtered = {
      type: 'response.incomplete',
      response: { id: 'r', incomplete_details: { reason: 'content_filter' } },
    };
    const { http, sent } = scriptedHttp(() => streamOf(sseBytes([filtered])));
    const session = talk(http);
    session.send(prompt('one'));
    await settled(session);
    expect(session.turns()[0]?.mayContinue).toBe(false);
    session.resume(session.turns()[0]?.id ?? '');
    expect(session.isBusy()).toBe(false);
    expect(sent.length).toBe(1);
  });

  test('does not send thoughts alone along when the answer was cut after them', async () => {
    const thought = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAAA' };
    const cut = [
      { type: 'response.output_item.done', output_index: 0, item: thought },
      {
        type: 'response.incomplete',
        response: { id: 'r', incomplete_details: { reason: 'max_output_tokens' } },
      },
    ];
    const { http, sent } = scriptedHttp(() => streamOf(sseBytes(cut)), plain);
    const session = talk(http);
    session.send(prompt('one'));
    await settled(session);
    session.resume(session.turns()[0]?.id ?? '');
    await settled(session);
    expect(inputOf(sent[1]?.body).map(({ type }) => type)).toEqual(['message', 'message']);
  });

  test('asks again when the backend says that the turn is not over', async () => {
    const { http, sent } = scriptedHttp(
      () => streamOf(fixtureBytes('ok_end_turn_false.sse')),
      plain,
    );
    const session = talk(http);
    session.send(prompt('one'));
    await settled(session);
    expect(sent.length).toBe(2);
    expect(session.turns()[0]?.parts.map((part) => 'text' in part && part.text)).toEqual([
      'first half',
      'Hello from the fake backend.',
    ]);
  });

  test('answers a call of a tool that does not exist, so that the model can go on', async () => {
    const { http, sent } = scriptedHttp(
      () => streamOf(fixtureBytes('ok_parallel_function_calls.sse')),
      plain,
    );
    const session = talk(http);
    session.send(prompt('one'));
    await settled(session);
    const types = inputOf(sent[1]?.body).map(({ type }) => type);
    expect(types.filter((type) => type === 'function_call').length).toBe(2);
    expect(types.filter((type) => type === 'function_call_output').length).toBe(2);
    expect(session.turns()[0]?.parts.filter(({ kind }) => kind === 'call')).toMatchObject([
      { state: 'failed' },
      { state: 'failed' },
    ]);
  });

  test('never follows a model that calls for ever', async () => {
    const { http, sent } = scriptedHttp(() => streamOf(fixtureBytes('ok_function_call.sse')));
    const session = talk(http);
    session.send(prompt('one'));
    await settled(session);
    expect(sent.length).toBe(12);
    expect(notesOf(session.turns()[0])?.at(-1)).toContain('without a complete response');
  });

  test('sends the text of attached files inside a fence that they cannot end', async () => {
    const { http, sent } = scriptedHttp(plain);
    const session = talk(http);
    const text = '```js\n1\n```';
    const file = {
      kind: 'file',
      name: 'a.md',
      path: 'docs/a.md',
      language: 'markdown',
      text,
    } as const;
    session.send({ text: 'Explain', attachments: [file] });
    await settled(session);
    expect(JSON.stringify(inputOf(sent[0]?.body))).toContain(
      '````markdown\\n```js\\n1\\n```\\n````',
    );
  });

  test('gives details of a failure without prompt, answer or token', async () => {
    const { http } = scriptedHttp(() =>
      statusOf(429, { error: { type: 'usage_limit_reached', resets_in_seconds: 60 } }),
    );
    const session = talk(http);
    session.send(prompt('my secret plan'));
    await settled(session);
    const details = session.details(session.turns()[0]?.id ?? '') ?? '';
    expect(JSON.parse(details)).toMatchObject({ kind: 'usageLimit', status: 429, attempts: 1 });
    expect(details).not.toContain('secret plan');
    expect(details).not.toContain('token-');
    expect(session.failures.length).toBe(1);
  });

  test('paints with its changes exactly the parts that it holds, whatever breaks on the way', async () => {
    const names = [
      'ok_plain.sse',
      'ok_reasoning_then_text.sse',
      'ok_web_search.sse',
      'drop_mid_text.sse',
      'drop_mid_arguments.sse',
      'drop_after_created.sse',
      'failed_server_error.sse',
      'ok_refusal.sse',
      'incomplete_max_output_tokens.sse',
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 5 }),
        async (served) => {
          const answers = [...served.map((name) => () => streamOf(fixtureBytes(name), 50)), plain];
          const session = talk(scriptedHttp(...answers).http);
          const mirror = new Map<string, Turn>();
          session.onDidChange((change) => {
            if (change.type === 'turn/add') {
              mirror.set(change.turn.id, { ...change.turn, parts: [] });
            }
            const copy = change.type === 'turn/change' ? mirror.get(change.turn.id) : undefined;
            if (copy && change.type === 'turn/change') applyPartChange(copy.parts, change.change);
          });
          session.send(prompt('one'));
          await settled(session);
          for (const turn of session.turns()) {
            expect(mirror.get(turn.id)?.parts).toEqual(turn.parts);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
