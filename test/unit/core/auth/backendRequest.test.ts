import { expect, test } from 'vitest';
import type { HttpRequest } from '../../../../src/base/http.ts';
import { fetchBackend } from '../../../../src/core/auth/backendRequest.ts';
import type { BearerToken } from '../../../../src/core/auth/bearerToken.ts';

const never = new AbortController().signal;
const old: BearerToken = { credentialId: 'c', accountId: 'acct', accessToken: 'old' };

async function* bodyOf(text: string) {
  yield new TextEncoder().encode(text);
}

/** A backend that answers with these statuses, one after the other. */
function backend(statuses: readonly number[], bearer = old) {
  const requests: HttpRequest[] = [];
  const rejected: BearerToken[] = [];
  const source = {
    http: async (request: HttpRequest) => {
      requests.push(request);
      const status = statuses[requests.length - 1] ?? 500;
      return { status, headers: {}, body: bodyOf(`{"status":${status}}`) };
    },
    baseUrl: 'https://b.example',
    headers: { originator: 'us', 'user-agent': 'us/1' },
    tokenProvider: {
      getToken: async () => bearer,
      replaceRejected: async (token: BearerToken) => {
        rejected.push(token);
        return { ...token, accessToken: 'new' };
      },
    },
  };
  return { source, requests, rejected };
}

const url = () => 'https://b.example/x';

test('a request carries the token, the account and who asks', async () => {
  const { source, requests } = backend([200]);
  const answer = await fetchBackend(source, { url }, never);
  expect(answer).toMatchObject({ status: 200, text: '{"status":200}', bearer: old });
  expect(requests).toMatchObject([
    {
      method: 'GET',
      url: 'https://b.example/x',
      headers: {
        authorization: 'Bearer old',
        'chatgpt-account-id': 'acct',
        originator: 'us',
        'user-agent': 'us/1',
        accept: 'application/json',
      },
    },
  ]);
});

test('a body makes it a POST of JSON', async () => {
  const { source, requests } = backend([200]);
  await fetchBackend(source, { url, body: { a: 1 } }, never);
  expect(requests).toMatchObject([
    { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } },
  ]);
});

test('the OpenAI API learns neither the account nor the originator', async () => {
  const { source, requests } = backend([200], { ...old, api: 'https://api.example/v1' });
  await fetchBackend(source, { url: ({ api }) => `${api}/models` }, never);
  expect(requests[0]?.url).toBe('https://api.example/v1/models');
  expect(Object.keys(requests[0]?.headers ?? {})).not.toContain('chatgpt-account-id');
  expect(Object.keys(requests[0]?.headers ?? {})).not.toContain('originator');
});

test('a rejected token is renewed once, and the request is sent once more with the new one', async () => {
  const { source, requests, rejected } = backend([401, 200]);
  const answer = await fetchBackend(source, { url }, never);
  expect(answer).toMatchObject({ status: 200, bearer: { accessToken: 'new' } });
  expect(requests.map(({ headers }) => headers['authorization'])).toEqual([
    'Bearer old',
    'Bearer new',
  ]);
  expect(rejected).toEqual([old]);
});

test.each([
  [[401, 401], 401, 2],
  [[403, 200], 403, 1],
  [[500, 200], 500, 1],
] as const)('%j ends with status %d after %d requests', async (statuses, status, count) => {
  const { source, requests } = backend(statuses);
  expect(await fetchBackend(source, { url }, never)).toMatchObject({ status });
  expect(requests).toHaveLength(count);
});
