import * as l10n from '@vscode/l10n';
import type { Clock } from '../../../base/async/clock.ts';
import type { Http } from '../../../base/http.ts';
import type { Credential } from '../credential.ts';
import { pollCode, requestCode } from './deviceCode.ts';
import { describeAuthFailure } from '../authFailureText.ts';
import { AuthError, storeFailure } from '../errors.ts';
import { authorizeUrl, exchangeCode, registeredRedirectUri, type CodeGrant } from '../oauth.ts';
import { parseRedirectInput } from './parseRedirectInput.ts';
import { createPkce, type Pkce, type RandomBytes } from './pkce.ts';
import type { FinalPage, OpenListener, Redirect, RedirectListener } from './redirect.ts';
import { createCourse, type SignInRace, type SignInProgress } from './signInRace.ts';
import { toCredential } from '../tokens.ts';
import { abortable, withTimeout } from '../../../base/async/abort.ts';
import type { SignInPlan } from './signInMethods.ts';

/** How long the issuer may take to trade the code for tokens. */
const exchangeLimitMs = 45_000;

export interface SignInPorts {
  issuer: string;
  http: Http;
  clock: Clock;
  random: RandomBytes;
  /** Which way is begun first; see `ways.ts`. */
  plan: SignInPlan;
  openListener: OpenListener;
  /** Shows the sign-in page. Not waited for: VS Code may first ask whether it may. */
  openBrowser(address: string): void;
  /** Keeps the credential. The browser is told of success only after that. */
  save(credential: Credential): Promise<void>;
  onChange?(state: SignInProgress): void;
  userAgent?: string;
}

export interface SignInAttempt {
  /** Rejects with AuthError, or the abort reason. */
  readonly result: Promise<Credential>;
  state(): SignInProgress;
  /** Asks the issuer for a code, unless one is out already. */
  useCode(): void;
  /** Takes what was copied from the browser; text of no use becomes `pasteProblem`. */
  paste(text: string): void;
}

/**
 * Signs in by whichever way gives a code first: the browser that comes back to our listener, a code
 * typed anywhere, or the pasted address. The others end at that moment. The listener is up before
 * the page opens; where it cannot be, the flow goes on with the code by itself. The issuer is asked
 * for a code only when that way comes first, is asked for, or is all that is left.
 */
export function signIn(ports: SignInPorts, signal: AbortSignal): SignInAttempt {
  const { clock, plan, onChange } = ports;
  const course = createCourse({ clock, first: plan.first, onChange }, signal);
  const ways = createWays(ports, course);
  return {
    result: run(ports, course, ways, signal),
    state: course.state,
    useCode() {
      course.change({ lead: 'code' });
      ways.askForCode();
    },
    paste: ways.paste,
  };
}

async function run(
  ports: SignInPorts,
  course: SignInRace,
  ways: Ways,
  signal: AbortSignal,
): Promise<Credential> {
  signal.throwIfAborted();
  // Made once before anything opens, so that an unsafe issuer opens nothing.
  authorizeUrl({ issuer: ports.issuer, challenge: '', state: '', redirectUri: '' });
  const pkce = await createPkce(ports.random);
  let page: FinalPage = {
    kind: 'failed',
    message: l10n.t('Sign-in failed. Go back to your editor.'),
  };
  try {
    signal.throwIfAborted();
    ways.begin(pkce);
    giveUpInTime(ports.clock, course);
    const answer = await abortable(course.answer, signal);
    if (answer.from !== 'browser') void ways.close({ kind: 'signedIn' });
    const credential = await exchangeForTokens(ports, answer, signal);
    await keep(ports, credential);
    page = { kind: 'signedIn' };
    return credential;
  } catch (error) {
    if (signal.aborted) page = { kind: 'failed', message: l10n.t('Sign-in was canceled.') };
    else if (error instanceof AuthError) {
      page = { kind: 'failed', message: describeAuthFailure(error.failure) };
    }
    // Ends the ways that still run, when it was none of them that failed.
    course.fail(error);
    throw error;
  } finally {
    await ways.close(page);
  }
}

interface Ways {
  /** Opens the listener, and goes the first way of the plan. */
  begin(pkce: Pkce): void;
  askForCode(): void;
  paste(text: string): void;
  /** Frees the port. */
  close(page: FinalPage): Promise<void>;
}

function createWays(ports: SignInPorts, course: SignInRace): Ways {
  const { issuer } = ports;
  const askForCode = createCodeWay(ports, course, (error) => codeFailed(error));
  let pkce: Pkce | undefined;
  let redirectUri = registeredRedirectUri;
  let hasOpened = false;
  let opening: ReturnType<OpenListener> | undefined;
  let up: RedirectListener | undefined;

  /** Does what the state calls for next: opens the page, or falls back to the code. */
  function advance(): void {
    const { lead, address, listener, codeState } = course.state();
    if (course.signal.aborted || hasOpened || address === undefined) return;
    if (listener === 'down' && codeState === 'none') {
      course.change({ lead: 'code' });
      askForCode();
    } else if (lead === 'browser') {
      hasOpened = true;
      ports.openBrowser(address);
    }
  }

  function knowAddress(secrets: Pkce, listener: 'up' | 'down'): void {
    const { challenge, state } = secrets;
    course.change({ listener, address: authorizeUrl({ issuer, redirectUri, challenge, state }) });
    advance();
  }

  async function listen(secrets: Pkce, listening: ReturnType<OpenListener>): Promise<void> {
    try {
      const listener = (up = await listening);
      if (course.signal.aborted) return;
      redirectUri = listener.redirectUri;
      knowAddress(secrets, 'up');
      take(await abortable(listener.redirect, course.signal), secrets, 'browser');
    } catch (error) {
      if (course.signal.aborted) return;
      if (!isPortsTaken(error)) return course.fail(error);
      course.remark(error.failure);
      knowAddress(secrets, 'down');
    }
  }

  function take(redirect: Redirect, { verifier }: Pkce, from: 'browser' | 'paste'): void {
    if (redirect.kind === 'code') course.win({ code: redirect.code, redirectUri, verifier, from });
    else course.fail(new AuthError(failureOf(redirect)));
  }

  /** A no ends it all; so does an issuer out of reach when there is no page open to wait for. */
  function codeFailed(error: unknown): void {
    const failure = error instanceof AuthError ? error.failure : undefined;
    const isEnd = !failure || failure.kind === 'refused';
    if (isEnd || (failure.kind === 'unreachable' && !hasOpened)) return course.fail(error);
    course.change({ code: undefined, codeState: 'failed', lead: 'browser' });
    course.remark(failure);
    advance();
  }

  return {
    askForCode,
    begin(secrets) {
      pkce = secrets;
      opening = ports.openListener(secrets.state, course.signal);
      void listen(secrets, opening);
      if (ports.plan.first === 'code') askForCode();
    },
    paste(text) {
      if (!pkce) return;
      const pasted = parseRedirectInput(text, pkce.state);
      if (pasted.kind === 'unusable') course.change({ pasteProblem: pasted.why });
      else take(pasted, pkce, 'paste');
    },
    async close(page) {
      const listener = up ?? (await opening?.catch(() => undefined));
      await listener?.close(page);
    },
  };
}

/** Asks for a code that is typed at the issuer's page, once at a time. */
function createCodeWay(
  { issuer, clock, http, userAgent }: SignInPorts,
  course: SignInRace,
  failed: (error: unknown) => void,
): () => void {
  const codeIssuer = { http, address: issuer, userAgent };

  async function byCode(): Promise<void> {
    const code = await requestCode(codeIssuer, clock, course.signal);
    const { userCode: text, page, endsAtMs } = code;
    course.change({
      codeState: 'shown',
      code: { text, page, endsAtMs },
      endsAtMs: Math.max(endsAtMs, course.state().endsAtMs),
    });
    const grant = await pollCode(codeIssuer, clock, code, course.signal);
    course.win({ ...grant, from: 'code' });
  }

  return () => {
    const { codeState } = course.state();
    if (codeState === 'asking' || codeState === 'shown') return;
    course.change({ codeState: 'asking' });
    byCode().catch((error: unknown) => {
      if (!course.signal.aborted) failed(error);
    });
  };
}

type PortsTaken = AuthError & { failure: { kind: 'portsTaken' } };

function isPortsTaken(error: unknown): error is PortsTaken {
  return error instanceof AuthError && error.failure.kind === 'portsTaken';
}

/** The end may move while it is awaited: a code lives longer than the page. */
function giveUpInTime({ delay, now }: Clock, course: SignInRace): void {
  const wait = async () => {
    for (;;) {
      const leftMs = course.state().endsAtMs - now();
      if (leftMs <= 0) break;
      await delay(leftMs, course.signal);
    }
    const { startedAtMs, endsAtMs } = course.state();
    course.fail(new AuthError({ kind: 'timedOut', afterMs: endsAtMs - startedAtMs }));
  };
  wait().catch(() => {});
}

async function exchangeForTokens(
  { http, clock, issuer }: SignInPorts,
  grant: CodeGrant,
  signal: AbortSignal,
): Promise<Credential> {
  const host = new URL(issuer).host;
  const reason = () => new AuthError({ kind: 'unreachable', host, cause: 'deadline' });
  const answer = await withTimeout({ clock, ms: exchangeLimitMs, reason }, signal, (limited) =>
    exchangeCode({ http, address: issuer }, grant, limited),
  );
  return toCredential(answer, issuer, clock.now());
}

async function keep(ports: SignInPorts, credential: Credential): Promise<void> {
  try {
    await ports.save(credential);
  } catch (error) {
    throw storeFailure(error);
  }
}

/** `missing_codex_entitlement` is the issuer's word for a workspace without Codex (WIRE.md a). */
function failureOf(redirect: Exclude<Redirect, { kind: 'code' }>) {
  if (redirect.kind === 'cancel') return { kind: 'cancelledOnPage' } as const;
  const { error, description = '' } = redirect;
  if (`${error} ${description}`.includes('missing_codex_entitlement')) {
    return { kind: 'noEntitlement' } as const;
  }
  if (error === 'access_denied') return { kind: 'refused' } as const;
  // Only a plain word is repeated to people: the rest is whatever a web page chose to send.
  const code = /^[a-z_]{1,40}$/.test(error) ? { code: error } : {};
  return { kind: 'pageFailed', ...code } as const;
}
