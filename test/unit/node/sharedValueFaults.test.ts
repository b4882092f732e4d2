import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { createLocalLeases, LeaseError, type Leases } from '../../../src/base/storage/leases.ts';
import { silentLog } from '../../../src/base/log.ts';
import { SharedValueError } from '../../../src/base/storage/sharedValue.ts';
import { createSharedFile } from '../../../src/node/storage/sharedValue.ts';
import {
  createFailingDisk,
  diskFaults,
  moveFaults,
  type WindowDisk,
} from '../../support/failingDisk.ts';

/*
 * Windows over one disk that fails in all ways, in any order of their steps. Each change adds a
 * name of its own to a list, so that what is lost, made twice or taken back shows.
 */

const never = new AbortController().signal;
const schema = z.object({ version: z.literal(1), names: z.array(z.string()) });
const initial: z.infer<typeof schema> = { version: 1, names: [] };
const path = '/shared/list.json';

const step = fc.record({
  window: fc.nat({ max: 2 }),
  act: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('change' as const, 'save' as const) },
    { weight: 1, arbitrary: fc.constant('read' as const) },
    { weight: 2, arbitrary: fc.constantFrom('heal' as const, 'pause' as const) },
    { weight: 2, arbitrary: fc.record({ reading: fc.constantFrom(...diskFaults) }) },
    { weight: 2, arbitrary: fc.record({ writing: fc.constantFrom(...diskFaults) }) },
    { weight: 1, arbitrary: fc.record({ move: fc.constantFrom(...moveFaults) }) },
  ),
});

const leaseKinds = ['shared', 'none', 'lost'] as const;

function leasesOf(kind: (typeof leaseKinds)[number]): Leases {
  const shared = createLocalLeases();
  if (kind === 'shared') return shared;
  if (kind === 'none') return { hold: (_name, work, signal) => work(signal, 'thisProcess') };
  let turn = 0;
  return {
    hold(_name, work, signal) {
      const lost = new AbortController();
      if (turn++ % 3 === 0) queueMicrotask(() => lost.abort(new LeaseError('lost')));
      return work(AbortSignal.any([signal, lost.signal]), 'allWindows');
    },
  };
}

interface World {
  s: fc.Scheduler;
  disk: ReturnType<typeof createFailingDisk>;
  /** In the end exactly once in the file. */
  wanted: string[];
  /** Never in the file. */
  unwanted: string[];
}

function openWindow({ s, disk, wanted, unwanted }: World, leases: Leases) {
  const view = disk.openWindow();
  const value = createSharedFile({
    folder: '/shared',
    name: 'list',
    schema,
    initial,
    leases,
    log: silentLog,
    files: view.files,
    pauseFor: () => s.schedule(Promise.resolve()),
  });
  const kept: string[] = [];
  const add = async (how: 'change' | 'save', name: string) => {
    try {
      await value[how]((old) => ({ ...old, names: [...old.names, name] }), never);
      // What a window that has crashed was told nobody knows.
      if (view.isCrashed) return;
      if (how === 'save') wanted.push(name);
      else kept.push(name);
    } catch (error) {
      expect(error).toBeInstanceOf(SharedValueError);
      if (!view.isCrashed) unwanted.push(name);
    }
  };
  return { view, value, kept, add };
}

type Act = z.infer<typeof actSchema>;
const actSchema = z.union([
  z.enum(['change', 'save', 'read', 'heal', 'pause']),
  z.object({ reading: z.enum(diskFaults) }),
  z.object({ writing: z.enum(diskFaults) }),
  z.object({ move: z.enum(moveFaults) }),
]);

async function take(
  { view, value, add }: ReturnType<typeof openWindow>,
  act: Act,
  name: string,
): Promise<void> {
  if (act === 'change' || act === 'save') return add(act, name);
  if (act === 'read') return void (await value.read().catch(() => {}));
  if (act === 'heal') return heal(view);
  if (act !== 'pause') Object.assign(view, act);
}

function heal(view: WindowDisk): void {
  Object.assign(view, { reading: undefined, writing: undefined, move: undefined });
}

const namesIn = (text: string | undefined) =>
  text === undefined ? [] : schema.parse(JSON.parse(text)).names;

test('whatever the disk does, no window takes back, loses or repeats a change', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.constantFrom(...leaseKinds),
      fc.array(step, { minLength: 3, maxLength: 25 }),
      async (s, leaseKind, steps) => {
        const disk = createFailingDisk(() => s.schedule(Promise.resolve()));
        const world: World = { s, disk, wanted: [], unwanted: [] };
        const leases = leasesOf(leaseKind);
        const windows = [0, 1, 2].map(() => openWindow(world, leases));
        const running = steps.map(async ({ window, act }, at) => {
          for (let i = 0; i <= at; i++) await s.schedule(Promise.resolve());
          const one = windows[window];
          if (one) await take(one, act, `${at}`);
        });
        await s.waitFor(Promise.all(running));

        const living = windows.filter(({ view }) => !view.isCrashed);
        for (const { view } of living) heal(view);
        world.wanted.push(...living.flatMap(({ kept }) => kept));
        const settled = async () => {
          for (let turn = 0; turn < 400; turn++) {
            const names = namesIn(disk.texts.get(path));
            if (world.wanted.every((name) => names.includes(name))) return;
            await s.schedule(Promise.resolve());
          }
        };
        await s.waitFor(settled());
        const ends = await s.waitFor(Promise.all(living.map(({ value }) => value.read())));
        for (const { value } of windows) value.dispose();

        const end = namesIn(disk.texts.get(path));
        expect(new Set(end).size).toBe(end.length);
        expect(end).toEqual(expect.arrayContaining(world.wanted));
        expect(end.filter((name) => world.unwanted.includes(name))).toEqual([]);
        for (const { names } of ends) expect(names).toEqual(end);
        for (const [at, { text }] of disk.history.entries()) {
          const before = namesIn(disk.history[at - 1]?.text);
          expect(namesIn(text)).toEqual(expect.arrayContaining(before));
        }
      },
    ),
    { numRuns: Number(process.env['FAULT_RUNS'] ?? 200) },
  );
}, 60_000);
