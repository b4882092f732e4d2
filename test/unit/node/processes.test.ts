import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { createPeerProcesses } from '../../../src/node/locks/processes.ts';

/** The names that one and the same process id had, or has, with other starts. */
const withStart = (peer: string, start: string) => peer.replace(/\.\w+@/, `.${start}@`);
const withoutStart = (peer: string) => peer.replace(/\.\w+@/, '@');
const withPid = (peer: string, pid: number | undefined) => peer.replace(/^\d+/, `${pid}`);

test('this process is alive under its own name, and an earlier one with its id is not', () => {
  const { me, isAlive } = createPeerProcesses();
  expect(me).toMatch(/^\d+\.\w+@\w{16}$/);
  expect([me, withStart(me, '1'), withStart(me, 'c1')].map(isAlive)).toEqual([true, false, false]);
});

test.runIf(process.platform === 'linux')(
  'a process that was given the id of one that has ended is not taken for it',
  async () => {
    const { me, isAlive } = createPeerProcesses();
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(stranger, 'spawn');
    const holder = withPid(withStart(me, '1'), stranger.pid);
    try {
      expect(isAlive(holder)).toBe(false);
      expect(isAlive(withoutStart(holder))).toBe(true);
    } finally {
      stranger.kill('SIGKILL');
      await once(stranger, 'exit');
    }
    expect(isAlive(withoutStart(holder))).toBe(false);
  },
);

test('a process of another machine, or one whose start nobody can check, may be alive', async () => {
  const { me, isAlive } = createPeerProcesses();
  expect(isAlive(me.replace(/@.*/, '@0123456789abcdef'))).toBe(true);
  expect(isAlive(withPid(withStart(me, 'c1'), process.ppid))).toBe(true);
  expect(isAlive('nothing that we wrote')).toBe(true);
});
