import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Backend, startBackend } from './backend.ts';
import { readJsonFixture } from './fixtures.ts';
import { challengeOf } from './issuer.ts';
import { asList, asRecord, asText } from './values.ts';

let backend: Backend;

beforeAll(async () => {
  backend = await startBackend({ pace: 0 });
});
afterEach(() => {
  backend.control.reset();
});
afterAll(() => backend.stop());

const captured = readdirSync(join(import.meta.dirname, '../fixtures/requests')).filter((name) =>
  /^\d/.test(name),
);

/** The request as it was captured, with a token of this backend and without compression. */
async function replay(file: string): Promise<Response> {
  const request = asRecord(readJsonFixture(`requests/${file}`));
  const tokens = backend.control.mint('ada@example.com');
  const headers = new Headers();
  for (const pair of asList(request['headers'])) {
    const [name, value] = asList(pair).map(asText);
    if (name && name !== 'content-encoding') headers.set(name, value ?? '');
  }
  headers.set('authorization', `Bearer ${tokens.accessToken}`);
  headers.set('chatgpt-account-id', tokens.accountId);
  const url = asText(request['url']).replace('https://chatgpt.com', backend.url);
  return fetch(url, {
    method: asText(request['method']),
    headers,
    ...(request['method'] === 'POST' && { body: JSON.stringify(request['body']) }),
  });
}

test.each(captured)('takes the captured request %s', async (file) => {
  const response = await replay(file);
  const text = await response.text();
  expect({ status: response.status, text: response.ok ? '' : text }).toEqual({
    status: 200,
    text: '',
  });
  if (/^[012]/.test(file)) expect(text).toContain('event: response.completed');
});

test('answers a compaction trigger with one sealed item', async () => {
  const text = await (await replay('20_remote_compaction_trigger.json')).text();
  const types = [...text.matchAll(/^event: (.+)$/gm)].map(([, name]) => name);
  expect(types).toEqual([
    'response.created',
    'response.in_progress',
    'response.output_item.done',
    'response.completed',
  ]);
  expect(text).toContain('"type":"compaction"');
});

test('fits the answer to the schema of a captured request', async () => {
  const text = await (await replay('16_output_schema.json')).text();
  const done = /"type":"response.output_text.done".*/.exec(text)?.[0] ?? '';
  const answer: unknown = JSON.parse(asText(asRecord(JSON.parse(`{${done}`))['text']));
  const request = asRecord(asRecord(readJsonFixture('requests/16_output_schema.json'))['body']);
  const schema = asRecord(asRecord(asRecord(request['text'])['format'])['schema']);
  expect(Object.keys(asRecord(answer))).toEqual(Object.keys(asRecord(schema['properties'])));
});

const oauth = (file: string) => asRecord(readJsonFixture(`oauth/${file}`));
const wanted = asRecord(oauth('12_server_responses_used.json'));

const texts = (fields: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, asText(value)]));

/** A captured exchange, with some of its fields replaced by what this run needs. */
async function exchange(file: string, replaced: Record<string, string>): Promise<Response> {
  const request = oauth(file);
  const body = asRecord(request['body']);
  const form = 'form' in body ? asRecord(body['form']) : undefined;
  const fields: Record<string, string> = { ...texts(form ?? body), ...replaced };
  const headers = asList(request['headers']).map((pair): [string, string] => {
    const [name = '', value = ''] = asList(pair).map(asText);
    return [name, value];
  });
  return fetch(asText(request['url']).replace('https://auth.openai.com', backend.url), {
    method: 'POST',
    headers,
    body: form ? new URLSearchParams(fields) : JSON.stringify(fields),
  });
}

const keysOf = async (response: Response) =>
  Object.keys(asRecord(await response.json())).toSorted();

/** The captured address of the authorize page, with consent given. */
async function consent(account: string, challenge?: string): Promise<URL> {
  const query = new URLSearchParams(
    asList(oauth('01_authorize_url.json')['query_in_order']).map((pair): [string, string] => {
      const [name = '', value = ''] = asList(pair).map(asText);
      return [name, name === 'code_challenge' && challenge ? challenge : value];
    }),
  );
  const response = await fetch(`${backend.url}/oauth/authorize?${query.toString()}`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ account, decision: 'allow' }),
  });
  return new URL(response.headers.get('location') ?? '');
}

test('takes the captured sign-in and answers with the captured fields', async () => {
  const form = asRecord(asRecord(oauth('02_code_exchange.json')['body'])['form']);
  const back = await consent('ada@example.com', challengeOf(asText(form['code_verifier'])));
  expect(back.origin + back.pathname).toBe('http://127.0.0.1:1455/auth/callback');
  const response = await exchange('02_code_exchange.json', {
    code: back.searchParams.get('code') ?? '',
  });
  expect(await keysOf(response)).toEqual(Object.keys(asRecord(wanted['token'])).toSorted());
});

test.each(['04_refresh_proactive.json', '05_refresh_after_401.json', '06_refresh_scheduled.json'])(
  'takes the captured refresh %s',
  async (file) => {
    const { refreshToken } = backend.control.mint('ada@example.com');
    const response = await exchange(file, { refresh_token: refreshToken });
    expect(await keysOf(response)).toEqual(Object.keys(asRecord(wanted['token'])).toSorted());
  },
);

test('takes the captured exchange for an API key', async () => {
  const { idToken } = backend.control.mint('ada@example.com');
  const response = await exchange('03_api_key_token_exchange.json', { subject_token: idToken });
  expect(asText(asRecord(await response.json())['access_token'])).toMatch(/^sk-/);
});

test('takes the captured revocation', async () => {
  const { refreshToken } = backend.control.mint('ada@example.com');
  const response = await exchange('07_revoke_logout.json', { token: refreshToken });
  expect(response.status).toBe(200);
  const after = await exchange('04_refresh_proactive.json', { refresh_token: refreshToken });
  expect(after.status).toBe(401);
});

test('plays the captured device flow to its end', async () => {
  const started = asRecord(await (await exchange('08_device_usercode.json', {})).json());
  expect(Object.keys(started)).toEqual(Object.keys(asRecord(wanted['device_usercode'])));
  const poll = {
    device_auth_id: asText(started['device_auth_id']),
    user_code: asText(started['user_code']),
  };
  const pending = await exchange('09_device_poll.json', poll);
  expect(pending.status).toBe(wanted['device_pending_status']);
  await fetch(`${backend.url}/codex/device`, {
    method: 'POST',
    body: new URLSearchParams({
      user_code: poll.user_code.toLowerCase(),
      account: 'grace@example.com',
      decision: 'allow',
    }),
  });
  const done = asRecord(await (await exchange('09_device_poll.json', poll)).json());
  expect(Object.keys(done)).toEqual(Object.keys(asRecord(wanted['device_done'])));
  const tokens = await exchange('10_device_code_exchange.json', {
    code: asText(done['authorization_code']),
    code_verifier: asText(done['code_verifier']),
    redirect_uri: `${backend.issuer}/deviceauth/callback`,
  });
  expect(tokens.status).toBe(200);
});
