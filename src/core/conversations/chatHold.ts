import { createDeferred } from '../../base/async/deferred.ts';
import type { Leases } from '../../base/storage/leases.ts';

/** The right to write to one chat, over all windows. */
export interface ChatHold {
  /** Resolves once this window has it; rejects when it was left meanwhile. Never twice at a time. */
  begin(): Promise<void>;
  /** Whether this window has it. */
  isHere(): boolean;
  leave(): void;
}

/** Name of the lease of a chat. */
export const chatLease = (id: string): string => `chat ${id}`;

export interface ChatHoldDeps {
  readonly name: string;
  readonly leases: Leases;
  /** It is here from now on. */
  readonly onBegin: () => void;
  /** It is here no longer: it was left, or another window took this one for dead. */
  readonly onEnd: (reason: 'left' | 'lost') => void;
}

export function createChatHold({ name, leases, onBegin, onEnd }: ChatHoldDeps): ChatHold {
  let current: Hold | undefined;

  function start(): Hold {
    const begun = createDeferred<void>();
    const left = createDeferred<void>();
    const waiting = new AbortController();
    const hold: Hold = {
      begun: begun.promise,
      isHere: false,
      end(reason) {
        if (current !== hold) return;
        current = undefined;
        left.resolve();
        if (hold.isHere) onEnd(reason);
        else waiting.abort(new Error('The chat was left.'));
      },
    };
    const work = async (lost: AbortSignal) => {
      if (current !== hold) return;
      hold.isHere = true;
      lost.addEventListener('abort', () => hold.end('lost'), { once: true });
      onBegin();
      begun.resolve();
      await left.promise;
    };
    begun.promise.catch(() => {});
    leases.hold(name, work, waiting.signal).catch((error: unknown) => {
      begun.reject(error);
      hold.end('lost');
    });
    return hold;
  }

  return {
    begin: () => (current ??= start()).begun,
    isHere: () => current?.isHere ?? false,
    leave: () => current?.end('left'),
  };
}

interface Hold {
  readonly begun: Promise<void>;
  isHere: boolean;
  end(reason: 'left' | 'lost'): void;
}
