import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backend, type MintedTokens, startBackend } from './backend.ts';
import { classicBody, liteBody, liteHeader, send, userMessage } from './testClient.ts';
import type { Json } from './values.ts';

let backend: Backend;
let tokens: MintedTokens;

beforeAll(async () => {
  backend = await startBackend({
    pace: 0,
    accounts: [
      { email: 'ada@example.com', plan: 'plus' },
      { email: 'linus@example.com', plan: 'free', codex: false },
      { email: 'team@example.com', plan: 'team', workspace: true },
    ],
  });
  tokens = backend.control.mint('ada@example.com');
});
afterAll(() => backend.stop());

const call = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'f', arguments: '{}' };
const output = { type: 'function_call_output', call_id: 'call_1', output: 'done' };
const withInput = (...items: Json[]) => classicBody('hi', { input: [userMessage('hi'), ...items] });
const tool = (more: Json) =>
  classicBody('hi', {
    tools: [
      { type: 'function', name: 'f', parameters: { type: 'object', properties: {} }, ...more },
    ],
  });
const without = (body: Json, name: string) =>
  Object.fromEntries(Object.entries(body).filter(([key]) => key !== name));
const liteTools = (tools: unknown[]) => {
  const body = liteBody();
  const item = { type: 'additional_tools', id: 'at_1', role: 'developer', tools };
  return { ...body, input: [item, ...(Array.isArray(body['input']) ? body['input'] : [])] };
};

test.each<[string, unknown, number, string, Record<string, string>?]>([
  ['no instructions', without(classicBody(), 'instructions'), 400, 'Instructions are required'],
  ['empty instructions', classicBody('hi', { instructions: ' ' }), 400, 'Instructions are requ'],
  ['no stream', classicBody('hi', { stream: false }), 400, 'Stream must be set to true'],
  ['store', classicBody('hi', { store: true }), 400, 'Store must be set to false'],
  ['store left out', without(classicBody(), 'store'), 400, 'Store must be set to false'],
  ['input as text', classicBody('hi', { input: 'hi' }), 400, 'Input must be a list'],
  ['a system message', withInput({ role: 'system', content: 'x' }), 400, 'System messages are not'],
  ...['max_output_tokens', 'temperature', 'previous_response_id', 'metadata', 'truncation'].map(
    (name): [string, Json, number, string] => [
      `the parameter ${name}`,
      classicBody('hi', { [name]: 1 }),
      400,
      `Unsupported parameter: ${name}`,
    ],
  ),
  ['an unknown model', classicBody('hi', { model: 'gpt-0' }), 400, "'gpt-0' model is not supp"],
  ['a lite model without header', liteBody(), 404, 'Model not found gpt-6.1-sol'],
  [
    'an originator that differs from the user agent',
    classicBody(),
    404,
    'Model not found',
    { originator: 'a', 'user-agent': 'b/1' },
  ],
  ['a version too old', liteBody(), 404, 'not found', { ...liteHeader, version: '0.100.0' }],
  ['lite without context', liteBody('hi', { reasoning: {} }), 400, 'reasoning.context', liteHeader],
  [
    'lite with parallel calls',
    liteBody('hi', { parallel_tool_calls: true }),
    400,
    'parallel_tool_calls',
    liteHeader,
  ],
  ['lite with top-level tools', liteBody('hi', { tools: [] }), 400, '"tools"', liteHeader],
  [
    'lite with a hosted tool',
    liteTools([{ type: 'web_search' }]),
    400,
    'input[0].tools[0]',
    liteHeader,
  ],
  [
    'lite tools without the header',
    { ...liteTools([]), model: 'gpt-5.5', instructions: 'x' },
    400,
    'additional_tools',
  ],
  [
    'an effort of another model',
    classicBody('hi', { reasoning: { effort: 'max' } }),
    400,
    'effort',
  ],
  ['an unknown verbosity', classicBody('hi', { text: { verbosity: 'loud' } }), 400, 'verbosity'],
  ['an unknown tier', classicBody('hi', { service_tier: 'fast' }), 400, 'service_tier'],
  ['a call without output', withInput(call), 400, 'No tool output found for function call call_1.'],
  [
    'an output without call',
    withInput(output),
    400,
    'No tool call found for function call output with call_id call_1.',
  ],
  ['an output before its call', withInput(output, call), 400, 'No tool call found'],
  [
    'a call_id over 64 characters',
    withInput({ ...call, call_id: 'c'.repeat(65) }, { ...output, call_id: 'c'.repeat(65) }),
    400,
    'string_above_max_length',
  ],
  ['an id with a dot', withInput({ ...call, id: 'fc_1.2' }, output), 400, 'input[1].id'],
  ['an id of the wrong kind', withInput({ ...call, id: 'msg_1' }, output), 400, "begins with 'fc'"],
  [
    'the same id twice',
    withInput({ ...userMessage('a'), id: 'msg_1' }, { ...userMessage('b'), id: 'msg_1' }),
    400,
    'Duplicate item',
  ],
  ['an unknown item', withInput({ type: 'thought' }), 400, "Invalid value: 'thought'"],
  [
    'input_text of the assistant',
    withInput({ role: 'assistant', content: [{ type: 'input_text', text: 'x' }] }),
    400,
    'Supported values are',
  ],
  [
    'a broken image',
    withInput({ role: 'user', content: [{ type: 'input_image', image_url: 'data:x' }] }),
    400,
    'input[1].content[0].image_url',
  ],
  [
    'reasoning by id alone',
    withInput({ type: 'reasoning', id: 'rs_1', summary: [] }),
    404,
    "Item with id 'rs_1' not found",
  ],
  [
    'reasoning without summary',
    withInput({ type: 'reasoning', encrypted_content: 'gAAAAx' }),
    400,
    'summary',
  ],
  [
    'reasoning that nobody sealed',
    withInput({ type: 'reasoning', summary: [], encrypted_content: 'x' }),
    400,
    'invalid_encrypted_content',
  ],
  [
    'a search of unknown kind',
    withInput({ type: 'web_search_call', id: 'ws_1', action: { type: 'guess' } }),
    400,
    'action.type',
  ],
  ['a trigger in the middle', withInput({ type: 'compaction_trigger' }, call, output), 400, 'last'],
  ['a tool name with a dot', tool({ name: 'a.b' }), 400, 'tools[0].name'],
  ['a tool name over 64 characters', tool({ name: 'n'.repeat(65) }), 400, 'maximum length 64'],
  ...['oneOf', 'anyOf', 'allOf', 'enum', 'not'].map((name): [string, Json, number, string] => [
    `${name} at the root of a schema`,
    tool({ parameters: { type: 'object', properties: {}, [name]: [] } }),
    400,
    "Invalid schema for function 'f'",
  ]),
  ['a root that is no object', tool({ parameters: { type: 'array' } }), 400, 'Invalid schema'],
  [
    'a list without items',
    tool({ parameters: { type: 'object', properties: { a: { type: 'array' } } } }),
    400,
    "In context=('properties', 'a'), array schema missing items",
  ],
  [
    'a strict schema with an optional property',
    tool({
      strict: true,
      parameters: {
        type: 'object',
        properties: { a: { type: 'string' } },
        required: [],
        additionalProperties: false,
      },
    }),
    400,
    "Missing 'a'",
  ],
  ['a body that is no JSON object', ['x'], 400, 'not a JSON object'],
  ['another account', classicBody(), 403, 'does not belong', { 'chatgpt-account-id': 'other' }],
  [
    'an unknown compression',
    classicBody(),
    415,
    'content-encoding',
    { 'content-encoding': 'lzma' },
  ],
])('refuses %s', async (_, body, status, part, headers = {}) => {
  const response = await send(backend, tokens, body, headers);
  const text = (await response.text()).replaceAll('\\"', '"');
  expect({ status: response.status, text }).toEqual({
    status,
    text: expect.stringContaining(part),
  });
});

test.each<[string, Json, Record<string, string>?]>([
  ['a plain request', classicBody()],
  ['a lite request', liteBody(), liteHeader],
  ['a finished call', withInput(call, output)],
  ['function tools in a lite request', liteTools([{ type: 'function', name: 'f' }]), liteHeader],
  ['text in place of content parts', withInput({ role: 'assistant', content: 'x' })],
])('takes %s', async (_, body, headers = {}) => {
  const response = await send(backend, tokens, body, headers);
  expect({ status: response.status, text: await response.text() }).toEqual({
    status: 200,
    text: expect.stringContaining('response.completed'),
  });
});

test('lets nobody in without a good token', async () => {
  const { control } = backend;
  const late = control.mint('ada@example.com', { accessLifetimeS: -1 });
  const workspace = control.mint('team@example.com');
  const answers = await Promise.all([
    send(backend, tokens, classicBody(), { authorization: '' }),
    send(backend, tokens, classicBody(), { authorization: 'Bearer made-up' }),
    send(backend, late, classicBody()),
    send(backend, control.mint('linus@example.com'), classicBody()),
    fetch(`${backend.baseUrl}/codex/responses`, {
      method: 'POST',
      headers: { authorization: `Bearer ${workspace.accessToken}` },
    }),
  ]);
  const seen = await Promise.all(
    answers.map(async (answer) => [answer.status, await answer.text()] as const),
  );
  expect(seen).toEqual([
    [401, expect.stringContaining('Unauthorized')],
    [401, expect.stringContaining('token_invalidated')],
    [401, expect.stringContaining('token_expired')],
    [429, expect.stringContaining('usage_not_included')],
    [403, expect.stringContaining('account')],
  ]);
});

test('opens sealed reasoning for the account alone that it was made for', async () => {
  const text = await (await send(backend, tokens, classicBody())).text();
  const sealed = /"encrypted_content":"([^"]+)"/.exec(text)?.[1];
  const replayed = withInput({ type: 'reasoning', summary: [], encrypted_content: sealed });
  const team = backend.control.mint('team@example.com');
  const own = await send(backend, tokens, replayed);
  const foreign = await send(backend, team, replayed);
  await own.text();
  expect([own.status, foreign.status, await foreign.text()]).toEqual([
    200,
    400,
    expect.stringContaining('invalid_encrypted_content'),
  ]);
});
