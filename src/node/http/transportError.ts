import { HttpError, type HttpFailureKind } from '../../base/http.ts';

/** System and undici error codes, by what they mean to a user. */
const kinds: readonly [HttpFailureKind, RegExp][] = [
  ['dns', /^(ENOTFOUND|EAI_\w+|ENODATA|ESERVFAIL)$/],
  ['refused', /^ECONNREFUSED$/],
  ['unreachable', /^(ENETUNREACH|EHOSTUNREACH|ENETDOWN|EADDRNOTAVAIL|EHOSTDOWN)$/],
  ['connectTimeout', /^(UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT)$/],
  ['headersTimeout', /^UND_ERR_HEADERS_TIMEOUT$/],
  ['idleTimeout', /^UND_ERR_BODY_TIMEOUT$/],
  [
    'tls',
    /^(ERR_(TLS|SSL|OSSL)_\w+|CERT_\w+|CRL_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|ERROR_IN_\w+|INVALID_(CA|PURPOSE)|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH|EPROTO)$/,
  ],
  [
    'reset',
    /^(ECONNRESET|ECONNABORTED|EPIPE|UND_ERR_SOCKET|UND_ERR_RES_CONTENT_LENGTH_MISMATCH|UND_ERR_DESTROYED|HPE_\w+|ERR_STREAM_PREMATURE_CLOSE|Z_\w+|ZSTD_\w+|ERR__ERROR_FORMAT\w*)$/,
  ],
];

/** What broke, from the code of the error or of one of its causes. `proxy`: one that lay between. */
export function classifyTransportError(error: unknown, host: string, proxy?: string): HttpError {
  const known = causes(error).find((cause) => cause instanceof HttpError);
  return known ?? new HttpError(kindOf(error), host, { cause: error, ...(proxy && { proxy }) });
}

/**
 * What broke on the way to a proxy or in talking to it. Where the person must look is the proxy, so
 * most is of kind 'proxy', with the host that was wanted. A certificate that is not trusted and a
 * silence keep their kind, with the proxy as the host.
 */
export function classifyProxyError(error: unknown, host: string, proxy: string): HttpError {
  const known = causes(error).find((cause) => cause instanceof HttpError);
  if (known) return known;
  const kind = kindOf(error);
  return kind === 'tls' || kind === 'connectTimeout'
    ? new HttpError(kind, proxy, { cause: error, proxy })
    : new HttpError('proxy', host, { cause: error, proxy });
}

/** The codes of an error and of its causes, the outermost first. */
export function errorCodes(error: unknown): string[] {
  return causes(error).flatMap((cause) =>
    cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? [cause.code] : [],
  );
}

function kindOf(error: unknown): HttpFailureKind {
  for (const code of errorCodes(error)) {
    const kind = kinds.find(([, pattern]) => pattern.test(code))?.[0];
    if (kind) return kind;
  }
  return 'other';
}

function causes(error: unknown): unknown[] {
  const found: unknown[] = [];
  for (let cause = error; cause !== undefined && found.length < 5; cause = causeOf(cause)) {
    found.push(cause);
  }
  return found;
}

/** An AggregateError stands for several tries at one host, such as IPv6 and IPv4: the first tells. */
function causeOf(error: unknown): unknown {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors[0];
  return error instanceof Error ? error.cause : undefined;
}
