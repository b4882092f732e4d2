import { beforeEach, expect, test, vi } from 'vitest';
import type { HttpRequest, HttpResponse } from '../../../src/base/http.ts';
import type { HttpClient } from '../../../src/node/http/http.ts';
import { createLazyHttp } from '../../../src/node/http/lazyHttp.ts';

const happened: string[] = [];

vi.mock('../../../src/node/http/http.ts', () => ({
  createHttp: (): HttpClient => {
    happened.push('load');
    return {
      async request({ url }): Promise<HttpResponse> {
        happened.push(url);
        return { status: 204, headers: {}, body: (async function* () {})() };
      },
      async close() {
        happened.push('close');
      },
    };
  },
}));

beforeEach(() => void happened.splice(0));

const get = (url: string): HttpRequest => ({ method: 'GET', url, headers: {} });
const never = new AbortController().signal;

test('loads nothing before the first request, not even when it is closed', async () => {
  await createLazyHttp().close();
  expect(happened).toEqual([]);
});

test('makes one client for all requests, those sent at the same moment included', async () => {
  const http = createLazyHttp();
  const both = await Promise.all([http.request(get('a'), never), http.request(get('b'), never)]);
  await http.request(get('c'), never);
  expect([both.map(({ status }) => status), happened]).toEqual([
    [204, 204],
    ['load', 'a', 'b', 'c'],
  ]);
});

test('closes the client that a request is only just loading', async () => {
  const http = createLazyHttp();
  const response = http.request(get('a'), never);
  await http.close();
  await response;
  expect(happened).toEqual(['load', 'a', 'close']);
});
