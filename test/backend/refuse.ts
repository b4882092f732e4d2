import type { Account } from './accounts.ts';
import type { Exchange } from './http.ts';
import type { Catalogue } from './models.ts';
import { isRecord, type Json } from './values.ts';

export interface Refusal {
  status: number;
  body: Json;
}

/** Why the backend would not take this request to /codex/responses; undefined = it would. */
export function refusalOf(
  exchange: Exchange,
  _models: Catalogue,
  _account: Account,
): Refusal | undefined {
  return isRecord(exchange.body) ? undefined : { status: 400, body: { detail: 'Invalid JSON' } };
}
