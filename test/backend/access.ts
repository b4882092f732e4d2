import type { Account } from './accounts.ts';
import { type Exchange, sendJson } from './http.ts';
import type { World } from './world.ts';

/** The signed-in account, or undefined after the refusal has been sent. */
export function admit(world: World, exchange: Exchange): Account | undefined {
  const bearer = /^Bearer (\S+)$/i.exec(exchange.headers['authorization'] ?? '')?.[1];
  if (bearer === undefined) {
    sendJson(exchange, 401, { detail: 'Unauthorized' });
    return undefined;
  }
  const account = world.tokens.check(bearer);
  if (typeof account === 'string') {
    sendJson(exchange, 401, { error: { code: account, message: refusalText[account] } });
    return undefined;
  }
  const accountId = exchange.headers['chatgpt-account-id'];
  if (accountId === undefined ? account.workspace : accountId !== account.accountId) {
    sendJson(exchange, 403, { detail: 'The token does not belong to this account' });
    return undefined;
  }
  return account;
}

const refusalText = {
  token_expired: 'Your authentication token has expired.',
  token_invalidated: 'Your authentication token has been invalidated. Sign in again.',
} as const;
