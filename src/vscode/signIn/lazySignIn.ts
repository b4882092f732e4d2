import { createEmitter } from '../../base/event.ts';
import { createLazy } from '../../base/async/lazy.ts';
import type { Log } from '../../base/log.ts';
import type { SignIn, SignInState } from './signIn.ts';

const idle: SignInState = { kind: 'idle' };

/** The sign-in, whose code is loaded when somebody first asks for it. Rejects as `load` does. */
export function createLazySignIn(load: () => Promise<SignIn>, log: Log): SignIn {
  const changes = createEmitter<void>(() => log.error('a listener to the sign-in failed'));
  const lazy = createLazy(async () => {
    const signIn = await load();
    signIn.onDidChangeState(changes.fire);
    return signIn;
  });
  let loading: Promise<SignIn> | undefined;
  const get = () => (loading = lazy.get());
  /** In the order of the calls. What fails to load is told to whoever runs the sign-in. */
  const then = (wanted: Promise<SignIn> | undefined, act: (signIn: SignIn) => void) => {
    const signIn = lazy.peek();
    if (signIn) act(signIn);
    else wanted?.then(act, () => {});
  };
  return {
    state: () => lazy.peek()?.state() ?? idle,
    onDidChangeState: changes.event,
    async run() {
      return (lazy.peek() ?? (await get())).run();
    },
    prefer: (way) => then(lazy.peek() ? undefined : get(), (signIn) => signIn.prefer(way)),
    openPage: (way) => then(loading, (signIn) => signIn.openPage(way)),
    copyAddress: () => then(loading, (signIn) => signIn.copyAddress()),
    paste: (text) => then(loading, (signIn) => signIn.paste(text)),
    cancel: () => then(loading, (signIn) => signIn.cancel()),
    dispose: () => then(loading, (signIn) => signIn.dispose()),
  };
}
