import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HttpError } from '../../../src/base/http.ts';
import { plainNetwork, type NetworkSettings } from '../../../src/base/network.ts';
import { createProxyChoice, type Environment } from '../../../src/node/proxy/proxy.ts';

const target = new URL('https://chatgpt.com/backend-api');

function choose(network: Partial<NetworkSettings>, environment: Environment = {}, url = target) {
  return createProxyChoice({ ...plainNetwork, ...network }, environment)(url);
}
const label = (...args: Parameters<typeof choose>) => choose(...args)?.label;

describe('the proxy', () => {
  test.each<[string, Partial<NetworkSettings>, Environment, string | undefined]>([
    ['is none when nobody names one', {}, {}, undefined],
    ['of the settings counts', { proxy: 'http://p:1' }, {}, 'p:1'],
    [
      'of the settings goes before the environment',
      { proxy: 'http://p:1' },
      { HTTPS_PROXY: 'http://e:2' },
      'p:1',
    ],
    ['of the environment counts', {}, { HTTPS_PROXY: 'http://e:2' }, 'e:2'],
    [
      'in small letters goes before capitals',
      {},
      { https_proxy: 'http://a:1', HTTPS_PROXY: 'http://b:2' },
      'a:1',
    ],
    [
      'for all schemes stands in for the one of https',
      {},
      { ALL_PROXY: 'http://e:2', HTTP_PROXY: 'http://h:3' },
      'e:2',
    ],
    ['for http stands in last', {}, { http_proxy: 'http://h:3' }, 'h:3'],
    ['that is empty is none', { proxy: ' ' }, { HTTPS_PROXY: '' }, undefined],
    [
      'of the settings is nothing with support off',
      { proxy: 'http://p:1', proxySupport: 'off' },
      {},
      undefined,
    ],
    [
      'of the environment counts with support off',
      { proxy: 'http://p:1', proxySupport: 'off' },
      { https_proxy: 'http://e:2' },
      'e:2',
    ],
    ['counts with support fallback', { proxy: 'http://p:1', proxySupport: 'fallback' }, {}, 'p:1'],
    ['counts with support override', { proxy: 'http://p:1', proxySupport: 'override' }, {}, 'p:1'],
    [
      'is passed by for http.noProxy',
      { proxy: 'http://p:1', noProxy: ['chatgpt.com'] },
      {},
      undefined,
    ],
    ['is passed by for NO_PROXY', { proxy: 'http://p:1' }, { NO_PROXY: 'chatgpt.com' }, undefined],
    [
      'is not passed by for NO_PROXY where http.noProxy says something else',
      { proxy: 'http://p:1', noProxy: ['other.com'] },
      { NO_PROXY: 'chatgpt.com' },
      'p:1',
    ],
    ['without a scheme is one of http', {}, { HTTPS_PROXY: 'e:2' }, 'e:2'],
    ['without a port has the one of its scheme', { proxy: 'https://p' }, {}, 'p:443'],
    ['at an IPv6 address keeps its brackets', { proxy: 'http://[fd00::1]:8' }, {}, '[fd00::1]:8'],
    ['may be one of SOCKS', { proxy: 'socks5h://p' }, {}, 'p:1080'],
  ])('%s', (_, network, environment, expected) => {
    expect(label(network, environment)).toBe(expected);
  });

  test('for http is not the one of https', () => {
    const http = new URL('http://chatgpt.com/');
    expect(label({}, { https_proxy: 'http://s:1' }, http)).toBeUndefined();
    expect(label({}, { http_proxy: 'http://h:1' }, http)).toBe('h:1');
  });

  test.each(['socks4://p:1', 'ftp://p:1', 'http://', 'http://p:99999', '::'])(
    'that cannot be used is an error and never the straight way: %s',
    (proxy) => {
      expect(() => choose({ proxy })).toThrow(HttpError);
      expect(() => choose({}, { HTTPS_PROXY: proxy })).toThrow(HttpError);
    },
  );
});

describe('the sign-in at a proxy', () => {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  test.each<[string, Partial<NetworkSettings>, string | undefined]>([
    ['is none without credentials', { proxy: 'http://p:1' }, undefined],
    ['comes from the address', { proxy: 'http://me:secret@p:1' }, basic('me:secret')],
    ['is decoded first', { proxy: 'http://a%40b:p%3A%C3%A9@p:1' }, basic('a@b:p:é')],
    ['may lack a password', { proxy: 'http://me@p:1' }, basic('me:')],
    ['survives a stray percent sign', { proxy: 'http://me:50%@p:1' }, basic('me:50%')],
    [
      'comes from http.proxyAuthorization first',
      { proxy: 'http://me:secret@p:1', proxyAuthorization: 'Bearer x' },
      'Bearer x',
    ],
    [
      'is never a header that would break out',
      { proxy: 'http://p:1', proxyAuthorization: 'a\r\nHost: b' },
      undefined,
    ],
  ])('%s', (_, network, expected) => {
    expect(choose(network)?.authorization).toBe(expected);
  });

  test('is never in the label nor in an error', () => {
    const word = fc.stringMatching(/^[a-z0-9]{12}$/);
    const scheme = fc.constantFrom('http', 'https', 'socks5', 'socks4', 'nonsense');
    fc.assert(
      fc.property(word, word, scheme, fc.constantFrom('p:1', ':x', ''), (user, secret, by, at) => {
        let told: string;
        try {
          told = choose({ proxy: `${by}://${user}:${secret}@${at}` })?.label ?? '';
        } catch (error) {
          const cause = error instanceof Error ? String(error.cause) : '';
          told = `${String(error)} ${cause}`;
        }
        expect(told).not.toContain(secret);
        expect(told).not.toContain(user);
      }),
    );
  });
});
