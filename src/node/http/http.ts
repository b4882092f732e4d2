import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { abortable } from '../../base/async/abort.ts';
import { HttpError, type Http, type HttpRequest, type HttpResponse } from '../../base/http.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import { acceptedEncodings, decoded } from './httpBody.ts';
import { createPools, type HttpPool, type PoolOptions, type Pools } from './httpPool.ts';
import { readAhead } from './readAhead.ts';
import { classifyTransportError } from './transportError.ts';
import { send } from './undici.ts';

const defaultHeadersTimeoutMs = 60_000;
const defaultIdleTimeoutMs = 300_000;

export type HttpOptions = PoolOptions;

export interface HttpClient {
  request: Http;
  /** Ends every connection; requests under way fail. */
  close(): Promise<void>;
}

/**
 * The way to the network. Each request brings its limits, and every byte that arrives, comments of
 * the event stream included, counts as a sign of life. Without options it follows the proxies that
 * the environment names (`HTTPS_PROXY`, `NO_PROXY` and their like).
 */
export function createHttp(options: HttpOptions = {}): HttpClient {
  const pools = createPools(options);
  return {
    request: (request, signal) => exchange(pools, request, signal),
    close: () => pools.close(),
  };
}

async function exchange(
  pools: Pools,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<HttpResponse> {
  signal.throwIfAborted();
  const target = new URL(request.url);
  const { host } = target;
  const limit = new AbortController();
  const timer = setTimeout(
    () => limit.abort(new HttpError('headersTimeout', host)),
    request.headersTimeoutMs ?? defaultHeadersTimeoutMs,
  );
  const either = AbortSignal.any([signal, limit.signal]);
  try {
    const response = await ask(pools.current(), request, target, either);
    const headers = flatten(response.headers);
    const body = decodedOrDestroyed(response.body, headers['content-encoding']);
    const idleMs = request.idleTimeoutMs ?? defaultIdleTimeoutMs;
    // A reader that stops after the last event leaves the connection in good order for the next.
    const leave = () => (body === response.body ? void drain(response.body) : body.destroy());
    return {
      status: response.statusCode,
      headers,
      body: watched(body, idleMs, host, signal, leave),
    };
  } catch (error) {
    signal.throwIfAborted();
    limit.signal.throwIfAborted();
    throw classifyTransportError(error, host);
  } finally {
    clearTimeout(timer);
  }
}

/** A body that cannot be read is given up here: unread it would hold its connection for good. */
function decodedOrDestroyed(body: Readable, encoding: string | undefined): Readable {
  try {
    return decoded(body, encoding);
  } catch (error) {
    body.on('error', () => {});
    body.destroy();
    throw error;
  }
}

/** Sends the request; when it is given up, a connection that only it waited for goes too. */
async function ask(
  pool: HttpPool,
  request: HttpRequest,
  target: URL,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  const leave = pool.enter(target.origin);
  try {
    const answer = send.call(pool.agent, {
      origin: target.origin,
      path: target.pathname + target.search,
      method: request.method,
      headers: { 'accept-encoding': acceptedEncodings, ...request.headers },
      ...omitUndefined({ body: request.body }),
      signal,
    });
    // undici tells of an abort only once it has a connection, which may take long or never come.
    return await abortable(answer, signal);
  } finally {
    leave(signal.aborted);
  }
}

function flatten(headers: Readonly<Record<string, string | string[] | undefined>>) {
  const flat = Object.entries(headers).map(([name, value]): [string, string][] => {
    return value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]];
  });
  return Object.fromEntries(flat.flat());
}

/** The body, ended with an error when it is silent for `idleMs`. */
async function* watched(
  body: Readable,
  idleMs: number,
  host: string,
  signal: AbortSignal,
  leave: () => void,
): AsyncGenerator<Uint8Array> {
  const idle = setTimeout(() => body.destroy(new HttpError('idleTimeout', host)), idleMs);
  const onAbort = () => body.destroy();
  signal.addEventListener('abort', onAbort, { once: true });
  let failed = false;
  try {
    signal.throwIfAborted();
    for await (const chunk of readAhead(body, () => idle.refresh())) {
      signal.throwIfAborted();
      yield chunk;
    }
    signal.throwIfAborted();
  } catch (error) {
    failed = true;
    signal.throwIfAborted();
    throw classifyTransportError(error, host);
  } finally {
    clearTimeout(idle);
    signal.removeEventListener('abort', onAbort);
    if (failed || signal.aborted) body.destroy();
    else leave();
  }
}

/** Reads away the little that may follow the last event; a body that goes on is cut. */
async function drain(body: Dispatcher.ResponseData['body']): Promise<void> {
  try {
    await body.dump({ limit: 65_536, signal: AbortSignal.timeout(500) });
  } catch {
    body.destroy();
  }
}
