import type { Models } from '../models/models.ts';
import { readLimitError, readQuotaEvent } from '../quota/events.ts';
import { readQuotaHeaders } from '../quota/headers.ts';
import type { QuotaBook } from '../quota/quota.ts';
import { ResponsesError } from '../responses/failure.ts';
import type { TurnEvent } from '../responses/turnEvent.ts';

/** Takes from each answer what it tells besides the answer: limits, and that the models changed. */
export function createAnswerObserver(needs: {
  quota: Pick<QuotaBook, 'record'>;
  models: Pick<Models, 'noteEtag'>;
  now: () => number;
}): { event(event: TurnEvent): void; failure(error: unknown): void } {
  const { quota, models, now } = needs;
  return {
    event(event) {
      if (event.type === 'headers') {
        const { headers, status, credentialId } = event;
        const outcome = outcomeOf(status);
        const reading = readQuotaHeaders(headers, credentialId, now(), outcome);
        if (reading) quota.record(reading);
        const etag = headers['x-models-etag'];
        if (etag !== undefined) models.noteEtag(etag);
      } else if (event.type === 'rateLimits') {
        const reading = readQuotaEvent(event.limits, event.credentialId, now());
        if (reading) quota.record(reading);
      }
    },
    failure(error) {
      if (!(error instanceof ResponsesError)) return;
      const { kind, credentialId, plan, resetsAtMs } = error.failure;
      if (kind !== 'usageLimit' || credentialId === undefined) return;
      quota.record(readLimitError({ plan, resetsAtMs }, credentialId, now()));
    },
  };
}

function outcomeOf(status: number): 'accepted' | 'refused' | undefined {
  if (status >= 200 && status < 300) return 'accepted';
  return status === 429 ? 'refused' : undefined;
}
