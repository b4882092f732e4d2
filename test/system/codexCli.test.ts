import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Backend, startBackend } from '../backend/backend.ts';
import { type CodexHome, createCodexHome, ensureCodexCli } from '../backend/codexCli.ts';
import { asList, asRecord } from '../backend/values.ts';

const email = 'ada@example.com';
const homes: CodexHome[] = [];
let backend: Backend;

beforeAll(async () => {
  backend = await startBackend({ pace: 0 });
  await ensureCodexCli();
}, 900_000);

afterEach(async () => {
  backend.control.reset();
  await Promise.all(homes.splice(0).map((home) => home.remove()));
});

afterAll(() => backend.stop());

async function ask(
  prompt: string,
  { model, accessLifetimeS = 3600 }: { model?: string; accessLifetimeS?: number } = {},
) {
  const tokens = backend.control.mint(email, { accessLifetimeS });
  const home = await createCodexHome(backend, tokens, model);
  homes.push(home);
  const result = await home.exec(prompt);
  const items = result.events.map((event) => asRecord(event['item']));
  return {
    ...result,
    said: items.filter(({ type }) => type === 'agent_message').map(({ text }) => text),
    items,
    last: result.events.at(-1)?.['type'],
  };
}

test.each(['gpt-5.5', 'gpt-6.1-sol'])(
  'the real Codex CLI completes a plain turn with %s',
  async (model) => {
    backend.control.script({ kind: 'text', text: 'Hello from practice.' });
    const turn = await ask('say hi', { model });
    expect({ code: turn.code, said: turn.said, last: turn.last }).toEqual({
      code: 0,
      said: ['Hello from practice.'],
      last: 'turn.completed',
    });
    expect(backend.control.requests('/codex/responses')).toHaveLength(1);
  },
  90_000,
);

test('the real Codex CLI understands the catalogue', async () => {
  const turn = await ask('say hi');
  expect(backend.control.requests('/codex/models').length).toBeGreaterThan(0);
  expect(turn.stderr).not.toMatch(/failed to (refresh|decode)/);
}, 90_000);

test.each([
  ['gpt-5.5', 'function_call'],
  ['gpt-6.1-sol', 'custom_tool_call'],
])(
  'the real Codex CLI runs the tool that the practice answer calls with %s, and hears about it',
  async (model, type) => {
    const turn = await ask('run `echo tool-was-here`', { model });
    const ran = turn.items.filter((item) => item['type'] === 'command_execution').at(-1);
    expect({ code: turn.code, output: ran?.['aggregated_output'] }).toEqual({
      code: 0,
      output: 'tool-was-here\n',
    });
    const [, second] = backend.control.requests('/codex/responses');
    const types = asList(asRecord(second?.body)['input']).map((item) => asRecord(item)['type']);
    expect(types.slice(-2)).toEqual([type, `${type}_output`]);
    expect(turn.said.at(-1)).toContain('tool-was-here');
  },
  90_000,
);

test('the real Codex CLI refreshes a token that is about to expire', async () => {
  const turn = await ask('say hi', { accessLifetimeS: 100 });
  const [refresh, ...more] = backend.control.requests('/oauth/token');
  expect({ last: turn.last, reason: asRecord(refresh?.body)['refresh_reason'], more }).toEqual({
    last: 'turn.completed',
    reason: 'proactive_expiry',
    more: [],
  });
}, 90_000);

test('the real Codex CLI refreshes after a 401', async () => {
  backend.control.script(
    { kind: 'httpError', name: 'token_expired' },
    { kind: 'httpError', name: 'token_expired' },
  );
  const turn = await ask('say hi');
  const reasons = backend.control
    .requests('/oauth/token')
    .map(({ body }) => asRecord(body)['refresh_reason']);
  expect({ last: turn.last, reasons }).toEqual({
    last: 'turn.completed',
    reasons: ['unauthorized_recovery'],
  });
}, 90_000);

test('the real Codex CLI stops at the usage limit after one request', async () => {
  backend.control.setUsage(email, { fiveHourPercent: 100 });
  const turn = await ask('say hi');
  expect(turn.last).toBe('turn.failed');
  expect(JSON.stringify(turn.events)).toMatch(/usage limit/i);
  expect(backend.control.requests('/codex/responses')).toHaveLength(1);
}, 90_000);
