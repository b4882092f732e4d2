import type { ToWebview } from '../../shared/protocol/messages.ts';

type Answer = Omit<Extract<ToWebview, { type: 'files/known' }>, 'seq'>;

export interface FileQuestionsDeps {
  /** Whether a reference leads to a file that may be opened. */
  exists: (reference: string) => Promise<boolean>;
  tell: (message: Answer) => void;
  /** Epoch ms. */
  now: () => number;
}

/** A file may come or go; a long answer names the same ones over and over. */
const freshMs = 5_000;
const mostRemembered = 1_000;
/** A panel that asks for more before these are answered hears that they are not there. */
const mostWaiting = 500;

export interface FileQuestions {
  /** Tells the view which of the references can be opened, one look at a time. */
  ask(references: readonly string[]): Promise<void>;
  dispose(): void;
}

export function createFileQuestions({ exists: find, tell, now }: FileQuestionsDeps): FileQuestions {
  const known = new Map<string, { readonly exists: boolean; readonly atMs: number }>();
  let waiting = 0;
  let turn: Promise<unknown> = Promise.resolve();
  let disposed = false;

  async function look(reference: string): Promise<boolean> {
    const before = known.get(reference);
    if (before !== undefined && now() - before.atMs < freshMs) return before.exists;
    const exists = await find(reference);
    known.delete(reference);
    known.set(reference, { exists, atMs: now() });
    for (const oldest of known.keys()) {
      if (known.size <= mostRemembered) break;
      known.delete(oldest);
    }
    return exists;
  }

  async function answer(references: readonly string[]): Promise<void> {
    const files: { reference: string; exists: boolean }[] = [];
    for (const reference of references) {
      if (disposed) return;
      files.push({ reference, exists: await look(reference) });
    }
    tell({ type: 'files/known', files });
  }

  return {
    async ask(references) {
      if (waiting + references.length > mostWaiting) {
        const files = references.map((reference) => ({ reference, exists: false }));
        return tell({ type: 'files/known', files });
      }
      waiting += references.length;
      const mine = turn.then(() => answer(references));
      turn = mine.catch(() => undefined).then(() => (waiting -= references.length));
      await mine;
    },
    dispose() {
      disposed = true;
    },
  };
}
