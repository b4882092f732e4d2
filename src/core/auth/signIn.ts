import type { Clock } from '../../base/clock.ts';
import type { Http } from '../../base/http.ts';
import type { Credential } from './credential.ts';
import { AuthError, describeAuthFailure } from './errors.ts';
import { authorizeUrl, exchangeCode } from './oauth.ts';
import { createPkce, type RandomBytes } from './pkce.ts';
import type { FinalPage, OpenListener, Redirect } from './redirect.ts';
import { toCredential } from './tokens.ts';
import { waitFor, withDeadline } from './waiting.ts';

/** How long the person may take in the browser. */
export const signInLimitMs = 5 * 60_000;
/** How long the issuer may take to trade the code for tokens. */
const exchangeLimitMs = 45_000;

export interface SignInPorts {
  issuer: string;
  http: Http;
  clock: Clock;
  random: RandomBytes;
  openListener: OpenListener;
  /** Shows the sign-in page. Not waited for: VS Code may first ask whether it may. */
  openBrowser(address: string): void;
  /** Keeps the credential. The browser is told of success only after that. */
  save(credential: Credential): Promise<void>;
}

/**
 * Signs in by the browser. The listener is up before the page opens, and the page is answered when
 * all is decided. Throws AuthError, or the abort reason.
 */
export async function signIn(ports: SignInPorts, signal: AbortSignal): Promise<Credential> {
  signal.throwIfAborted();
  const { verifier, challenge, state } = await createPkce(ports.random);
  const { issuer } = ports;
  // Made once before anything opens, so that an unsafe issuer opens nothing.
  authorizeUrl({ issuer, challenge, state, redirectUri: '' });
  const listener = await ports.openListener(state);
  let page: FinalPage = { kind: 'failed', message: 'Sign-in failed. Go back to your editor.' };
  try {
    signal.throwIfAborted();
    const { redirectUri } = listener;
    ports.openBrowser(authorizeUrl({ issuer, redirectUri, challenge, state }));
    const code = codeOf(await inTime(ports.clock, listener.redirect, signal));
    const credential = await trade(ports, { code, redirectUri, verifier }, signal);
    await keep(ports, credential);
    page = { kind: 'signedIn' };
    return credential;
  } catch (error) {
    if (signal.aborted) page = { kind: 'failed', message: 'Sign-in was cancelled.' };
    else if (error instanceof AuthError) {
      page = { kind: 'failed', message: describeAuthFailure(error.failure) };
    }
    throw error;
  } finally {
    await listener.close(page);
  }
}

function inTime(clock: Clock, redirect: Promise<Redirect>, signal: AbortSignal): Promise<Redirect> {
  const reason = () => new AuthError({ kind: 'timedOut', afterMs: signInLimitMs });
  return withDeadline({ clock, ms: signInLimitMs, reason }, signal, (limited) =>
    waitFor(redirect, limited),
  );
}

async function trade(
  ports: SignInPorts,
  grant: { code: string; redirectUri: string; verifier: string },
  signal: AbortSignal,
): Promise<Credential> {
  const { http, clock, issuer } = ports;
  const host = new URL(issuer).host;
  const reason = () => new AuthError({ kind: 'unreachable', host, cause: 'deadline' });
  const answer = await withDeadline({ clock, ms: exchangeLimitMs, reason }, signal, (limited) =>
    exchangeCode({ http, address: issuer }, grant, limited),
  );
  return toCredential(answer, issuer, clock.now());
}

async function keep(ports: SignInPorts, credential: Credential): Promise<void> {
  try {
    await ports.save(credential);
  } catch (error) {
    throw new AuthError({ kind: 'storeFailed' }, { cause: error });
  }
}

function codeOf(redirect: Redirect): string {
  switch (redirect.kind) {
    case 'code':
      return redirect.code;
    case 'cancel':
      throw new AuthError({ kind: 'cancelledOnPage' });
    case 'error':
      throw new AuthError(refusal(redirect.error, redirect.description ?? ''));
  }
}

/** `missing_codex_entitlement` is the issuer's word for a workspace without Codex (WIRE.md a). */
function refusal(error: string, description: string) {
  if (`${error} ${description}`.includes('missing_codex_entitlement')) {
    return { kind: 'noEntitlement' } as const;
  }
  if (error === 'access_denied') return { kind: 'refused' } as const;
  // Only a plain word is repeated to people: the rest is whatever a web page chose to send.
  const code = /^[a-z_]{1,40}$/.test(error) ? { code: error } : {};
  return { kind: 'pageFailed', ...code } as const;
}
