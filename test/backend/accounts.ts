import { createHash } from 'node:crypto';
import type { AccountSeed } from './types.ts';

export interface Account extends AccountSeed {
  name: string;
  accountId: string;
  userId: string;
  codex: boolean;
}

export const practiceAccounts: readonly AccountSeed[] = [
  { email: 'ada@example.com', name: 'Ada', plan: 'plus' },
  { email: 'grace@example.com', name: 'Grace', plan: 'pro', credits: '12.50' },
  { email: 'linus@example.com', name: 'Linus', plan: 'free', codex: false },
];

export function createAccounts(seeds: readonly AccountSeed[]): readonly Account[] {
  return seeds.map((seed) => {
    const mark = createHash('sha256').update(seed.email).digest('hex');
    return {
      ...seed,
      name: seed.name ?? seed.email.split('@')[0] ?? seed.email,
      accountId: seed.accountId ?? asUuid(mark),
      userId: `user-${mark.slice(32, 56)}`,
      codex: seed.codex ?? true,
    };
  });
}

export function findAccount(accounts: readonly Account[], email: string): Account {
  const account = accounts.find((candidate) => candidate.email === email);
  if (!account) throw new Error(`The practice backend has no account ${email}`);
  return account;
}

const asUuid = (hex: string) =>
  [0, 8, 12, 16, 20, 32]
    .slice(1)
    .map((end, index) => hex.slice([0, 8, 12, 16, 20][index], end))
    .join('-');
