import { HttpError, type HttpFailureKind } from '../base/http.ts';

/** System and undici error codes, by what they mean to a user (S2-14). */
const kinds: readonly [HttpFailureKind, RegExp][] = [
  ['dns', /^(ENOTFOUND|EAI_\w+|ENODATA|ESERVFAIL)$/],
  ['refused', /^ECONNREFUSED$/],
  ['unreachable', /^(ENETUNREACH|EHOSTUNREACH|ENETDOWN|EADDRNOTAVAIL|EHOSTDOWN)$/],
  ['connectTimeout', /^(UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT)$/],
  ['headersTimeout', /^UND_ERR_HEADERS_TIMEOUT$/],
  ['idleTimeout', /^UND_ERR_BODY_TIMEOUT$/],
  [
    'tls',
    /^(ERR_TLS_\w+|ERR_SSL_\w+|CERT_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|HOSTNAME_MISMATCH|EPROTO)$/,
  ],
  [
    'reset',
    /^(ECONNRESET|ECONNABORTED|EPIPE|UND_ERR_SOCKET|UND_ERR_RES_CONTENT_LENGTH_MISMATCH|UND_ERR_DESTROYED|HPE_\w+|ERR_STREAM_PREMATURE_CLOSE|Z_\w+|ERR__ERROR_FORMAT\w*)$/,
  ],
];

/** What broke, from the code of the error or of one of its causes. */
export function classifyTransportError(error: unknown, host: string): HttpError {
  if (error instanceof HttpError) return error;
  for (let cause: unknown = error, depth = 0; cause !== undefined && depth < 5; depth++) {
    if (cause instanceof HttpError) return cause;
    const code = codeOf(cause);
    const kind = kinds.find(([, pattern]) => pattern.test(code))?.[0];
    if (kind) return new HttpError(kind, host, { cause: error });
    cause = causeOf(cause);
  }
  return new HttpError('other', host, { cause: error });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';
}

/** An AggregateError stands for several tries at one host, such as IPv6 and IPv4: the first tells. */
function causeOf(error: unknown): unknown {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors[0];
  return error instanceof Error ? error.cause : undefined;
}
