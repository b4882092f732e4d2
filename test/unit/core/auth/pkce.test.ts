import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { createPkce } from '../../../../src/core/auth/signIn/pkce.ts';

test('makes a verifier, its S256 challenge and a state in the sizes of the Codex CLI', async () => {
  const { verifier, challenge, state } = await createPkce(randomBytes);
  expect(verifier).toMatch(/^[\w-]{86}$/);
  expect(state).toMatch(/^[\w-]{43}$/);
  expect(challenge).toBe(createHash('sha256').update(verifier).digest('base64url'));
});

test('writes bytes as base64url without padding', async () => {
  const { verifier, state } = await createPkce((length) => new Uint8Array(length).fill(0xfb));
  expect(verifier).toBe(Buffer.alloc(64, 0xfb).toString('base64url'));
  expect(state).toBe(Buffer.alloc(32, 0xfb).toString('base64url'));
});
