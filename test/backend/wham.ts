import type { Account } from './accounts.ts';
import { type Exchange, sendJson } from './http.ts';
import { usageBody } from './limits.ts';
import type { World } from './world.ts';

export function usage(world: World, exchange: Exchange, account: Account): void {
  sendJson(exchange, 200, usageBody(account, world.ledger));
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
