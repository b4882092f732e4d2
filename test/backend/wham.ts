import type { Account } from './accounts.ts';
import { type Exchange, sendJson } from './http.ts';
import { bankedBody, usageBody } from './limits.ts';
import { asRecord } from './values.ts';
import type { World } from './world.ts';

export function usage(world: World, exchange: Exchange, account: Account): void {
  sendJson(exchange, 200, usageBody(account, world));
}

export function bankedResets({ meters }: World, exchange: Exchange, account: Account): void {
  sendJson(exchange, 200, bankedBody(account, meters));
}

/** The same request id twice is one wish; which credit is meant may be left to the backend. */
export function redeemReset({ meters }: World, exchange: Exchange, account: Account): void {
  const { redeem_request_id: requestId, credit_id: creditId } = asRecord(exchange.body);
  if (typeof requestId !== 'string' || requestId === '') {
    sendJson(exchange, 422, { detail: 'redeem_request_id is missing' });
    return;
  }
  const named = typeof creditId === 'string' ? creditId : undefined;
  const code = meters.redeem(account, requestId, named);
  sendJson(exchange, 200, { code, windows_reset: code === 'reset' ? 2 : 0 });
}

/** The account that the routing probe of the real client looks for (WIRE.md d). */
export function accountsCheck(_world: World, exchange: Exchange, account: Account): void {
  const entry = {
    id: account.accountId,
    name: account.workspace ? account.name : null,
    structure: account.workspace ? 'workspace' : 'personal',
    plan_type: account.plan,
    workspace_backend_origin: 'https://chatgpt.com',
    account_routing_override: 'NO_CONSTRAINT',
    is_deactivated: false,
  };
  sendJson(exchange, 200, { accounts: [entry], default_account_id: account.accountId });
}

export function userSettings(_world: World, exchange: Exchange): void {
  sendJson(
    exchange,
    200,
    { settings: {}, training_allowed: false },
    { 'cache-control': 'no-cache' },
  );
}
