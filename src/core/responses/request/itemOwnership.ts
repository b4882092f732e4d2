import type { InputItem } from './input.ts';

/**
 * What of a chat belongs to an account, so that the chat can go on with another one: encrypted
 * reasoning, which only its own account can read, and the key of the prompt cache. One for each
 * chat; ways back to an earlier account find all in its place again.
 */
export interface ItemOwnership {
  /** These items came in an answer to the account. */
  adopt(items: readonly InputItem[], credentialId: string): void;
  /** The items without those that the account cannot read. */
  readable(items: readonly InputItem[], credentialId: string): readonly InputItem[];
  /** The chat's own id for its first account, another UUID for each one after it. */
  cacheKey(credentialId: string): string;
}

/** Items that only the account and backend that made them can read (WIRE.md f). */
export function isEncrypted({ type }: InputItem): boolean {
  return type === 'reasoning' || type === 'compaction';
}

export function createItemOwnership(chatId: string, newId: () => string): ItemOwnership {
  const owners = new WeakMap<InputItem, string>();
  const keys = new Map<string, string>();
  return {
    adopt(items, credentialId) {
      for (const item of items) if (!owners.has(item)) owners.set(item, credentialId);
    },
    readable(items, credentialId) {
      return items.filter(
        (item) => !isEncrypted(item) || (owners.get(item) ?? credentialId) === credentialId,
      );
    },
    cacheKey(credentialId) {
      const key = keys.get(credentialId) ?? (keys.size === 0 ? chatId : newId());
      keys.set(credentialId, key);
      return key;
    },
  };
}
