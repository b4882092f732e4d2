import type { IncomingMessage, ServerResponse } from 'node:http';
import * as zlib from 'node:zlib';
import { isRecord, parseJson } from './values.ts';

/** One request with its body read, and the response to it. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  method: string;
  url: URL;
  headers: Readonly<Record<string, string>>;
  /** Parsed by content type; text when it does not parse. */
  body: unknown;
}

export type Headers = Readonly<Record<string, string>>;

/** A request that cannot be read; thrown by {@link readExchange}. */
export class UnreadableRequest extends Error {
  override readonly name = 'UnreadableRequest';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const maxBodyBytes = 64 * 1024 * 1024;

export async function readExchange(
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Exchange> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > maxBodyBytes) throw new UnreadableRequest(413, 'Request body too large');
    chunks.push(bytes);
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  const text = decode(Buffer.concat(chunks), headers['content-encoding']).toString('utf8');
  return {
    request,
    response,
    method: request.method ?? 'GET',
    url: new URL(request.url ?? '/', 'http://127.0.0.1'),
    headers,
    body: parseBody(text, headers['content-type'] ?? ''),
  };
}

function decode(bytes: Buffer, encoding = 'identity'): Buffer {
  const decoder = decoders[encoding.trim().toLowerCase()];
  if (!decoder) throw new UnreadableRequest(415, `Unsupported content-encoding: ${encoding}`);
  try {
    return decoder(bytes);
  } catch {
    throw new UnreadableRequest(400, `The body is not ${encoding}`);
  }
}

type Decoder = (bytes: Buffer) => Buffer;

/** Zstandard came to node:zlib after Node 20; without it such a body is refused as unsupported. */
const zstd: unknown = Reflect.get(zlib, 'zstdDecompressSync');

const decoders: Record<string, Decoder | undefined> = {
  identity: (bytes) => bytes,
  gzip: (bytes) => zlib.gunzipSync(bytes),
  deflate: (bytes) => zlib.inflateSync(bytes),
  br: (bytes) => zlib.brotliDecompressSync(bytes),
  ...(typeof zstd === 'function' && { zstd: (bytes: Buffer) => Buffer.from(zstd(bytes)) }),
};

function parseBody(text: string, contentType: string): unknown {
  if (contentType.startsWith('application/x-www-form-urlencoded'))
    return Object.fromEntries(new URLSearchParams(text));
  if (contentType.startsWith('application/json')) return parseJson(text) ?? text;
  return text;
}

export function sendJson(
  { response }: Exchange,
  status: number,
  body: unknown,
  headers: Headers = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

export function sendHtml({ response }: Exchange, status: number, html: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'",
    // Not `no-referrer`: the forms of the page would then come with the origin `null`.
    'referrer-policy': 'same-origin',
  });
  response.end(html);
}

export function redirect({ response }: Exchange, status: 302 | 303, location: string): void {
  response.writeHead(status, { location, 'cache-control': 'no-store' });
  response.end();
}

/** Form fields, or the top-level strings of a JSON body. */
export function fieldsOf(body: unknown): Readonly<Record<string, string | undefined>> {
  if (!isRecord(body)) return {};
  return Object.fromEntries(
    Object.entries(body).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
  );
}

/** Aborts when the client goes away before the answer is complete. */
export function goneSignal({ response }: Exchange): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    controller.abort(new Error('The client has gone'));
  });
  return controller.signal;
}
