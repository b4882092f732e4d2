/** `length` bytes that nobody can guess. */
export type RandomBytes = (length: number) => Uint8Array;

/** The secrets of one sign-in, and what of them the sign-in page may see (RFC 7636). */
export interface Pkce {
  /** 86 characters; goes only to the token endpoint. */
  verifier: string;
  /** SHA-256 of the verifier (S256). */
  challenge: string;
  /** 43 characters; the redirect must bring it back. */
  state: string;
}

/** Sizes as the Codex CLI has them (WIRE.md a, PKCE). */
export async function createPkce(random: RandomBytes): Promise<Pkce> {
  const verifier = base64Url(random(64));
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  return { verifier, challenge: base64Url(new Uint8Array(digest)), state: base64Url(random(32)) };
}

function base64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}
