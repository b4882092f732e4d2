import * as fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { silentLog } from '../../../src/base/log.ts';
import { createLocalValue } from '../../../src/base/storage/sharedValue.ts';
import { withoutTokens } from '../../../src/core/auth/credential.ts';
import { accountsToAskAbout, rotationOf } from '../../../src/core/pool/consent.ts';
import { noPreferences, type PoolPreferences } from '../../../src/core/pool/preferences.ts';
import { readSettings } from '../../../src/core/settings/settings.ts';
import { askToSwitch } from '../../../src/vscode/accounts/switchQuestion.ts';
import { credential } from '../../support/credentials.ts';
import { settled } from '../../support/steppedClock.ts';
import { editor, window, windowState } from '../../support/vscode.ts';
import { createPoolWorld, storeOf } from './poolWorld.ts';

beforeEach(() => editor.reset());

const two = 'a@home.example and b@home.example';

/** Windows on one store of accounts. */
function world(ids: readonly string[], save: () => Promise<void> = async () => {}) {
  const store = storeOf(ids);
  const preferences = createLocalValue<PoolPreferences>(noPreferences);
  const settings = { raw: {} as Record<string, unknown> };
  const saved: string[] = [];
  const open = () => {
    const { pool } = createPoolWorld({ store, preferences });
    askToSwitch({
      pool,
      preferences,
      settings: () => readSettings(settings.raw),
      async save(rotation) {
        await save();
        saved.push(rotation);
        settings.raw = { accountRotation: rotation };
      },
      log: silentLog,
    });
    return pool;
  };
  const add = async (id: string, changes: object = {}) => {
    await store.put(credential({ id, email: `${id}@home.example`, ...changes }));
    await settled();
  };
  return { store, preferences, settings, saved, open, add };
}

test.each([
  ['Switch Automatically', ['sequential']],
  ['Ask Each Time', ['off']],
  [undefined, []],
])('asks once when a second account is added; %s sets %j', async (button, expected) => {
  const { open, add, saved } = world(['a']);
  await open().ready;
  await settled();
  expect(editor.messages).toEqual([]);
  await add('b');
  expect(editor.messages).toMatchObject([
    { severity: 'info', buttons: ['Switch Automatically', 'Ask Each Time'] },
  ]);
  expect(editor.messages[0]?.text).toContain(two);
  editor.messages[0]?.answer(button);
  await settled();
  expect(saved).toEqual(expected);
  await add('c');
  await open().ready;
  await settled();
  expect(editor.messages).toHaveLength(1);
});

test('one window of several asks, and it is the one in use', async () => {
  const { open, add } = world(['a']);
  window.state = { focused: false, active: true };
  await Promise.all([open().ready, open().ready, open().ready]);
  await add('b');
  expect(editor.messages).toEqual([]);
  window.state = { focused: true, active: true };
  windowState.fire(window.state);
  await settled();
  expect(editor.messages).toHaveLength(1);
});

test.each([
  ['a key of the API', { kind: 'apiKey', issuer: 'https://issuer.test' }],
  ['an account that has ended', withoutTokens(credential(), 'revoked')],
])('does not ask about %s', async (_, changes) => {
  const { open, add } = world(['a']);
  await open().ready;
  await add('b', { ...changes, id: 'b' });
  expect(editor.messages).toEqual([]);
});

test.each(['sequential', 'leastUsed', 'off'])('asks nobody who has set %s', async (rotation) => {
  const { open, add, settings } = world(['a']);
  settings.raw = { accountRotation: rotation };
  await open().ready;
  await add('b');
  expect([editor.messages, rotationOf(readSettings(settings.raw))]).toEqual([[], rotation]);
});

test('says what to set when the answer cannot be saved', async () => {
  const { open, add } = world(['a'], async () => {
    throw new Error('settings.json is broken');
  });
  await open().ready;
  await add('b');
  editor.messages[0]?.answer('Ask Each Time');
  await settled();
  expect(editor.messages[1]).toMatchObject({ severity: 'warning' });
  expect(editor.messages[1]?.text).toContain('Set codexChat.accountRotation to "off"');
});

test('no account ever takes over before somebody agreed, whatever the setting holds', () => {
  fc.assert(
    fc.property(fc.anything(), (accountRotation) => {
      const rotation = rotationOf(readSettings({ accountRotation }));
      const isAgreed = accountRotation === 'sequential' || accountRotation === 'leastUsed';
      expect(rotation === 'off').toBe(!isAgreed);
    }),
  );
});

test('of many accounts the question names three', async () => {
  const { open } = world(['a', 'b', 'c', 'd', 'e']);
  const pool = open();
  await pool.ready;
  await settled();
  expect(editor.messages[0]?.text).toContain(
    'a@home.example, b@home.example, c@home.example, and others',
  );
  expect(accountsToAskAbout(pool.entries(), readSettings({}), noPreferences)).toHaveLength(5);
});
