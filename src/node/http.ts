import { createBrotliDecompress, createGunzip, createInflate, constants } from 'node:zlib';
import type { Readable, Transform } from 'node:stream';
import { Agent, request as send, type Dispatcher } from 'undici';
import { HttpError, type Http, type HttpRequest, type HttpResponse } from '../base/http.ts';
import { classifyTransportError } from './transportError.ts';

/** The longest wait for a TCP and TLS connection, ms (S2-1). */
const connectTimeoutMs = 30_000;
const defaultHeadersTimeoutMs = 60_000;
const defaultIdleTimeoutMs = 300_000;

export interface HttpClient {
  request: Http;
  /** Ends every connection; requests under way fail. */
  close(): Promise<void>;
}

/**
 * One connection pool for each host. undici's own time-outs for headers and body are off: a model
 * may think for minutes, so each request brings its limits, and every byte that arrives, comments
 * of the event stream included, counts as a sign of life.
 */
export function createHttp(): HttpClient {
  let agent: Agent | undefined;
  const dispatcher = () =>
    (agent ??= new Agent({
      connections: 10,
      keepAliveTimeout: 60_000,
      connect: { timeout: connectTimeoutMs },
      headersTimeout: 0,
      bodyTimeout: 0,
    }));
  return {
    request: (request, signal) => exchange(dispatcher(), request, signal),
    async close() {
      await agent?.destroy();
      agent = undefined;
    },
  };
}

async function exchange(
  dispatcher: Dispatcher,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<HttpResponse> {
  signal.throwIfAborted();
  const host = new URL(request.url).host;
  const limit = new AbortController();
  const timer = setTimeout(
    () => limit.abort(new HttpError('headersTimeout', host)),
    request.headersTimeoutMs ?? defaultHeadersTimeoutMs,
  );
  try {
    const response = await send(request.url, {
      dispatcher,
      method: request.method,
      headers: { 'accept-encoding': 'gzip, br, deflate', ...request.headers },
      ...(request.body === undefined ? {} : { body: request.body }),
      signal: AbortSignal.any([signal, limit.signal]),
    });
    const headers = flatten(response.headers);
    const body = decoded(response.body, headers['content-encoding']);
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

function flatten(headers: Readonly<Record<string, string | string[] | undefined>>) {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}

/** Decoders that give out what they have after every chunk, so that a compressed stream stays live. */
const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: () => createGunzip({ flush: constants.Z_SYNC_FLUSH }),
  'x-gzip': () => createGunzip({ flush: constants.Z_SYNC_FLUSH }),
  deflate: () => createInflate({ flush: constants.Z_SYNC_FLUSH }),
  br: () => createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH }),
};

function decoded(body: Readable, encoding: string | undefined): Readable {
  let stream = body;
  // The encodings stand in the order in which they were applied (RFC 9110, 8.4).
  for (const name of (encoding ?? '').toLowerCase().split(',').toReversed()) {
    const decoder = decoders[name.trim()]?.();
    if (!decoder) continue;
    const source = stream;
    source.on('error', (error) => decoder.destroy(error));
    decoder.on('close', () => source.destroy());
    stream = source.pipe(decoder);
  }
  return stream;
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
    for await (const chunk of body.iterator({ destroyOnReturn: false })) {
      idle.refresh();
      signal.throwIfAborted();
      if (chunk instanceof Uint8Array) yield chunk;
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
