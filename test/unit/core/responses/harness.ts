import { createResponses } from '../../../../src/core/responses/client.ts';
import type { FailureReport } from '../../../../src/core/responses/redaction/exchangeRecorder.ts';
import { ResponsesError } from '../../../../src/core/responses/retry/failure.ts';
import type { ResponsesFailure } from '../../../../src/core/responses/retry/failure.ts';
import { userMessage } from '../../../../src/core/responses/request/input.ts';
import type { ResponsesTokens } from '../../../../src/core/responses/turnCredential.ts';
import type { RetryPolicy } from '../../../../src/core/responses/retry/retry.ts';
import type { ResponsesRequest } from '../../../../src/core/responses/request/request.ts';
import type { Answer, TurnEvent } from '../../../../src/core/responses/stream/turnEvent.ts';
import type { BearerToken, BearerTokenSource } from '../../../../src/core/auth/bearerToken.ts';
import type { Http } from '../../../../src/base/http.ts';
import { silentLog, type Log } from '../../../../src/base/log.ts';
import { skippingClock, type ManualClock } from '../../../support/manualClock.ts';

export const classic: ResponsesRequest = {
  model: { slug: 'gpt-5.5', lite: false, supportsVerbosity: true, defaultVerbosity: 'low' },
  instructions: 'Be brief.',
  input: [userMessage('Say hello.')],
  tools: [],
  effort: 'medium',
  summary: 'auto',
  sessionId: '01a1fb67-d99b-7c30-a295-7bcec978df72',
};

/** Grants numbered by how often they were renewed, by the client or elsewhere. */
export function countingGrants(): BearerTokenSource & {
  renewals: () => number;
  refreshElsewhere: () => void;
} {
  let renewals = 0;
  let elsewhere = 0;
  const bearer = (): BearerToken => ({
    credentialId: 'c1',
    accountId: 'acct-1',
    accessToken: `token-${renewals + elsewhere}`,
  });
  return {
    renewals: () => renewals,
    refreshElsewhere: () => void elsewhere++,
    getToken: async (signal) => {
      signal.throwIfAborted();
      return bearer();
    },
    replaceRejected: async () => {
      renewals++;
      return bearer();
    },
  };
}

export interface Run {
  answer?: Answer;
  failure?: ResponsesFailure;
  report?: FailureReport | undefined;
  events: TurnEvent[];
  /** What a person sees at the end, part by part in order of appearance. */
  shown: { kind: string; text: string }[];
  clock: ManualClock;
}

/** One call of the client, with the picture that its events paint. */
export async function run(
  http: Http,
  request: ResponsesRequest = classic,
  options: {
    tokenProvider?: ResponsesTokens;
    signal?: AbortSignal;
    clock?: ManualClock;
    baseUrl?: string;
    headersTimeoutMs?: number;
    idleTimeoutMs?: number;
    onEvent?: (event: TurnEvent) => void;
    log?: Log;
    retryPolicy?: () => RetryPolicy;
  } = {},
): Promise<Run> {
  const events: TurnEvent[] = [];
  const clock = options.clock ?? skippingClock();
  const client = createResponses({
    http,
    tokenProvider: options.tokenProvider ?? countingGrants(),
    baseUrl: () => options.baseUrl ?? 'https://chatgpt.com/backend-api',
    headersTimeoutMs: options.headersTimeoutMs ?? 60_000,
    idleTimeoutMs: options.idleTimeoutMs ?? 300_000,
    identity: { originator: 'codex_chat', userAgent: 'codex_chat/0.0.0' },
    clock,
    random: () => 0.5,
    log: options.log ?? silentLog,
    ...(options.retryPolicy === undefined ? {} : { retryPolicy: options.retryPolicy }),
  });
  const signal = options.signal ?? new AbortController().signal;
  try {
    const emit = (event: TurnEvent) => {
      events.push(event);
      options.onEvent?.(event);
    };
    const answer = await client.stream(request, emit, signal);
    return { answer, events, shown: paint(events), clock };
  } catch (error) {
    if (!(error instanceof ResponsesError)) throw error;
    return { failure: error.failure, report: error.report, events, shown: paint(events), clock };
  }
}

/** What the chat view makes of the events. */
export function paint(events: readonly TurnEvent[]): { kind: string; text: string }[] {
  const parts = new Map<string, { kind: string; text: string }>();
  for (const event of events) {
    if (event.type === 'put') {
      parts.set(event.part.id, { kind: event.part.kind, text: event.part.text });
    } else if (event.type === 'append') {
      const part = parts.get(event.id);
      if (!part) throw new Error(`An append to ${event.id}, which is not shown.`);
      part.text += event.text;
    } else if (event.type === 'reset') {
      for (const key of event.ids) parts.delete(key);
    }
  }
  return [...parts.values()];
}
