import * as z from 'zod/mini';
import { requestFailureKind } from '../../shared/protocol/turn.ts';
import { storedTime } from '../../base/json/boundedNumbers.ts';
import { LoadError } from '../../base/async/loading.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import { signedOutReason } from '../auth/credential.ts';
import { AuthError } from '../auth/errors.ts';
import { PoolError } from '../pool/failure.ts';
import { ResponsesError } from '../responses/retry/failure.ts';

/**
 * What ended a turn, as it is stored: the kind of the error and its facts, from which the words are
 * made whenever it is shown. Never a credential: `facts` are without their ids.
 */
export const storedError = z.object({
  source: z.enum(['responses', 'auth', 'pool', 'load', 'internal']),
  /** The failure of the error, a plain object with a `kind`. */
  facts: z.optional(z.looseObject({ kind: z.string() })),
  /** Requests that were sent. */
  attempts: z.optional(z.number()),
});

export type StoredError = z.infer<typeof storedError>;

export function toStoredError(error: unknown): StoredError {
  if (error instanceof ResponsesError) {
    const { credentialId: _credentialId, ...facts } = error.failure;
    return { source: 'responses', facts, attempts: error.attempts };
  }
  if (error instanceof AuthError) return { source: 'auth', facts: { ...error.failure } };
  if (error instanceof PoolError) {
    const { failure } = error;
    if (failure.kind === 'allOff') return { source: 'pool', facts: { kind: 'allOff' } };
    const { credentialId: _credentialId, ...facts } = failure;
    return { source: 'pool', facts };
  }
  return { source: error instanceof LoadError ? 'load' : 'internal' };
}

const optional = <T extends z.core.$ZodType>(field: T) => z.catch(z.optional(field), undefined);

const transport = z.enum([
  'dns',
  'refused',
  'unreachable',
  'reset',
  'tls',
  'proxy',
  'connectTimeout',
  'headersTimeout',
  'idleTimeout',
  'other',
]);

/** A field that another version has written in another form counts as not there. */
const responsesFacts = z.lazy(() =>
  z.object({
    kind: requestFailureKind,
    status: optional(z.number()),
    code: optional(z.string()),
    detail: optional(z.string()),
    requestId: optional(z.string()),
    retryAfterMs: optional(storedTime),
    resetsAtMs: optional(storedTime),
    plan: optional(z.string()),
    host: optional(z.string()),
    transport: optional(transport),
    proxy: optional(z.string()),
    proxyStatus: optional(z.number()),
  }),
);

/** The failures of a sign-in that can end a turn. */
const authFacts = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('sessionEnded'),
      reason: z.catch(signedOutReason, 'rejected'),
    }),
    z.object({ kind: z.literal('otherIssuer'), issuer: z.string() }),
    z.object({
      kind: z.literal('unreachable'),
      host: z.string(),
      cause: z.catch(z.union([transport, z.literal('deadline')]), 'other'),
    }),
    z.object({
      kind: z.literal('issuerFailed'),
      status: z.number(),
      retryAfterMs: optional(storedTime),
    }),
    z.object({
      kind: z.literal('storeFailed'),
      why: optional(z.enum(['disk', 'newerVersion', 'tooLarge'])),
    }),
    z.object({ kind: z.enum(['notSignedIn', 'noEntitlement', 'noAccount']) }),
    z.object({ kind: z.enum(['badAnswer', 'unsafeIssuer', 'busyElsewhere', 'badKey']) }),
  ]),
);

const poolFacts = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('allOff') }),
    z.object({
      kind: z.literal('ceiling'),
      percent: z.number(),
      label: z.string(),
      opensAtMs: optional(storedTime),
    }),
  ]),
);

/**
 * The error again, without its cause and its report. Facts that this version cannot read give an
 * error of no kind.
 */
export function fromStoredError({ source, facts, attempts }: StoredError): Error {
  switch (source) {
    case 'responses': {
      const read = responsesFacts.safeParse(facts);
      if (!read.success) break;
      return new ResponsesError(omitUndefined(read.data), omitUndefined({ attempts }));
    }
    case 'auth': {
      const read = authFacts.safeParse(facts);
      if (!read.success) break;
      return new AuthError(omitUndefined(read.data));
    }
    case 'pool': {
      const read = poolFacts.safeParse(facts);
      if (!read.success) break;
      if (read.data.kind === 'allOff') return new PoolError(read.data);
      return new PoolError({ credentialId: '', ...omitUndefined(read.data) });
    }
    case 'load':
      return new LoadError(undefined);
    case 'internal':
  }
  return new Error('stored without a kind');
}
