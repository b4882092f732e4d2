import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { truncate } from '../../../src/base/truncate.ts';
import type { HttpResponse } from '../../../src/base/http.ts';
import { jsonFault, parseJson } from '../../../src/base/json/json.ts';
import { redact, redactStart } from '../../../src/base/log.ts';
import { readApiKey } from '../../../src/core/auth/apiKey.ts';
import { parseCodexLogin } from '../../../src/core/auth/codexLogin.ts';
import { requestCode } from '../../../src/core/auth/signIn/deviceCode.ts';
import { readClaims } from '../../../src/core/auth/idToken.ts';
import { exchangeCode, refreshTokens, type Issuer } from '../../../src/core/auth/oauth.ts';
import { parseRedirectInput } from '../../../src/core/auth/signIn/parseRedirectInput.ts';
import { failureReport } from '../../../src/core/chat/messages/failureReport.ts';
import { errorMessage, retryReason } from '../../../src/core/chat/messages/errorMessages.ts';
import { decideLink } from '../../../src/core/chat/turn/links.ts';
import { toTurnPart } from '../../../src/core/chat/turn/turnView.ts';
import { toCsv } from '../../../src/core/ledger/csv.ts';
import type { LedgerEntry } from '../../../src/core/ledger/entry.ts';
import { readApiModels } from '../../../src/core/models/apiModels.ts';
import { readCatalogue } from '../../../src/core/models/catalogue.ts';
import { bareEtag } from '../../../src/core/models/etag.ts';
import { fetchCatalogue } from '../../../src/core/models/fetchCatalogue.ts';
import { bundledModels } from '../../../src/core/models/bundled.ts';
import { resolveModel } from '../../../src/core/models/resolve.ts';
import { readQuotaEvent } from '../../../src/core/quota/decode/events.ts';
import { readQuotaHeaders } from '../../../src/core/quota/decode/headers.ts';
import { readCount, readPromo, readLine } from '../../../src/core/quota/decode/quotaSnapshot.ts';
import { createResets } from '../../../src/core/quota/poll/resets.ts';
import { fetchUsage } from '../../../src/core/quota/poll/fetchUsage.ts';
import { createAnswerBody } from '../../../src/core/responses/stream/answerBody.ts';
import { redactSecrets } from '../../../src/core/responses/redaction/redactSecrets.ts';
import { failureFromEvent, failureFromHttp } from '../../../src/core/responses/retry/classify.ts';
import { createDuplicateOutputFilter } from '../../../src/core/responses/stream/duplicateOutputFilter.ts';
import { parseEvent } from '../../../src/core/responses/stream/events.ts';
import {
  bodyShape,
  errorShape,
  responseHeaders,
} from '../../../src/core/responses/redaction/redactExchange.ts';
import { ResponsesError } from '../../../src/core/responses/retry/failure.ts';
import {
  createLeakDetector,
  findLeak,
} from '../../../src/core/responses/leakedToolCalls/leakDetector.ts';
import { createMarkdown } from '../../../src/core/responses/leakedToolCalls/markdown.ts';
import { cleanItem } from '../../../src/core/responses/leakedToolCalls/leakFilter.ts';
import { readJsonBody } from '../../../src/core/responses/request/jsonBody.ts';
import { readCall, readItem } from '../../../src/core/responses/stream/outputItems.ts';
import { readRetryAfterMs } from '../../../src/core/responses/retry/retryHint.ts';
import { describeShape, safeName } from '../../../src/core/responses/redaction/describeShape.ts';
import { createEventReader } from '../../../src/core/responses/stream/sse.ts';
import { createUnknownEvents } from '../../../src/core/responses/stream/unknownEvents.ts';
import { classic, countingGrants, run } from '../../unit/core/responses/harness.ts';
import { findSteepGrowth, wireUnits } from '../../support/growth.ts';
import { sampled } from '../../support/fullTests.ts';
import { skippingClock } from '../../support/manualClock.ts';
import { inChunks } from '../../support/streams.ts';

const now = 1_790_000_000_000;
const never = new AbortController().signal;
const tools = ['exec_command', 'read_file'];

const bytesOf = (text: string) => new TextEncoder().encode(text);
const answer = (
  status: number,
  body: string,
  headers: Record<string, string> = {},
): HttpResponse => ({ status, headers, body: inChunks(bytesOf(body), 65_536) });
const stream = (event: unknown) =>
  answer(200, `data: ${JSON.stringify(event)}\n\n`, { 'content-type': 'text/event-stream' });
const messageItem = (text: string) => ({
  type: 'message',
  content: [{ type: 'output_text', text }],
  phase: text,
});
const issuerOf = (body: string, status: number): Issuer => ({
  http: async () => answer(status, body),
  address: 'https://auth.example',
});
const source = (body: string) => ({
  http: async () => answer(200, body),
  tokenProvider: countingGrants(),
  headers: {},
  clock: { now: () => now },
});
const jwt = (iss: string) =>
  `e30.${Buffer.from(JSON.stringify({ iss, sub: iss })).toString('base64url')}.x`;
const ignored = async (work: Promise<unknown>) => void (await work.catch(() => {}));
/** A reader may refuse an event of very many lines; that ends it, too. */
const feed = (text: string, { push, end }: { push(bytes: Uint8Array): void; end?(): void }) => {
  const bytes = bytesOf(text);
  try {
    for (let at = 0; at < bytes.length; at += 65_536) push(bytes.subarray(at, at + 65_536));
    end?.();
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError);
  }
};

const entry = (title: string): LedgerEntry => ({
  version: 1,
  id: 't',
  revision: 0,
  chatId: 'c',
  title,
  credentialId: 'a',
  spans: [],
  kind: 'turn',
  outcome: 'done',
  model: title,
  effort: 'low',
  atMs: now,
  endedAtMs: now,
  requests: 1,
  failed: [],
  shares: [],
});

/**
 * Every function that runs over text from outside, each by what reaches it. Whoever writes another
 * one puts it here.
 */
const functions: Readonly<Record<string, (text: string) => unknown>> = {
  cut: (text) => truncate(text, 100),
  redact,
  redactStart: (text) => redactStart(text, 300),
  jsonFault: (text) => jsonFault(text, 50_000),
  parseJson: (text) => parseJson(z.unknown(), text),
  'failureFromHttp of plain text': (body) =>
    failureFromHttp({ status: 400, headers: {}, body }, now),
  'failureFromHttp of JSON': (text) => {
    const error = { code: text, type: text, param: text, message: text, plan_type: text };
    return failureFromHttp({ status: 400, headers: {}, body: JSON.stringify({ error }) }, now);
  },
  'failureFromHttp of headers': (text) => {
    const names = ['content-type', 'retry-after', 'retry-after-ms', 'x-error-json', 'x-request-id'];
    const headers = Object.fromEntries(names.map((name) => [name, text]));
    return failureFromHttp({ status: 429, headers, body: '' }, now);
  },
  failureFromEvent: (text) =>
    failureFromEvent({ code: text, type: text, param: text, message: text }, {}, now),
  'readRetryAfterMs of a message': (message) => readRetryAfterMs({ headers: {}, message }, now),
  'readRetryAfterMs of headers': (text) =>
    readRetryAfterMs({ headers: { 'retry-after': text, 'retry-after-ms': text } }, now),
  errorMessage: (detail) => {
    const failure = { kind: 'server' as const, detail, code: detail };
    return [errorMessage(new ResponsesError(failure), now), retryReason(failure)];
  },
  safeName,
  describeShape: (text) => describeShape({ [text]: text }),
  strangers: (text) => createUnknownEvents().note('event', text, { [text]: text }),
  responseHeaders: (text) => responseHeaders({ [text]: text, server: text, date: text }),
  errorShape: (text) => errorShape(text, {}),
  bodyShape: (text) => bodyShape(JSON.stringify({ model: text, input: [messageItem(text)] })),
  'blotAll for a secret': (secret) => redactSecrets([secret.slice(0, 4_000)], [secret]),
  'blotAll for another secret': (secret) => redactSecrets(['The request was refused.'], [secret]),
  'events of the stream': (text) => {
    const reader = createEventReader(parseEvent);
    feed(text, reader);
  },
  'data of the stream': (text) => {
    const reader = createEventReader(parseEvent);
    feed(`data: ${text}\n\n`, { push: reader.push });
  },
  'body of a 200': (text) => {
    const body = createAnswerBody({
      headers: () => ({}),
      now: () => now,
      data: parseEvent,
      event() {},
      failure() {},
    });
    feed(text, body);
  },
  readJsonBody: (text) => readJsonBody(JSON.stringify({ error: text, detail: text }), {}, now),
  parseEvent,
  'parseEvent of known events': (text) => {
    for (const type of ['response.output_text.delta', 'response.failed', 'error', text]) {
      parseEvent(JSON.stringify({ type, delta: text, item: messageItem(text), code: text }));
    }
  },
  findLeak: (text) => findLeak(text, { tools }),
  'garble guard in pieces': (text) => {
    const guard = createLeakDetector({ tools });
    for (let at = 0; at < text.length; at += 61) guard.push(text.slice(at, at + 61));
    guard.end();
  },
  'markdown of the guard': (text) => {
    const markdown = createMarkdown();
    for (let at = 0; at < text.length; at++) {
      markdown.take(text.charCodeAt(at), at === 0 ? 10 : text.charCodeAt(at - 1));
    }
  },
  readItem: (text) => readItem(messageItem(text)),
  readCall: (text) =>
    readCall({ type: 'function_call', call_id: text, name: text, arguments: text }),
  cleanItem: (text) => cleanItem(messageItem(text), tools),
  'echo filter': (text) => {
    const filter = createDuplicateOutputFilter([messageItem(text)], () => {});
    const part = { id: 'k', kind: 'text' as const, text, output: 0 };
    filter.emit({ type: 'put', attempt: 2, part, final: true });
    filter.settle([messageItem(text)], false);
  },
  'echo filter in pieces': (text) => {
    const filter = createDuplicateOutputFilter([messageItem(text)], () => {});
    const part = { id: 'k', kind: 'text' as const, text: '', output: 0 };
    filter.emit({ type: 'put', attempt: 2, part, final: false });
    for (let at = 0; at < text.length; at += 400) {
      const piece = text.slice(at, at + 400);
      filter.emit({ type: 'append', attempt: 2, id: 'k', text: piece });
    }
    filter.settle([messageItem(text)], false);
  },
  toTurnPart: (text) =>
    toTurnPart(
      '1',
      { id: 'k', kind: 'call', text, tool: text, output: 0 },
      { final: true, thoughtMs: 1 },
    ),
  'a whole turn that is refused': async (text) => {
    const said = JSON.stringify({ error: { message: text, code: text } });
    const { failure, report } = await run(async () => answer(400, said), {
      ...classic,
      instructions: text.trim() || 'x',
    });
    return failureReport(new ResponsesError(failure ?? { kind: 'empty' }, { report }));
  },
  'a whole turn that fails': async (text) => {
    const error = { message: text, code: 'invalid_prompt', type: text };
    const { failure, report } = await run(async () =>
      stream({ type: 'response.failed', response: { error } }),
    );
    return failureReport(new ResponsesError(failure ?? { kind: 'empty' }, { report }));
  },
  'a whole turn that answers': (text) =>
    run(async () =>
      stream({ type: 'response.completed', response: { id: text, output: [messageItem(text)] } }),
    ),
  readQuotaHeaders: (text) => {
    const names = ['plan-type', 'primary-used-percent', 'primary-reset-at', 'promo-message'];
    const headers = Object.fromEntries(names.map((name) => [`x-codex-${name}`, text]));
    return readQuotaHeaders({ ...headers, [text.toLowerCase()]: '1' }, 'c', now, 'refused');
  },
  readQuotaEvent: (text) => {
    const primary = { used_percent: text, window_minutes: text, reset_at: text };
    const limits = { rate_limits: { primary }, plan_type: text, limit_name: text };
    return readQuotaEvent({ type: 'codex.rate_limits', ...limits }, 'c', now);
  },
  'figures and texts of the quota': (text) => [readCount(text), readLine(text), readPromo(text)],
  fetchUsage: (text) => {
    const body = JSON.stringify({ plan_type: text, promo: text, rate_limit_reached_type: text });
    return ignored(fetchUsage({ ...source(body), baseUrl: 'https://b.example' }, never));
  },
  'fetchUsage of other bodies': (text) =>
    ignored(fetchUsage({ ...source(text), baseUrl: 'https://b.example' }, never)),
  resets: (text) => {
    const credits = [{ id: text, status: 'available', title: text, expires_at: text }];
    const { http, tokenProvider, headers, clock } = source(JSON.stringify({ credits }));
    const baseUrl = () => 'https://b.example';
    const deps = { http, headers, clock, baseUrl, grantsOf: () => tokenProvider, newId: () => 'n' };
    return ignored(createResets(deps).list('c', never));
  },
  readCatalogue: (text) =>
    readCatalogue({ models: [{ slug: text, display_name: text, priority: 1 }] }),
  readApiModels: (text) =>
    readApiModels({ data: [{ id: text }, { id: truncate(`gpt-5${text}`, 99) }] }),
  fetchCatalogue: (text) => {
    const silent = { debug() {}, info() {}, warn() {}, error() {} };
    const given = { ...source(text), baseUrl: () => 'https://b.example', log: silent };
    return ignored(fetchCatalogue({ ...given, headers: () => ({}) }, never));
  },
  bareEtag,
  resolveModel: (text) => resolveModel(bundledModels, text, text),
  'readClaims of an issuer': (text) => readClaims(jwt(text)),
  'readClaims of a token': readClaims,
  parseRedirectInput: (text) => parseRedirectInput(text, 'state'),
  'readPasted of an address': (text) =>
    parseRedirectInput(`http://localhost/?code=${text}#${text}`, 's'),
  'tokens of the issuer': (text) =>
    ignored(
      exchangeCode(
        issuerOf(JSON.stringify({ access_token: text, id_token: text }), 200),
        { code: 'c', redirectUri: 'r', verifier: 'v' },
        never,
      ),
    ),
  'a refusal of the issuer': (text) =>
    ignored(
      refreshTokens(
        issuerOf(JSON.stringify({ error: text, code: text }), 401),
        { refreshToken: 'r', reason: 'scheduled' },
        never,
      ),
    ),
  'another refusal of the issuer': (text) =>
    ignored(refreshTokens(issuerOf(text, 400), { refreshToken: 'r', reason: 'scheduled' }, never)),
  'a device code': (text) => {
    const body = { device_auth_id: text, user_code: text, interval: text, expires_at: text };
    return ignored(requestCode(issuerOf(JSON.stringify(body), 200), skippingClock(), never));
  },
  parseCodexLogin: (text) => parseCodexLogin(JSON.stringify({ tokens: { id_token: text } }), now),
  readApiKey,
  decideLink: (text) => decideLink(`https://example.com/${text}`, text, true),
  'decideLink of any address': (text) => decideLink(text, 'here', true),
  // Titles are cut where they are made.
  toCsv: (text) => toCsv([entry(truncate(text, 10_000))]),
};

/** `npm run soak -- fullTests` takes every text for every function. */
const takesAll = sampled(false, true);
/** Texts on which the search for leaked calls works hardest. */
const dear = new Set(['to=a.', '\u2640\u2640 ', '\u6f22to=x', '<|start|>']);
/** Each function takes another third, so that all texts are taken by some. */
const sampleFor = (name: string) => {
  const third = Object.keys(functions).indexOf(name) % 3;
  return wireUnits.filter((unit, at) => takesAll || dear.has(unit) || at % 3 === third);
};

/** Each of these becomes six characters of JSON; the memory for them is what a turn then costs. */
const growsAsJson = new Set(['\ud800', '\udc00', '\0', '\u0090']);

test.each(Object.entries(functions))(
  '%s takes at most six times as long for four times as much text',
  { timeout: 300_000 },
  async (name, work) => {
    const isTurn = name.startsWith('a whole turn');
    const sample = sampleFor(name);
    const units = isTurn ? sample.filter((unit) => !growsAsJson.has(unit)) : sample;
    expect(await findSteepGrowth(work, { units })).toEqual([]);
  },
);

test('a function that is quadratic is found out', async () => {
  const endsInB = (text: string) => /a*b$/.test(text);
  const found = await findSteepGrowth(endsInB, { units: ['a', ' '] });
  expect(found.map((line) => line.slice(0, 4))).toEqual(['"a":']);
});
