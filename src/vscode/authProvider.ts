import * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import { Disposables } from '../base/disposables.ts';
import type { Http } from '../base/http.ts';
import type { Log } from '../base/log.ts';
import {
  credentialLabel,
  isMetered,
  isSignedIn,
  type Credential,
  type CredentialStore,
} from '../core/auth/credential.ts';
import { AuthError } from '../core/auth/errors.ts';
import { revoke, scopes as ourScopes } from '../core/auth/oauth.ts';
import { withDeadline } from '../core/auth/waiting.ts';

export const authProviderId = 'codex-chat';
const label = 'ChatGPT (Codex Chat)';
/** Signing out waits for nobody; this is how long the issuer may take to hear of it. */
const revokeLimitMs = 5000;

export interface AuthProviderNeeds {
  store: CredentialStore;
  /** Signs in and stores the credential. */
  signIn: () => Promise<Credential>;
  http: Http;
  clock: Clock;
  log: Log;
  userAgent?: string;
}

type SessionsChange = vscode.AuthenticationProviderAuthenticationSessionsChangeEvent;

export interface AuthRegistration extends vscode.Disposable {
  /** Forgets the account; `tellIssuer`: its session ends at the issuer too. */
  signOut(id: string, how: { tellIssuer: boolean }): Promise<void>;
}

/** Offers the stored credentials as sessions in the Accounts menu. Dispose to take it back. */
export function registerAuthProvider(needs: AuthProviderNeeds): AuthRegistration {
  const lifetime = new Disposables();
  const provider = lifetime.add(new CodexAuthProvider(needs));
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

/** A key of the API is nobody's session at ChatGPT. */
const isSession = (credential: Credential) => isSignedIn(credential) && isMetered(credential);

/** The sessions are a view of the store: they change when it does, in whichever window. */
export class CodexAuthProvider implements vscode.AuthenticationProvider, vscode.Disposable {
  readonly #needs: AuthProviderNeeds;
  readonly #lifetime = new Disposables();
  readonly #events = this.#lifetime.add(new BufferedEvents<SessionsChange>());
  readonly onDidChangeSessions = this.#events.event;
  #known: ReadonlyMap<string, Credential> = new Map();
  /** The last comparison with the store; they follow each other, so each change is told once. */
  #compared: Promise<void>;

  constructor(needs: AuthProviderNeeds) {
    this.#needs = needs;
    this.#compared = this.#compare(false);
    this.#lifetime.add(
      needs.store.onDidChange(() => {
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
    const credentials = (await this.#needs.store.list()).filter(isSession);
    return credentials
      .filter((credential) => wanted === undefined || credential.id === wanted)
      .map(toSession);
  }

  async createSession(): Promise<vscode.AuthenticationSession> {
    return toSession(await this.#needs.signIn());
  }

  /** What the Accounts menu does: it forgets the tokens here, and nothing else. */
  async removeSession(sessionId: string): Promise<void> {
    await this.signOut(sessionId, { tellIssuer: false });
  }

  async signOut(id: string, { tellIssuer }: { tellIssuer: boolean }): Promise<void> {
    const { store } = this.#needs;
    const credential = await store.get(id);
    await store.remove(id);
    if (tellIssuer && credential?.refreshToken) void this.#revoke(credential);
  }

  dispose(): void {
    this.#lifetime.dispose();
  }

  async #compare(tells: boolean): Promise<void> {
    let list: readonly Credential[];
    try {
      list = await this.#needs.store.list();
    } catch {
      this.#needs.log.error('the secret storage cannot be read');
      return;
    }
    const before = this.#known;
    const now = new Map(list.filter(isSession).map((entry) => [entry.id, entry]));
    this.#known = now;
    const change = difference(before, now);
    if (tells && change) this.#events.fire(change);
  }

  async #revoke({ issuer: address, refreshToken }: Credential): Promise<void> {
    const { http, clock, log, userAgent } = this.#needs;
    const host = URL.canParse(address) ? new URL(address).host : '';
    const reason = () => new AuthError({ kind: 'unreachable', host, cause: 'deadline' });
    try {
      await withDeadline(
        { clock, ms: revokeLimitMs, reason },
        new AbortController().signal,
        (signal) => revoke({ http, address, userAgent }, refreshToken, signal),
      );
    } catch (error) {
      const kind = error instanceof AuthError ? error.failure.kind : 'unknown';
      log.warn(`signed out here, but the issuer could not be told: ${kind}`);
    }
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
