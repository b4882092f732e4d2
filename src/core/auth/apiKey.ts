import { readText, type Http } from '../../base/http.ts';
import { noAnswerLimit, type AnswerLimit } from './answerLimit.ts';
import type { Credential } from './credential.ts';
import { AuthError, unreachableFrom } from './errors.ts';

/** The key in what somebody typed or pasted; undefined when it cannot be one. */
export function readApiKey(text: string): string | undefined {
  const key = text.trim().replace(/^["']|["']$/g, '');
  return /^[\w-]{20,300}$/.test(key) ? key : undefined;
}

/**
 * The key as it is stored. Its id tells two keys apart without a letter of them; its issuer is the
 * API that it was entered for, and it is shown to no other.
 */
export async function toApiKeyCredential(
  key: string,
  api: string,
  nowMs: number,
): Promise<Credential> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key));
  const mark = [...new Uint8Array(digest)]
    .slice(0, 6)
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
  return {
    kind: 'apiKey',
    id: `apiKey.${mark}`,
    issuer: api,
    accountId: `API key ${mark.slice(0, 4)}`,
    accessToken: key,
    refreshToken: '',
    refreshedAtMs: nowMs,
  };
}

/** Asks the API whether it takes the key; throws {@link AuthError} when not, or when it cannot tell. */
export async function checkApiKey(
  {
    http,
    headers,
    limit = noAnswerLimit,
  }: { http: Http; headers: Readonly<Record<string, string>>; limit?: AnswerLimit },
  { accessToken, issuer }: Credential,
  signal: AbortSignal,
): Promise<void> {
  const { status } = await limit(issuer, signal, ask).catch((error: unknown) => {
    throw unreachableFrom(error);
  });
  if (status === 200) return;
  if (status === 401 || status === 403) throw new AuthError({ kind: 'badKey' });
  throw new AuthError({ kind: 'apiFailed', status });

  async function ask(limited: AbortSignal) {
    const response = await http(
      {
        method: 'GET',
        url: `${issuer}/models`,
        headers: { ...headers, accept: 'application/json', authorization: `Bearer ${accessToken}` },
        headersTimeoutMs: 20_000,
        idleTimeoutMs: 20_000,
      },
      limited,
    );
    await readText(response);
    return response;
  }
}
