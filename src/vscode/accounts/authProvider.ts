import * as vscode from 'vscode';
import { Disposables } from '../../base/disposables.ts';
import type { Log } from '../../base/log.ts';
import {
  credentialLabel,
  isRefreshable,
  hasSession,
  type Credential,
  type CredentialStore,
} from '../../core/auth/credential.ts';
import type { TokenProvider } from '../../core/auth/refresh/tokenProvider.ts';
import { scopes as ourScopes } from '../../core/auth/identity.ts';

export const authProviderId = 'codex-chat';
const label = 'ChatGPT (Codex Chat)';
/** How long an extension that asks for a session waits for a refresh. The refresh goes on. */
const patienceMs = 15_000;

export interface AuthProviderDeps {
  store: CredentialStore;
  /** Signs in and stores the credential. */
  signIn: () => Promise<Credential>;
  tokenProvider: Pick<TokenProvider, 'bearerOf' | 'signOut'>;
  log: Log;
}

type SessionsChange = vscode.AuthenticationProviderAuthenticationSessionsChangeEvent;

export interface AuthRegistration extends vscode.Disposable {
  /** Forgets the account; `tellIssuer`: its session ends at the issuer too. */
  signOut(id: string, how: { tellIssuer: boolean }): Promise<void>;
}

/** Offers the stored credentials as sessions in the Accounts menu. Dispose to take it back. */
export function registerAuthProvider(deps: AuthProviderDeps): AuthRegistration {
  const lifetime = new Disposables();
  const provider = lifetime.add(new CodexAuthProvider(deps));
  lifetime.add(
    vscode.authentication.registerAuthenticationProvider(authProviderId, label, provider, {
      supportsMultipleAccounts: true,
    }),
  );
  return {
    signOut: (id, how) => provider.signOut(id, how),
    dispose: () => lifetime.dispose(),
  };
}

/**
 * Only what somebody signed in to here. A key of the API is no session at ChatGPT, and a token that
 * is borrowed from another program or given by the environment is not ours to pass on.
 */
const isSession = (credential: Credential) => hasSession(credential) && isRefreshable(credential);

/** The sessions are a view of the store: they change when it does, in whichever window. */
export class CodexAuthProvider implements vscode.AuthenticationProvider, vscode.Disposable {
  readonly #deps: AuthProviderDeps;
  readonly #lifetime = new Disposables();
  readonly #events = this.#lifetime.add(new BufferedEvents<SessionsChange>());
  readonly onDidChangeSessions = this.#events.event;
  #known: ReadonlyMap<string, Credential> = new Map();
  /** The last comparison with the store; they follow each other, so each change is told once. */
  #compared: Promise<void>;

  constructor(deps: AuthProviderDeps) {
    this.#deps = deps;
    this.#compared = this.#compare(false);
    this.#lifetime.add(
      deps.store.onDidChange(() => {
        this.#compared = this.#compared.then(() => this.#compare(true));
      }),
    );
  }

  async getSessions(
    scopes: readonly string[] | undefined,
    options: vscode.AuthenticationProviderSessionOptions,
  ): Promise<vscode.AuthenticationSession[]> {
    if (scopes?.some((scope) => !ourScopes.includes(scope))) return [];
    const wanted = options.account?.id;
    const credentials = (await this.#deps.store.list()).filter(
      (credential) => isSession(credential) && (wanted === undefined || credential.id === wanted),
    );
    const sessions = await Promise.all(credentials.map((credential) => this.#fresh(credential)));
    return sessions.filter((session) => session !== undefined);
  }

  /** With a token that is good for some minutes; undefined when there is none to be had now. */
  async #fresh(credential: Credential): Promise<vscode.AuthenticationSession | undefined> {
    try {
      const { accessToken } = await this.#deps.tokenProvider.bearerOf(
        credential.id,
        AbortSignal.timeout(patienceMs),
      );
      return toSession({ ...credential, accessToken });
    } catch {
      this.#deps.log.info('an account is left out of the sessions: it has no token that is good');
      return undefined;
    }
  }

  async createSession(): Promise<vscode.AuthenticationSession> {
    return toSession(await this.#deps.signIn());
  }

  /** What the Accounts menu does: it forgets the tokens here, and nothing else. */
  async removeSession(sessionId: string): Promise<void> {
    await this.signOut(sessionId, { tellIssuer: false });
  }

  signOut(id: string, how: { tellIssuer: boolean }): Promise<void> {
    return this.#deps.tokenProvider.signOut(id, how);
  }

  dispose(): void {
    this.#lifetime.dispose();
  }

  async #compare(tells: boolean): Promise<void> {
    let list: readonly Credential[];
    try {
      list = await this.#deps.store.list();
    } catch {
      this.#deps.log.error('the secret storage cannot be read');
      return;
    }
    const before = this.#known;
    const now = new Map(list.filter(isSession).map((entry) => [entry.id, entry]));
    this.#known = now;
    const change = difference(before, now);
    if (tells && change) this.#events.fire(change);
  }
}

function toSession(credential: Credential): vscode.AuthenticationSession {
  return {
    id: credential.id,
    accessToken: credential.accessToken,
    account: { id: credential.id, label: credentialLabel(credential) },
    scopes: ourScopes,
  };
}

function difference(
  before: ReadonlyMap<string, Credential>,
  now: ReadonlyMap<string, Credential>,
): SessionsChange | undefined {
  const added = [...now.values()].filter(({ id }) => !before.has(id));
  const removed = [...before.values()].filter(({ id }) => !now.has(id));
  const changed = [...now.values()].filter((entry) => {
    const old = before.get(entry.id);
    return old && (old.accessToken !== entry.accessToken || old.email !== entry.email);
  });
  if (added.length + removed.length + changed.length === 0) return undefined;
  return {
    added: added.map(toSession),
    removed: removed.map(toSession),
    changed: changed.map(toSession),
  };
}

/**
 * Holds events back until somebody listens. VS Code subscribes some time after the provider was
 * registered, and would never hear of what changed in between.
 */
class BufferedEvents<T> implements vscode.Disposable {
  readonly #emitter = new vscode.EventEmitter<T>();
  #held: T[] | undefined = [];

  readonly event: vscode.Event<T> = (listener, thisArgs, disposables) => {
    const subscription = this.#emitter.event(listener, thisArgs, disposables);
    // A moment later: VS Code first finishes the registration that it subscribes in.
    setTimeout(() => {
      const held = this.#held?.splice(0) ?? [];
      this.#held = undefined;
      for (const value of held) this.#emitter.fire(value);
    }, 0);
    return subscription;
  };

  fire(value: T): void {
    if (this.#held) this.#held.push(value);
    else this.#emitter.fire(value);
  }

  dispose(): void {
    this.#emitter.dispose();
  }
}
