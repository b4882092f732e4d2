import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createLocalLeases } from '../../../src/base/storage/leases.ts';
import { silentLog } from '../../../src/base/log.ts';
import { withoutTokens } from '../../../src/core/auth/credential.ts';
import { noPreferences, preferencesSchema } from '../../../src/core/pool/preferences.ts';
import { cooldownsSchema } from '../../../src/core/pool/cooldown.ts';
import { createSharedFile } from '../../../src/node/storage/sharedValue.ts';
import { credential, memoryStore } from '../../support/credentials.ts';
import { settled } from '../../support/steppedClock.ts';
import { editor } from '../../support/vscode.ts';
import { createPoolWorld, storeOf } from './poolWorld.ts';

const never = new AbortController().signal;

async function world(...args: Parameters<typeof createPoolWorld>) {
  const made = createPoolWorld(...args);
  await made.pool.ready;
  return {
    ...made,
    order: () => made.pool.entries().map(({ id }) => id),
    entry: (id: string) => made.pool.entries().find((each) => each.id === id),
  };
}

beforeEach(() => editor.reset());

const input = () => editor.inputs.at(-1);
const list = () => editor.picks.at(-1);

describe('what is done with an account', () => {
  test('use makes it the first of all windows and of this chat', async () => {
    const { accounts, chosen, pool } = await world();
    await accounts.act('b', 'use');
    expect([chosen.everywhere, pool.current()?.id]).toEqual(['b', 'b']);
  });

  test.each(['use', 'useInWorkspace'] as const)(
    'a key of the API is never used by "%s" before the person has agreed',
    async (action) => {
      const store = memoryStore([
        credential({ id: 'plan' }),
        credential({ id: 'key', kind: 'apiKey', refreshToken: '' }),
      ]);
      const { accounts, chosen, pool } = await world({ store });
      const chosenNow = () => [chosen.everywhere, chosen.here, pool.current()?.id];
      const refused = accounts.act('key', action);
      expect(chosenNow()).toEqual([undefined, undefined, 'plan']);
      editor.messages.at(-1)?.answer(undefined);
      await refused;
      expect(chosenNow()).toEqual([undefined, undefined, 'plan']);
      const agreed = accounts.act('key', action);
      editor.messages.at(-1)?.answer('Use the Key');
      await agreed;
      expect(chosenNow()).toContain('key');
    },
  );

  test('use in the workspace holds until any may be used again', async () => {
    const { accounts, chosen, pool } = await world();
    await accounts.act('c', 'useInWorkspace');
    expect([chosen.here, pool.current()?.id]).toEqual(['c', 'c']);
    await accounts.act('c', 'useAnywhere');
    expect(chosen.here).toBeUndefined();
  });

  test('what the workspace uses is told to the page, though the account stays the same', async () => {
    const { accounts, pool } = await world();
    const heard = vi.fn();
    pool.onDidChange(heard);
    await accounts.act('a', 'useInWorkspace');
    expect(heard).toHaveBeenCalled();
    heard.mockClear();
    await accounts.act('a', 'useAnywhere');
    expect(heard).toHaveBeenCalled();
  });

  test('up and down move it by one place, and not beyond the ends', async () => {
    const { accounts, order } = await world();
    await accounts.act('c', 'moveUp');
    expect(order()).toEqual(['a', 'c', 'b']);
    await accounts.act('a', 'moveDown');
    expect(order()).toEqual(['c', 'a', 'b']);
    await accounts.act('c', 'moveUp');
    await accounts.act('b', 'moveDown');
    expect(order()).toEqual(['c', 'a', 'b']);
  });

  test('switched off it is not used, switched on it is', async () => {
    const { accounts, entry } = await world();
    await accounts.act('a', 'turnOff');
    expect(entry('a')?.condition.kind).toBe('off');
    await accounts.act('a', 'turnOn');
    expect(entry('a')?.condition.kind).toBe('ready');
  });

  test('sign in and redeem are passed on', async () => {
    const { accounts, did, store, quota, clock } = await world();
    quota.record({
      credentialId: 'b',
      source: 'usage',
      observedAtMs: clock.now(),
      windows: [],
      resets: { available: 1 },
    });
    await accounts.act('b', 'redeem');
    const gone = store.entries.get('c');
    if (gone) await store.put(withoutTokens(gone, 'revoked'));
    await settled();
    await accounts.act('c', 'signIn');
    expect(did).toEqual(['redeem b', 'sign in']);
  });

  test('what is not offered for it is not done', async () => {
    const { accounts, did, order, entry } = await world({ ids: ['a'] });
    await accounts.act('a', 'redeem');
    await accounts.act('a', 'turnOff');
    await accounts.act('a', 'moveDown');
    expect([did, order(), entry('a')?.condition.kind]).toEqual([[], ['a'], 'ready']);
  });

  test('nothing is done with an account that is not there', async () => {
    const { accounts, did, preferences, chosen } = await world();
    const actions = [
      'use',
      'rename',
      'moveUp',
      'setCeiling',
      'turnOff',
      'signOut',
      'redeem',
    ] as const;
    for (const action of actions) await accounts.act('nobody', action);
    expect([did, preferences.current(), chosen.everywhere]).toEqual([[], noPreferences, undefined]);
    expect([editor.inputs, editor.messages]).toEqual([[], []]);
  });
});

describe('the name', () => {
  test.each([
    ['Work & play', 'Work & play'],
    ['  spaced  ', 'spaced'],
    ['日本語 🦊 ü', '日本語 🦊 ü'],
    ['<b>{0}</b> $(trash) [x](command:y)', '<b>{0}</b> $(trash) [x](command:y)'],
    ['', 'a@home.example'],
    ['   ', 'a@home.example'],
  ])('%j is shown as %j', async (typed, shown) => {
    const { accounts, entry } = await world();
    const done = accounts.act('a', 'rename');
    input()?.answer(typed);
    await done;
    expect(entry('a')?.label).toBe(shown);
  });

  test('is never so long that the file cannot be read any more', async () => {
    const { accounts, preferences } = await world();
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 200, unit: 'grapheme' }), async (typed) => {
        const done = accounts.act('a', 'rename');
        const refusal = input()?.validateInput(typed);
        input()?.answer(refusal === undefined ? typed : undefined);
        await done;
        expect(preferencesSchema.safeParse(preferences.current()).success).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('is shown letter by letter in a list that knows icons', async () => {
    const { accounts, preferences } = await world();
    await preferences.change(
      (old) => ({ ...old, accounts: { a: { name: '$(trash) mine' } } }),
      never,
    );
    void accounts.show();
    expect(list()?.items[0]?.label).toBe('$(account) $\u200B(trash) mine');
  });

  test('closing the field changes nothing', async () => {
    const { accounts, preferences } = await world();
    const done = accounts.act('a', 'rename');
    input()?.answer();
    await done;
    expect(preferences.current()).toEqual(noPreferences);
  });
});

describe('the limit', () => {
  test.each([
    ['80', 80],
    ['80%', 80],
    [' 80 % ', 80],
    ['33.5', 33.5],
    ['1', 1],
    ['100', 100],
    ['', undefined],
  ])('%j is taken', async (typed, ceiling) => {
    const { accounts, entry } = await world();
    const done = accounts.act('a', 'setCeiling');
    expect(input()?.validateInput(typed)).toBeUndefined();
    input()?.answer(typed);
    await done;
    expect(entry('a')?.preferences.ceilingPercent).toBe(ceiling);
  });

  test.each(['0', '101', '-5', 'half', '80,5', 'NaN', 'Infinity', '50%%', '0.5'])(
    '%j is not',
    async (typed) => {
      const { accounts, entry, preferences } = await world();
      await preferences.change(
        (old) => ({ ...old, accounts: { a: { ceilingPercent: 70 } } }),
        never,
      );
      const done = accounts.act('a', 'setCeiling');
      expect(input()?.validateInput(typed)).toBe('Enter a number from 1 to 100.');
      input()?.answer(typed);
      await done;
      expect(entry('a')?.preferences.ceilingPercent).toBe(70);
    },
  );
});

describe('signing out', () => {
  test.each([
    ['Sign Out Here', ['sign out a']],
    ['Sign Out and Revoke', ['sign out a and revoke']],
    [undefined, []],
  ])('by %j', async (button, expected) => {
    const { accounts, did, preferences } = await world();
    await preferences.change((old) => ({ ...old, accounts: { a: { name: 'Mine' } } }), never);
    const done = accounts.act('a', 'signOut');
    expect(editor.messages.at(-1)?.text).toBe('Sign out of Mine?');
    editor.messages.at(-1)?.answer(button);
    await done;
    expect(did).toEqual(expected);
    expect(preferences.current().accounts).toEqual(button ? {} : { a: { name: 'Mine' } });
  });

  test('an account whose session is over is forgotten without a question', async () => {
    const { accounts, did, store } = await world();
    const gone = store.entries.get('a');
    if (gone) await store.put(withoutTokens(gone, 'revoked'));
    await settled();
    await accounts.act('a', 'remove');
    expect([did, editor.messages]).toEqual([['sign out a'], []]);
    expect([...store.entries.keys()]).toEqual(['b', 'c']);
  });

  test('an account that only rests, or is of another issuer, cannot be removed in one go', async () => {
    const { accounts, did, store } = await world();
    const other = store.entries.get('b');
    if (other) await store.put({ ...other, issuer: 'https://other.test' });
    await settled();
    await accounts.act('a', 'remove');
    await accounts.act('b', 'remove');
    expect([did, store.entries.size]).toEqual([[], 3]);
  });

  test('by the command asks which of several, and says so when there is none', async () => {
    const { accounts, did } = await world();
    const done = accounts.signOut();
    list()?.answer('b@home.example');
    await settled();
    editor.messages.at(-1)?.answer('Sign Out Here');
    await done;
    expect(did).toEqual(['sign out b']);
    const none = await world({ ids: [] });
    await none.accounts.signOut();
    expect(editor.messages.at(-1)?.text).toBe('You are not signed in to Codex.');
  });
});

describe('the list', () => {
  test('tells what each account is for the chat', async () => {
    const { accounts, preferences, rests, clock } = await world({ ids: ['a', 'b', 'c', 'd'] });
    await preferences.change((old) => ({ ...old, accounts: { d: { off: true } } }), never);
    const nowMs = clock.now();
    const rest = { reason: 'usageLimit', sinceMs: nowMs, untilMs: nowMs + 3_600_000 } as const;
    await rests.change(() => ({ b: rest }), never);
    void accounts.show();
    const roles = list()?.items.map(({ description = '' }) => description.split(' · ').at(-1));
    expect(roles?.map((words) => words?.replace(/ until .*/, ''))).toEqual([
      'In use',
      'Paused',
      'Next',
      'Off',
      '',
    ]);
  });

  test('does what is picked with the account as it stands by then', async () => {
    const { accounts, store, preferences } = await world();
    void accounts.show();
    list()?.answer('b@home.example');
    await settled();
    expect(list()?.items.map(({ label }) => label)).toContain('Turn Off');
    await store.remove('b');
    await settled();
    list()?.answer('Turn Off');
    await settled();
    expect(preferences.current()).toEqual(noPreferences);
  });

  test('adds an account', async () => {
    const { accounts, did } = await world();
    void accounts.show();
    list()?.answer('Add an Account');
    await settled();
    expect(did).toEqual(['sign in']);
  });
});

test.each(['rename', 'setCeiling'] as const)(
  'an account that goes away while the person is asked leaves nothing behind (%s)',
  async (action) => {
    const { accounts, store, preferences } = await world();
    const done = accounts.act('b', action);
    await store.remove('b');
    await settled();
    input()?.answer('7');
    await done;
    expect(preferences.current()).toEqual(noPreferences);
  },
);

describe('two windows on the same files', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'codex-accounts-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('what one does with the accounts is seen by the other', async () => {
    const store = storeOf(['a', 'b', 'c']);
    const leases = createLocalLeases();
    const open = () => {
      const platform = { folder, leases, log: silentLog };
      const preferences = createSharedFile({
        ...platform,
        name: 'accounts',
        schema: preferencesSchema,
        initial: noPreferences,
      });
      const rests = createSharedFile({
        ...platform,
        name: 'rests',
        schema: cooldownsSchema,
        initial: {},
      });
      return world({ store, preferences, rests });
    };
    const one = await open();
    const two = await open();

    const done = one.accounts.act('c', 'rename');
    input()?.answer('Shared');
    await done;
    await one.accounts.act('c', 'moveUp');
    await two.accounts.act('a', 'turnOff');
    const bearer = await one.bearerOf('b');
    await one.pool.failOver(bearer, { kind: 'billing' }, never);
    const seen = (from: typeof one) =>
      from.pool.entries().map(({ label, condition }) => [label, condition.kind]);
    const expected = [
      ['a@home.example', 'off'],
      ['Shared', 'ready'],
      ['b@home.example', 'coolingDown'],
    ];
    await vi.waitFor(() => expect([seen(one), seen(two)]).toEqual([expected, expected]), 8_000);

    // The rest ends in both when one window finds the account let in again.
    one.pool.settle('b');
    await vi.waitFor(() => expect(two.entry('b')?.condition.kind).toBe('ready'), 8_000);
    for (const { preferences, rests, pool } of [one, two]) {
      pool.dispose();
      for (const value of [preferences, rests]) if ('dispose' in value) Object(value).dispose();
    }
  }, 20_000);
});
