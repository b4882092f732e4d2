import { AuthError } from '../../auth/errors.ts';
import { PoolError } from '../../pool/failure.ts';
import type { FailureReport } from '../../responses/redaction/exchangeRecorder.ts';
import { ResponsesError } from '../../responses/retry/failure.ts';

/** A report is to be pasted somewhere; a longer one is read by nobody. */
const longestBytes = 16_000;

/**
 * What a report of a failed turn needs, as JSON of at most 16 kB: kinds, codes and ids, and the
 * last exchange. Never a token, an address, a prompt, an argument or an answer.
 */
export function failureReport(error: unknown): string {
  if (!(error instanceof ResponsesError)) return write(otherFacts(error));
  const { report } = error;
  if (report === undefined) {
    const { credentialId: _credentialId, detail: _detail, ...facts } = error.failure;
    return write({ ...facts, attempts: error.attempts });
  }
  const drafts = [whole, withoutUnknown, withoutError].map((draft) => write(draft(report)));
  return drafts.find((text) => bytesOf(text) <= longestBytes) ?? write(report.facts);
}

function whole({ facts, exchange }: FailureReport) {
  return { ...facts, exchange };
}

function withoutUnknown({ facts, exchange }: FailureReport) {
  return { ...facts, exchange: { ...exchange, unknown: `${exchange.unknown.length} left out` } };
}

function withoutError({ facts, exchange }: FailureReport) {
  const { request, response, attempts } = exchange;
  return { ...facts, exchange: { request, attempts, status: response?.status } };
}

/** Without the sentences of the error: they are in the language of the editor. */
function otherFacts(error: unknown): Readonly<Record<string, string | number>> {
  if (error instanceof PoolError) return { kind: error.failure.kind };
  if (!(error instanceof AuthError)) {
    return { kind: 'internal', detail: error instanceof Error ? error.name : typeof error };
  }
  const { failure } = error;
  return {
    kind: failure.kind,
    ...('reason' in failure && { reason: failure.reason }),
    ...('cause' in failure && { cause: failure.cause }),
    ...('status' in failure && { status: failure.status }),
    ...('why' in failure && failure.why !== undefined && { why: failure.why }),
  };
}

function write(value: object): string {
  return JSON.stringify(value, undefined, 2);
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}
