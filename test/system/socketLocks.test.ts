import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { LockAnswer, MachineLock } from '../../src/base/storage/locks.ts';
import { endpointsOf, type Endpoint } from '../../src/node/locks/lockEndpoints.ts';
import { createSocketLocks } from '../../src/node/locks/socketLocks.ts';

const never = new AbortController().signal;
const settings = { patienceMs: 300, silentMs: 60, outlivedMs: 400 };
/** Each stands for a process of its own. */
const open = (options = {}) => createSocketLocks({ ...settings, ...options });
let last = 0;
const freshName = () => `${process.pid} ${++last}`;

const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

const heldOf = (answer: LockAnswer): MachineLock => {
  if (answer.kind !== 'held') throw new Error(`It is ${answer.kind}.`);
  closing.push(answer.lock.release);
  return answer.lock;
};
const kindOf = (work: Promise<LockAnswer>) =>
  work.then((answer) => {
    if (answer.kind === 'held') closing.push(answer.lock.release);
    return answer.kind;
  });

/** A program that is not ours. */
async function occupy(
  endpoint: Endpoint | undefined,
  onSocket: Parameters<typeof createServer>[1],
) {
  const server: Server = createServer(onSocket);
  await new Promise<void>((resolve) => server.listen(endpoint, resolve));
  closing.push(() => server.close());
  return server;
}

describe.each([
  ['at the names of this system', (name: string) => endpointsOf(name)],
  ['at ports', (name: string) => endpointsOf(name, 'darwin')],
])('%s', (_, places) => {
  const options = { endpointsOf: places };

  test('one process at a time has the lock, and the next one has it as soon as it is given back', async () => {
    const name = freshName();
    const lock = heldOf(await open(options).take(name, never));
    const second = open({ ...options, patienceMs: 60_000 }).take(name, never);
    const third = await kindOf(open(options).take(name, never));
    lock.release();
    heldOf(await second).release();
    expect([third, await kindOf(open(options).take(name, never))]).toEqual(['busy', 'held']);
  });

  test('of many that ask at the same moment one has it', async () => {
    const name = freshName();
    for (let round = 0; round < 20; round++) {
      let inside = 0;
      const most: number[] = [];
      await Promise.all(
        Array.from({ length: 8 }, async () => {
          const lock = heldOf(await open({ ...options, patienceMs: 30_000 }).take(name, never));
          most.push(++inside);
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
          inside--;
          lock.release();
        }),
      );
      expect(most).toEqual(Array(8).fill(1));
    }
  });

  test('locks of other names are not waited for', async () => {
    const locks = open(options);
    const kinds = [
      await kindOf(locks.take(freshName(), never)),
      await kindOf(locks.take(freshName(), never)),
    ];
    expect(kinds).toEqual(['held', 'held']);
  });

  test('what is finished is had by nobody but the process that finished it, until its time is over', async () => {
    const [name, mine] = [freshName(), open(options)];
    const lock = heldOf(await mine.take(name, never));
    const waiting = kindOf(open({ ...options, patienceMs: 60_000 }).take(name, never));
    await new Promise((resolve) => setTimeout(resolve, 30));
    lock.finish(60_000);
    expect(await waiting).toBe('finished');
    expect(await kindOf(open(options).take(name, never))).toBe('finished');
    heldOf(await mine.take(name, never)).finish(20);
    await expect.poll(() => kindOf(open(options).take(name, never))).toBe('held');
  });

  test('who holds it at another endpoint than the first free one is seen', async () => {
    const name = freshName();
    const stranger = await occupy(places(name)[0], (socket) => socket.end('HTTP/1.1 400\r\n'));
    const lock = heldOf(await open(options).take(name, never));
    stranger.close();
    expect(await kindOf(open(options).take(name, never))).toBe('busy');
    lock.release();
    expect(await kindOf(open(options).take(name, never))).toBe('held');
  });

  test('strangers at all endpoints leave no lock to be had', async () => {
    const name = freshName();
    for (const place of places(name)) await occupy(place, (socket) => socket.end('220 ready\r\n'));
    expect(await kindOf(open(options).take(name, never))).toBe('impossible');
  });

  test('a lock of another name at the same endpoint is a stranger', async () => {
    const [one, two] = [freshName(), freshName()];
    const all = places(one);
    heldOf(await open({ endpointsOf: () => all }).take(one, never));
    expect(await kindOf(open({ endpointsOf: () => all }).take(two, never))).toBe('held');
  });

  test.each([
    ['says nothing', () => {}],
    ['hangs up', (socket: { destroy(): void }) => socket.destroy()],
  ])(
    'a holder that %s is waited for, and passed over when that has lasted too long',
    async (_how, on) => {
      const name = freshName();
      await occupy(places(name)[0], on);
      // Pauses are random: so long that no first attempt sees the end of it.
      const mine = open({ ...options, outlivedMs: 1_500 });
      const kinds: string[] = [];
      while (kinds.at(-1) !== 'held' && kinds.length < 40)
        kinds.push(await kindOf(mine.take(name, never)));
      expect(kinds[0]).toBe('busy');
      expect(kinds.at(-1)).toBe('held');
      // Nobody else takes it from the one who went on.
      expect(await kindOf(open(options).take(name, never))).toBe('busy');
    },
  );

  test('an abort ends the waiting at once, also beside one who says nothing', async () => {
    const [name, other] = [freshName(), freshName()];
    heldOf(await open(options).take(name, never));
    await occupy(places(other)[0], () => {});
    const stop = new AbortController();
    const slow = open({ ...options, patienceMs: 60_000, silentMs: 60_000 });
    const waits = [name, other].map((each) => slow.take(each, stop.signal));
    await new Promise((resolve) => setTimeout(resolve, 30));
    stop.abort('stopped');
    for (const wait of waits) await expect(wait).rejects.toBe('stopped');
  });
});

test('where nobody may listen no lock can be had', async () => {
  const path = '/not/there/at/all/lock';
  expect(await kindOf(open({ endpointsOf: () => [{ path }] }).take('a', never))).toBe('impossible');
});

test('names of endpoints tell nothing of the name of the lock', () => {
  for (const platform of ['linux', 'win32', 'darwin'] as const) {
    expect(JSON.stringify(endpointsOf('secret', platform))).not.toContain('secret');
    expect(endpointsOf('secret', platform)).toEqual(endpointsOf('secret', platform));
    expect(endpointsOf('secret', platform)).not.toEqual(endpointsOf('other', platform));
  }
});
