import type { PoolEntry } from '../../src/core/pool/accountList.ts';

/** An account that is ready, but for what is given. */
export function poolEntry(values: Partial<PoolEntry> = {}): PoolEntry {
  const { id = 'a' } = values;
  return {
    id,
    label: id,
    account: `${id}@home.example`,
    kind: 'chatgpt',
    preferences: {},
    condition: { kind: 'ready' },
    ...values,
  };
}
