import type { InputItem } from './input.ts';

/**
 * What of a chat belongs to an account, so that the chat can go on with another one: encrypted
 * reasoning, which only its own account can read, and the key of the prompt cache. One for each
 * chat; ways back to an earlier account find all in its place again.
 */
export interface ItemOwnership {
  /** These items came in an answer to the account. */
  adopt(items: readonly InputItem[], credentialId: string): void;
  /** What stands for the credential that the item came with; undefined for items of ours. */
  ownerOf(item: InputItem): string | undefined;
  /** The items without those that the account cannot read. */
  readable(items: readonly InputItem[], credentialId: string): readonly InputItem[];
  /** The chat's own id for its first account, another UUID for each one after it. */
  cacheKey(credentialId: string): string;
}

/** Items that only the account and backend that made them can read (WIRE.md f). */
export function isEncrypted({ type }: InputItem): boolean {
  return type === 'reasoning' || type === 'compaction';
}

export interface ItemOwnershipDeps {
  readonly chatId: string;
  readonly newId: () => string;
  /** What stands for the credential in the records of the chat. */
  readonly tagOf: (credentialId: string) => string;
  /** What is known of the chat from before: the tags of items, and the keys by tag. */
  readonly stored?: {
    readonly owners: Pick<WeakMap<InputItem, string>, 'get'>;
    readonly keys: ReadonlyMap<string, string>;
  };
  /** Hears of a new key. */
  readonly onNewKey?: (tag: string, key: string) => void;
}

export function createItemOwnership(deps: ItemOwnershipDeps): ItemOwnership {
  const { chatId, newId, tagOf, stored, onNewKey } = deps;
  const owners = new WeakMap<InputItem, string>();
  const keys = new Map(stored?.keys);
  const ownerOf = (item: InputItem) => owners.get(item) ?? stored?.owners.get(item);
  return {
    ownerOf,
    adopt(items, credentialId) {
      const tag = tagOf(credentialId);
      for (const item of items) if (!owners.has(item)) owners.set(item, tag);
    },
    readable(items, credentialId) {
      const tag = tagOf(credentialId);
      return items.filter((item) => !isEncrypted(item) || (ownerOf(item) ?? tag) === tag);
    },
    cacheKey(credentialId) {
      const tag = tagOf(credentialId);
      const known = keys.get(tag);
      if (known !== undefined) return known;
      const key = keys.size === 0 ? chatId : newId();
      keys.set(tag, key);
      onNewKey?.(tag, key);
      return key;
    },
  };
}
