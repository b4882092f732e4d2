/**
 * The one port through which anything reaches the network. `src/node/http/http.ts` implements it by
 * undici; tests hand in their own or speak to a server on loopback.
 */
export interface HttpRequest {
  method: 'GET' | 'POST';
  url: string;
  /** Lower-case names. */
  headers: Readonly<Record<string, string>>;
  body?: string;
  /** How long the response headers may take, ms. */
  headersTimeoutMs?: number;
  /** How long the body may be silent between two bytes, ms. */
  idleTimeoutMs?: number;
}

export interface HttpResponse {
  status: number;
  /** Lower-case names; repeated headers are joined by ", ". */
  headers: Readonly<Record<string, string>>;
  /** Decoded by content-encoding. Throws {@link HttpError}, or the abort reason. Read it or abort. */
  body: AsyncIterable<Uint8Array>;
}

/** Rejects with {@link HttpError}, or with `signal.reason` once the signal aborts. */
export type Http = (request: HttpRequest, signal: AbortSignal) => Promise<HttpResponse>;

/** Where a request broke, told apart as far as the machine tells it. */
export type HttpFailureKind =
  | 'dns'
  | 'refused'
  | 'unreachable'
  | 'reset'
  | 'tls'
  | 'proxy'
  | 'connectTimeout'
  | 'headersTimeout'
  | 'idleTimeout'
  | 'other';

export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly kind: HttpFailureKind;
  /** Host that could not be reached, for the message to people. */
  readonly host: string;
  /** The proxy in whose hands it broke, as host:port. */
  readonly proxy: string | undefined;
  /** Status by which the proxy refused. */
  readonly proxyStatus: number | undefined;

  constructor(kind: HttpFailureKind, host: string, options: HttpErrorOptions = {}) {
    const by = [options.proxy, options.proxyStatus].filter((part) => part !== undefined).join(' ');
    super(`${kind} (${host}${by && `, proxy ${by}`})`, options);
    this.kind = kind;
    this.host = host;
    this.proxy = options.proxy;
    this.proxyStatus = options.proxyStatus;
  }
}

export interface HttpErrorOptions extends ErrorOptions {
  proxy?: string;
  proxyStatus?: number;
}

/** The whole body as text, cut off after `maxBytes` so that a wrong answer cannot fill the memory. */
export async function readText(response: HttpResponse, maxBytes = 1_000_000): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body) {
    const room = maxBytes - bytes;
    text += decoder.decode(chunk.byteLength > room ? chunk.subarray(0, room) : chunk, {
      stream: true,
    });
    bytes += chunk.byteLength;
    if (bytes >= maxBytes) break;
  }
  return text + decoder.decode();
}
