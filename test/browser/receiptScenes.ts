import type { TurnReceipt, TurnView } from '../../src/shared/protocol/turn.ts';
import type { Unnumbered } from './panelPage.ts';
import { turn } from './panelScenes.ts';

/** What two requests that failed and one that went well took, beside another device. */
export const costly: TurnReceipt = {
  requests: 3,
  failed: ['cut', 'overloaded'],
  shares: [
    { label: '5h', points: 0.62, certainty: 'shared' },
    { label: 'wk', points: 0.1, certainty: 'rough' },
  ],
  others: [
    { label: '5h', points: 1.4 },
    { label: 'wk', points: 0.2 },
  ],
};

/** As soon as the turn has ended: the figures of the windows are to come. */
export const fresh: TurnReceipt = {
  requests: 1,
  failed: [],
  shares: [
    { label: '5h', points: 0, certainty: 'pending' },
    { label: 'wk', points: 0, certainty: 'pending' },
  ],
};

export const plain: TurnReceipt = {
  requests: 1,
  failed: [],
  shares: [
    { label: '5h', points: 0.6, certainty: 'measured' },
    { label: 'wk', points: 0.1, certainty: 'measured' },
  ],
};

const short = { attachments: [], prompt: 'And now?' };
const said = (id: string, text: string): Partial<TurnView> => ({
  id,
  ...short,
  parts: [{ kind: 'text', id: `${id}-text`, text }],
});

const { usage: _usage, ...uncounted } = turn();

/** Turns with every kind of receipt. */
export const receiptTurns: readonly TurnView[] = [
  turn({ ...said('plain', 'The suite is green.'), receipt: plain }),
  turn({ ...said('costly', 'It works on the third try.'), receipt: costly }),
  {
    ...uncounted,
    ...said('stopped', 'I start with the failing test and'),
    status: 'stopped',
    receipt: { ...costly, requests: 2, failed: ['stalled'], others: [] },
  },
  {
    ...uncounted,
    ...short,
    id: 'failed',
    status: 'failed',
    parts: [],
    failure: {
      kind: 'cut',
      title: 'Connection lost',
      message: 'The answer could not be finished. Retry asks for it again.',
      actions: ['retry', 'copyDetails'],
    },
    receipt: { requests: 5, failed: ['cut', 'cut', 'cut', 'network', 'server'], shares: [] },
  },
  turn({ ...said('fresh', 'Done.'), receipt: fresh }),
];

/** The turn told once more, with what is known of its cost now. */
export function retold(of: TurnView, receipt: TurnReceipt): Unnumbered {
  const { id, prompt: _prompt, attachments: _files, parts: _parts, startedAtMs: _at, ...head } = of;
  return { type: 'turn/state', turnId: id, ...head, receipt };
}
