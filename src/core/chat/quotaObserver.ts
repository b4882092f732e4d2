import type { Models } from '../models/models.ts';
import { readLimitError, readQuotaEvent } from '../quota/decode/events.ts';
import { readQuotaHeaders } from '../quota/decode/headers.ts';
import type { Pool } from '../pool/pool.ts';
import { quotaAccountInUse } from '../pool/accountInUse.ts';
import type { QuotaPoll } from '../quota/poll/quotaPoll.ts';
import type { QuotaStore } from '../quota/store/quotaStore.ts';
import type { QuotaSnapshot } from '../quota/decode/quotaSnapshot.ts';
import { ResponsesError, type ResponsesFailure } from '../responses/retry/failure.ts';
import type { TurnEvent } from '../responses/stream/turnEvent.ts';

export interface QuotaObserver {
  event(event: TurnEvent): void;
  failure(error: unknown): void;
  /** To be called when a turn has ended: a response without quota data will bring none any more. */
  turnEnded(): void;
}

/**
 * Takes from each response what it reports besides its text: the quota, that the account is let in
 * again, and that the models changed.
 */
export function createQuotaObserver(deps: {
  quota: Pick<QuotaStore, 'record' | 'noteSilence'>;
  poll: Pick<QuotaPoll, 'want'>;
  models: Pick<Models, 'noteEtag'>;
  pool: Pick<Pool, 'current' | 'settle'>;
  now: () => number;
}): QuotaObserver {
  const { quota, poll, models, pool, now } = deps;
  /** Credentials whose running answer has brought no figures so far. */
  const silent = new Set<string>();

  const take = (reading: QuotaSnapshot | undefined) => {
    if (!reading) return;
    if (hasFigures(reading)) silent.delete(reading.credentialId);
    quota.record(reading);
  };

  const takeLimit = ({ kind, credentialId, plan, resetsAtMs }: ResponsesFailure) => {
    if (kind !== 'usageLimit' || credentialId === undefined) return;
    quota.record(readLimitError({ plan, resetsAtMs }, credentialId, now()));
  };

  const endSilences = () => {
    for (const credentialId of silent) quota.noteSilence(credentialId);
    silent.clear();
  };

  return {
    event(event) {
      if (event.type === 'headers') {
        endSilences();
        const { headers, status, credentialId } = event;
        const outcome = outcomeOf(status);
        if (outcome === 'accepted') silent.add(credentialId);
        if (status === 200) pool.settle(credentialId);
        if (status === 401 || status === 429) poll.want(credentialId);
        take(readQuotaHeaders(headers, credentialId, now(), outcome));
        const etag = headers['x-models-etag'];
        if (etag !== undefined) models.noteEtag(etag);
      } else if (event.type === 'attempt') {
        // The account before this one was turned away, and the turn goes on without it.
        if (event.after) takeLimit(event.after);
      } else if (event.type === 'rateLimits') {
        take(readQuotaEvent(event.limits, event.credentialId, now()));
      }
    },
    failure(error) {
      if (error instanceof ResponsesError) takeLimit(error.failure);
    },
    turnEnded() {
      endSilences();
      // The quota that the turn took is known to the backend now.
      const inUse = quotaAccountInUse(pool);
      if (inUse !== undefined) poll.want(inUse);
    },
  };
}

/** Figures of the main limits; a family of its own says nothing about them. */
const hasFigures = ({ windows }: QuotaSnapshot) => windows.length > 0;

function outcomeOf(status: number): 'accepted' | 'refused' | undefined {
  if (status >= 200 && status < 300) return 'accepted';
  return status === 429 ? 'refused' : undefined;
}
