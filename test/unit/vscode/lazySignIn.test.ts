import { expect, test } from 'vitest';
import { createEmitter } from '../../../src/base/event.ts';
import { silentLog } from '../../../src/base/log.ts';
import { createLazySignIn } from '../../../src/vscode/signIn/lazySignIn.ts';
import type { SignIn, SignInState } from '../../../src/vscode/signIn/signIn.ts';
import { deferred } from '../../support/deferred.ts';

function world() {
  const changes = createEmitter<void>();
  const calls: string[] = [];
  const loaded = deferred();
  let loads = 0;
  let state: SignInState = { kind: 'idle' };
  const note = (what: string) => () => void calls.push(what);
  const signIn: SignIn = {
    state: () => state,
    onDidChangeState: changes.event,
    async run() {
      calls.push('run');
      throw new Error('ended');
    },
    prefer: (way) => void calls.push(`prefer ${way}`),
    openPage: note('openPage'),
    copyAddress: note('copyAddress'),
    paste: note('paste'),
    cancel: note('cancel'),
    dispose: note('dispose'),
  };
  const lazy = createLazySignIn(async () => {
    loads++;
    await loaded.promise;
    return signIn;
  }, silentLog);
  const fail = (problem: string) => {
    state = { kind: 'idle', problem };
    changes.fire();
  };
  return { lazy, loaded, calls, fail, loads: () => loads };
}

test('without a sign-in nothing is loaded, whatever is asked of it', () => {
  const { lazy, loads } = world();
  lazy.cancel();
  lazy.copyAddress();
  lazy.paste('text');
  lazy.openPage('code');
  lazy.dispose();
  expect([lazy.state(), loads()]).toEqual([{ kind: 'idle' }, 0]);
});

test('what is asked while the code is loaded is done in the order of the calls', async () => {
  const { lazy, loaded, calls, loads } = world();
  lazy.prefer('code');
  const ended = lazy.run();
  lazy.cancel();
  loaded.resolve();
  await expect(ended).rejects.toThrow('ended');
  expect([calls, loads()]).toEqual([['prefer code', 'run', 'cancel'], 1]);
});

test('a change is heard by those who listened before the code was loaded', async () => {
  const { lazy, loaded, fail } = world();
  const heard: SignInState[] = [];
  lazy.onDidChangeState(() => heard.push(lazy.state()));
  loaded.resolve();
  await lazy.run().catch(() => {});
  fail('no');
  expect(heard).toEqual([{ kind: 'idle', problem: 'no' }]);
});

test('a window that closes while the code is loaded ends the sign-in', async () => {
  const { lazy, loaded, calls } = world();
  const ended = lazy.run();
  lazy.dispose();
  loaded.resolve();
  await ended.catch(() => {});
  expect(calls).toEqual(['run', 'dispose']);
});

test('code that cannot be loaded fails the sign-in, and the next one tries again', async () => {
  let loads = 0;
  const lazy = createLazySignIn(async () => {
    loads++;
    throw new Error('gone');
  }, silentLog);
  lazy.prefer('code');
  await expect(lazy.run()).rejects.toThrow('gone');
  await expect(lazy.run()).rejects.toThrow('gone');
  expect(loads).toBe(2);
});
