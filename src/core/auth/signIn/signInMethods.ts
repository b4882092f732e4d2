import { lookupTable } from '../../../base/lookup.ts';

/** Where the extension runs, seen from the browser of the person who signs in. */
export type HostEnvironment =
  'local' | 'ssh' | 'wsl' | 'container' | 'codespaces' | 'tunnel' | 'web';

/** `browser`: the sign-in page comes back by itself. `code`: a code is typed on any device. */
export type SignInMethod = 'browser' | 'code';

/** Pasting the last address is offered everywhere, and a listener is up everywhere. */
export interface SignInPlan {
  /** The way that is begun without being asked for. The others stand beside it. */
  readonly first: SignInMethod;
}

/**
 * In WSL the browser runs on the same machine, and both WSL and VS Code pass its ports on. Over SSH,
 * in containers, codespaces and tunnels the port is passed on only if VS Code manages to, and a
 * browser window never reaches it: there the code comes first, for it needs no port.
 */
const plans: Readonly<Record<HostEnvironment, SignInPlan>> = {
  local: { first: 'browser' },
  wsl: { first: 'browser' },
  ssh: { first: 'code' },
  container: { first: 'code' },
  codespaces: { first: 'code' },
  tunnel: { first: 'code' },
  web: { first: 'code' },
};

export function planSignIn(place: HostEnvironment): SignInPlan {
  return plans[place];
}

const remotes = lookupTable<HostEnvironment>({
  'ssh-remote': 'ssh',
  wsl: 'wsl',
  'dev-container': 'container',
  'attached-container': 'container',
  'k8s-container': 'container',
  codespaces: 'codespaces',
  tunnel: 'tunnel',
});

/**
 * @param remoteName - `vscode.env.remoteName`: undefined when the extension runs beside the window
 * @param isWeb - whether the window is a page of a browser (`vscode.env.uiKind`)
 */
export function hostEnvironmentOf(remoteName: string | undefined, isWeb: boolean): HostEnvironment {
  const known = remotes.get(remoteName ?? '');
  // A page of a browser reaches no port of WSL either.
  if (isWeb) return known === 'codespaces' || known === 'tunnel' ? known : 'web';
  if (remoteName === undefined) return 'local';
  return known ?? 'ssh';
}
