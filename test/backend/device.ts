import { randomBytes, randomInt } from 'node:crypto';
import type { Account } from './accounts.ts';
import { type Exchange, fieldsOf, sendHtml, sendJson } from './http.ts';
import { challengeOf, type Issuer } from './issuer.ts';
import { devicePage, messagePage } from './pages.ts';
import { clientId } from './tokens.ts';

export interface DeviceFlow {
  userCode: (exchange: Exchange) => void;
  poll: (exchange: Exchange) => void;
  page: (exchange: Exchange) => void;
}

interface Waiting {
  deviceAuthId: string;
  userCode: string;
  expiresAtMs: number;
  bearer?: { code: string; challenge: string; verifier: string };
}

export interface DeviceParts {
  accounts: readonly Account[];
  issuer: Issuer;
  issuerUrl: () => string;
  now: () => number;
}

const lifetimeMs = 15 * 60_000;
/** No letters that look like others. */
const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZ';

/** Sign-in by a code that is typed in a browser, with PKCE made here (WIRE.md a). */
export function createDeviceFlow({ accounts, issuer, issuerUrl, now }: DeviceParts): DeviceFlow {
  const waiting = new Map<string, Waiting>();
  const find = (code: string) =>
    [...waiting.values()].find(
      (entry) => plain(entry.userCode) === plain(code) && now() <= entry.expiresAtMs,
    );

  function userCode(exchange: Exchange): void {
    if (fieldsOf(exchange.body)['client_id'] !== clientId) {
      sendJson(exchange, 400, { error: 'invalid_client' });
      return;
    }
    const entry: Waiting = {
      deviceAuthId: `dev_${randomBytes(18).toString('base64url')}`,
      userCode: `${pick(4, letters)}-${pick(5, '0123456789')}`,
      expiresAtMs: now() + lifetimeMs,
    };
    waiting.set(entry.deviceAuthId, entry);
    sendJson(exchange, 200, {
      device_auth_id: entry.deviceAuthId,
      user_code: entry.userCode,
      interval: '1',
      expires_at: new Date(entry.expiresAtMs).toISOString(),
    });
  }

  /** Pending, denied and expired look the same: 403 (WIRE.md a); the client has its own time limit. */
  function poll(exchange: Exchange): void {
    const fields = fieldsOf(exchange.body);
    const entry = waiting.get(fields['device_auth_id'] ?? '');
    const isSame =
      entry !== undefined && plain(entry.userCode) === plain(fields['user_code'] ?? '');
    if (!isSame || !entry.bearer || now() > entry.expiresAtMs) {
      const code = 'deviceauth_authorization_unknown';
      sendJson(exchange, 403, { error: { code, message: 'Device authorization is unknown' } });
      return;
    }
    waiting.delete(entry.deviceAuthId);
    sendJson(exchange, 200, {
      status: 'success',
      authorization_code: entry.bearer.code,
      code_challenge: entry.bearer.challenge,
      code_verifier: entry.bearer.verifier,
    });
  }

  function page(exchange: Exchange): void {
    const typed = exchange.url.searchParams.get('user_code') ?? '';
    if (exchange.method !== 'POST') {
      sendHtml(exchange, 200, devicePage({ accounts, code: typed }));
      return;
    }
    const fields = fieldsOf(exchange.body);
    const entry = find(fields['user_code'] ?? '');
    const account = accounts.find(({ email }) => email === fields['account']);
    const again = (problem: string) => {
      const code = fields['user_code'] ?? '';
      sendHtml(exchange, 400, devicePage({ accounts, code, problem }));
    };
    if (!entry) again('This code is unknown or too old. Ask the editor for a new one.');
    else if (fields['decision'] !== 'allow') {
      waiting.delete(entry.deviceAuthId);
      sendHtml(
        exchange,
        200,
        messagePage('Not connected', 'You said no. You can close this page.'),
      );
    } else if (!account) again('Choose an account.');
    else if (!account.codex) again('The workspace of this account has no Codex. Choose another.');
    else {
      const verifier = randomBytes(64).toString('base64url');
      const challenge = challengeOf(verifier);
      const code = issuer.makeCode(account, `${issuerUrl()}/deviceauth/callback`, challenge);
      entry.bearer = { code, challenge, verifier };
      const message = `${account.email} is connected. You can close this page and go back to the editor.`;
      sendHtml(exchange, 200, messagePage('Connected', message));
    }
  }

  return { userCode, poll, page };
}

const plain = (code: string) => code.replaceAll(/[\s-]/g, '').toUpperCase();

const pick = (count: number, from: string) =>
  Array.from({ length: count }, () => from[randomInt(from.length)]).join('');
