import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { createDeferred } from '../../base/async/deferred.ts';
import type { Log } from '../../base/log.ts';
import type {
  FinalPage,
  OpenListener,
  Redirect,
  RedirectListener,
} from '../../core/auth/signIn/redirect.ts';
import {
  canceledMessage,
  failedTexts,
  nothingHereMessage,
  otherSignInMessage,
  signedInTexts,
  type PageTexts,
} from '../../core/auth/signIn/pageTexts.ts';
import { host, listenOnFirstFree, ourMark } from './callbackPort.ts';

/** How long the last page may take to reach the browser. */
const goodbyeMs = 2000;
const lingerMs = 100;

export interface LoopbackDeps {
  /** Folder of `signedIn.html` and `signInFailed.html`. */
  mediaFolder: string;
  log: Log;
  /** In the order in which they are tried. */
  ports: () => readonly number[];
}

/** Listeners for the redirect of the sign-in page, on 127.0.0.1 only. */
export function createLoopback(deps: LoopbackDeps): OpenListener {
  const { log } = deps;
  return async (state, signal) => {
    const pages = await readPages(deps.mediaFolder, log);
    const attempt = createAttempt(state, pages, log);
    const server = createServer(
      { maxHeaderSize: 65_536, requestTimeout: 30_000 },
      (request, response) => attempt.answer(request, response),
    );
    // A half request or noise on the port gets its 400 and does no harm.
    server.on('clientError', (_error, socket) => {
      if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
      else socket.destroy();
    });
    const port = await listenOnFirstFree(server, deps.ports(), log, signal);
    let closing: Promise<void> | undefined;
    return {
      redirectUri: `http://${host}:${port}${callbackPath}`,
      redirect: attempt.redirect,
      close: (page) => (closing ??= close(server, attempt, page)),
    };
  };
}

const callbackPath = '/auth/callback';

interface Attempt extends Pick<RedirectListener, 'redirect'> {
  answer(request: IncomingMessage, response: ServerResponse): void;
  /** Sends the page to everyone who waits for it, now or later. */
  finish(page: FinalPage): Promise<void>;
}

/**
 * What one sign-in does with requests. Only a GET of the right path and state counts, so that a
 * request for the favicon or a probe of the port does not use up the sign-in.
 */
function createAttempt(state: string, pages: Pages, log: Log): Attempt {
  const waiting = new Set<ServerResponse>();
  let final: FinalPage | undefined;
  const { promise: redirect, resolve: settle } = createDeferred<Redirect>();

  function answer(request: IncomingMessage, response: ServerResponse): void {
    response.on('error', () => {});
    const url = urlOf(request);
    if (url?.pathname === '/cancel' && isOurs(url)) {
      settle({ kind: 'cancel' });
      send(response, 200, pages.failed(canceledMessage()));
      return;
    }
    if (url?.pathname !== callbackPath) {
      send(response, 404, pages.failed(nothingHereMessage()));
      return;
    }
    if (request.method !== 'GET') {
      send(response.setHeader('allow', 'GET'), 405, '');
      return;
    }
    const found = isOurs(url) ? readRedirect(url.searchParams) : undefined;
    if (!found) {
      log.warn('passed over a redirect that is not of this sign-in');
      send(response, 400, pages.failed(otherSignInMessage()));
      return;
    }
    settle(found);
    if (final) send(response, 200, finalHtml(final));
    else waiting.add(response);
  }

  const isOurs = (url: URL) => url.searchParams.get('state') === state;
  const finalHtml = (page: FinalPage) =>
    page.kind === 'signedIn' ? pages.signedIn() : pages.failed(page.message);

  return {
    redirect,
    answer,
    async finish(page) {
      final = page;
      const left = [...waiting].map(hasLeft);
      for (const response of waiting) send(response, 200, finalHtml(page));
      waiting.clear();
      await Promise.all(left);
    },
  };
}

function urlOf(request: IncomingMessage): URL | undefined {
  const target = request.url ?? '';
  const base = `http://${host}`;
  return URL.canParse(target, base) ? new URL(target, base) : undefined;
}

function readRedirect(query: URLSearchParams): Redirect | undefined {
  const error = query.get('error');
  const description = query.get('error_description');
  if (error) return { kind: 'error', error, ...(description ? { description } : {}) };
  const code = query.get('code');
  return code ? { kind: 'code', code } : undefined;
}

/** Resolves when the answer is out, or the browser has gone. */
function hasLeft(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', resolve);
    if (response.destroyed) resolve();
  });
}

function send(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    connection: 'close',
    ...ourMark,
  });
  response.end(html);
}

async function close(server: Server, attempt: Attempt, page: FinalPage): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const cutOff = () => server.closeAllConnections();
  const slowest = setTimeout(cutOff, goodbyeMs);
  await attempt.finish(page);
  // Browsers open a second connection ahead of need; it must not hold up the sign-in.
  const lingering = setTimeout(cutOff, lingerMs);
  await closed;
  clearTimeout(slowest);
  clearTimeout(lingering);
}

interface Pages {
  signedIn(): string;
  failed(message: string): string;
}

/** The pages of the media folder; a plain sentence where one cannot be read. */
async function readPages(folder: string, log: Log): Promise<Pages> {
  const read = async (name: string, fallback: string) => {
    try {
      return await readFile(join(folder, name), 'utf8');
    } catch {
      log.warn(`cannot read ${name}`);
      return fallback;
    }
  };
  const signedIn = await read('signedIn.html', '<p>{{heading}}</p>');
  const failed = await read('signInFailed.html', '<p>{{message}}</p>');
  return {
    signedIn: () => fill(signedIn, signedInTexts()),
    failed: (message) => fill(failed, failedTexts(message)),
  };
}

/** Puts the texts in the places of their names. */
function fill(page: string, texts: PageTexts): string {
  return page.replaceAll(/\{\{(title|heading|message)\}\}/g, (_, name: keyof PageTexts) =>
    escape(texts[name]),
  );
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
