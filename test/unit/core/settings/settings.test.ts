import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isSafeEndpoint,
  readSettings,
  settingNames,
} from '../../../../src/core/settings/settings.ts';

describe('an address that receives tokens (S1-21)', () => {
  test.each([
    ['https://chatgpt.com/backend-api', true],
    ['http://127.0.0.1:8787/backend-api', true],
    ['http://localhost:1', true],
    ['http://[::1]:1', true],
    ['http://chatgpt.com', false],
    ['http://127.0.0.1.evil.example', false],
    ['http://localhost.evil.example', false],
    ['https://user:pw@chatgpt.com', false],
    ['https://chatgpt.com/?to=evil', false],
    ['ftp://127.0.0.1', false],
    ['chatgpt.com', false],
    ['', false],
  ])('%s may be used: %s', (address, safe) => {
    expect(isSafeEndpoint(address)).toBe(safe);
  });
});

describe('settings', () => {
  test('take the default for whatever does not parse', () => {
    const defaults = readSettings({});
    expect(defaults).toMatchObject({
      baseUrl: 'https://chatgpt.com/backend-api',
      issuer: 'https://auth.openai.com',
      sendWith: 'enter',
    });
    expect(readSettings({ baseUrl: 'http://evil.example', sendWith: 7 })).toEqual(defaults);
  });

  test('lose the slash at the end of an address', () => {
    expect(readSettings({ baseUrl: 'https://a.example/x//' }).baseUrl).toBe('https://a.example/x');
  });

  test('never throw, and never give an address that is not safe', () => {
    const names = fc.constantFrom(...settingNames);
    fc.assert(
      fc.property(fc.dictionary(names, fc.oneof(fc.anything(), fc.webUrl())), (raw) => {
        const { baseUrl, issuer } = readSettings(raw);
        expect([isSafeEndpoint(baseUrl), isSafeEndpoint(issuer)]).toEqual([true, true]);
      }),
    );
  });
});

test.each([
  [undefined, 1455],
  [1457, 1457],
  [8123, 8123],
  [80, 1455],
  [70_000, 1455],
  ['1457', 1455],
])('a callback port of %j counts as %i', (callbackPort, port) => {
  expect(readSettings({ callbackPort }).callbackPort).toBe(port);
});
