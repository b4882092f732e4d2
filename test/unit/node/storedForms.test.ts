import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { createLocalLeases } from '../../../src/base/storage/leases.ts';
import { refreshEntriesSchema } from '../../../src/core/auth/refresh/refreshJournal.ts';
import { mergeHistories, noHistory, windowHistory } from '../../../src/core/ledger/history.ts';
import {
  noPreferences,
  preferencesSchema,
  withPreferences,
} from '../../../src/core/pool/preferences.ts';
import { cooldownsSchema, withCooldown } from '../../../src/core/pool/cooldown.ts';
import { noStoredQuota, storedQuota } from '../../../src/core/quota/store/storageSchema.ts';
import { createSharedFile } from '../../../src/node/storage/sharedValue.ts';
import { noSealedSecrets, sealedSecretsSchema } from '../../../src/vscode/secrets/sealedSecrets.ts';
import { recordingLog } from '../../support/credentials.ts';

/*
 * VS Code updates an extension while windows with the older code go on. The files of all windows,
 * as a newer version may write them, and what is left of them after this version has met them.
 */

interface Form<T> {
  schema: z.ZodMiniType<T>;
  initial: T;
  /** What this version does with it in daily use. */
  change: (old: T) => T;
  /** The same version with something in it that this code does not know. */
  odd: unknown;
  /** What this code reads of `odd`. */
  read: unknown;
  /** `odd` after `change`. */
  changed: unknown;
}

/** The form with what this version makes of a file that holds `text`. */
const form = <T>(all: Form<T>) => ({
  ...all,
  version: z.catch(z.object({ version: z.number() }), { version: 0 }).parse(all.initial).version,
  meet: (name: string, text: string) => meet(name, all, text),
  changedInitial: all.change(all.initial),
});

const rest = { reason: 'usageLimit' as const, sinceMs: 1, untilMs: 1_000_000 };
const note = { revision: 'r', refreshedAtMs: 1, notedAtMs: 1 };
const record = {
  credentialId: 'a',
  observedAtMs: 1,
  completeAtMs: 1,
  windows: [],
  others: [],
};
const series = { credentialId: 'a', label: '5h', kind: 'fiveHour' as const, points: [] };

const forms = {
  accounts: form({
    schema: preferencesSchema,
    initial: noPreferences,
    change: (old) => withPreferences(old, 'b', { name: 'Bee' }),
    odd: {
      version: 1,
      order: ['b', 7],
      accounts: { a: { ceilingPercent: 0.5, name: 'Ann', color: 'red' }, b: { off: true }, c: 4 },
      groups: ['x'],
    },
    read: { version: 1, order: ['b'], accounts: { a: { name: 'Ann' }, b: { off: true } } },
    changed: {
      version: 1,
      order: ['b', 7],
      accounts: {
        a: { ceilingPercent: 0.5, name: 'Ann', color: 'red' },
        b: { off: true, name: 'Bee' },
        c: 4,
      },
      groups: ['x'],
    },
  }),
  rests: form({
    schema: cooldownsSchema,
    initial: {},
    change: (old) => withCooldown(old, 'b', rest, 2),
    odd: { a: rest, c: { ...rest, reason: 'moonPhase' } },
    read: { a: rest },
    changed: { a: rest, b: rest, c: { ...rest, reason: 'moonPhase' } },
  }),
  refreshes: form({
    schema: refreshEntriesSchema,
    initial: {},
    change: (old) => ({ ...old, b: note }),
    odd: { a: { ...note, added: 1 }, c: 'odd' },
    read: { a: note },
    changed: { a: { ...note, added: 1 }, b: note, c: 'odd' },
  }),
  quota: form({
    schema: storedQuota,
    initial: noStoredQuota,
    change: (old) => ({
      ...old,
      records: [
        ...old.records.filter(({ credentialId }) => credentialId !== 'b'),
        { ...record, credentialId: 'b' },
      ],
    }),
    odd: { version: 2, records: [record, { of: 'another kind' }], added: 1 },
    read: { version: 2, records: [record] },
    changed: {
      version: 2,
      records: [record, { ...record, credentialId: 'b' }, { of: 'another kind' }],
      added: 1,
    },
  }),
  history: form({
    schema: windowHistory,
    initial: noHistory,
    change: (old) =>
      mergeHistories(old, {
        version: 1,
        series: [{ ...series, points: [{ atMs: 1, usedPercent: 1 }] }],
      }),
    odd: { version: 1, series: [{ of: 'another kind' }], added: 1 },
    read: { version: 1, series: [] },
    changed: {
      version: 1,
      series: [{ ...series, points: [{ atMs: 1, usedPercent: 1 }] }, { of: 'another kind' }],
      added: 1,
    },
  }),
  secrets: form({
    schema: sealedSecretsSchema,
    initial: noSealedSecrets,
    change: (old) => ({ ...old, entries: { ...old.entries, b: 'BBBB' } }),
    odd: { version: 1, keyId: 'k', entries: { a: 'AAAA', c: { sealed: 2 } }, added: 1 },
    read: { version: 1, keyId: 'k', entries: { a: 'AAAA' } },
    changed: {
      version: 1,
      keyId: 'k',
      entries: { a: 'AAAA', b: 'BBBB', c: { sealed: 2 } },
      added: 1,
    },
  }),
};

const names = Object.keys(forms).filter((name): name is keyof typeof forms => name in forms);
const never = new AbortController().signal;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'codex-forms-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** What this version makes of a file: what it reads, what it says, and what is left. */
async function meet<T>(name: string, { schema, initial, change }: Form<T>, text: string) {
  const path = join(folder, `${name}.json`);
  await writeFile(path, text);
  const log = recordingLog();
  const value = createSharedFile({
    folder,
    name,
    schema,
    initial,
    leases: createLocalLeases(),
    log,
  });
  const read = await value.read().catch((error: unknown) => error);
  const saved = await value.save(change, never).catch((error: unknown) => error);
  await value.change(change, never);
  const left = await readFile(path, 'utf8');
  value.dispose();
  return { read, saved, shown: value.current(), left, log: log.lines };
}

test.each(names)('%s.json of a newer version stays as it is, and the log says so', async (name) => {
  const { version, changedInitial, meet: meetForm } = forms[name];
  const text = `${JSON.stringify({ version: version + 1, all: 'is another form' })} `;
  const { read, saved, shown, left, log } = await meetForm(name, text);
  expect(left).toBe(text);
  expect([read, saved]).toMatchObject([
    { problem: { name, kind: 'newer' } },
    { problem: { name, kind: 'newer' } },
  ]);
  expect(shown).toEqual(changedInitial);
  expect(log).toEqual([
    `${name} was written by a newer version of the extension and is left alone`,
  ]);
});

test.each(names)('%s.json keeps what this version does not know', async (name) => {
  const { odd, read: known, changed, meet: meetForm } = forms[name];
  const { read, left } = await meetForm(name, JSON.stringify(odd));
  expect(read).toEqual(known);
  expect(JSON.parse(left)).toEqual(changed);
});
