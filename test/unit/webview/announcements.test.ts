import { expect, test } from 'vitest';
import { queued, type Announcement } from '../../../webview/panel/announcer.ts';
import { reduce, type ViewState } from '../../../webview/panel/state.ts';
import {
  answerText,
  outdatesAnnouncements,
  announcementsOf,
} from '../../../webview/panel/announcements.ts';
import { running, snapshot, turn } from './views.ts';

const view = (change: Parameters<typeof snapshot>[0]): ViewState => {
  const state = reduce(undefined, snapshot(change));
  if (state === undefined) throw new Error('a snapshot gives a state');
  return state;
};
const said = (before: ViewState, after: ViewState) =>
  announcementsOf(before, after).map(({ text, urgent }) => (urgent === true ? `! ${text}` : text));

test('says nothing of what was there when the view came up', () => {
  expect(announcementsOf(undefined, view({ turns: [turn(), running([])] }))).toEqual([]);
});

test('says nothing when another chat is shown', () => {
  expect(said(view({}), view({ chatId: 'chat-2', turns: [turn()] }))).toEqual([]);
});

const busy = view({ turns: [running([])] });
const failure = {
  kind: 'network' as const,
  title: 'You are offline',
  message: 'Try again.',
  actions: [],
};
const text = (words: string) => [{ kind: 'text' as const, id: 'a', text: words }];

const code = { text: 'AB-12', page: 'https://issuer.test/codex/device', endsAtMs: 9 };
const signingIn = (changes: object) =>
  view({
    account: {
      state: 'signingIn',
      startedAtMs: 0,
      endsAtMs: 9,
      lead: 'code',
      codeState: 'none',
      hasPage: true,
      notes: [],
      ...changes,
    },
  });

test.each([
  ['Sent', view({}), busy],
  ['Response ready', busy, view({ turns: [turn({ parts: text('Yes.') })] })],
  [
    'Response ready, 2 code blocks, 1 table',
    busy,
    view({
      turns: [
        turn({
          parts: text('```ts\na\n```\n\n~~~\nb\n~~~\n\n| a | b |\n| --- | --: |\n| 1 | 2 |'),
        }),
      ],
    }),
  ],
  ['Stopped', busy, view({ turns: [turn({ status: 'stopped' })] })],
  ['Interrupted', busy, view({ turns: [turn({ status: 'interrupted' })] })],
  ['! You are offline. Try again.', busy, view({ turns: [turn({ status: 'failed', failure })] })],
  [
    'Reconnecting',
    busy,
    view({ turns: [running([], { retry: { attempt: 1, maxAttempts: 5, reason: '', atMs: 9 } })] }),
  ],
  ['Signed in', view({ account: { state: 'signedOut' } }), view({})],
  [
    '! The sign-in timed out.',
    view({}),
    view({ account: { state: 'signedOut', problem: 'The sign-in timed out.' } }),
  ],
  ['No port.', signingIn({}), signingIn({ notes: ['No port.'] })],
  ['Your code is A B - 1 2', signingIn({}), signingIn({ code: { ...code, text: 'AB-12' } })],
])('says %j', (expected, before, after) => {
  expect(said(before, after)).toEqual([expected]);
});

test.each([
  [
    'a sign-in that ends without a problem',
    signingIn({}),
    view({ account: { state: 'signedOut' } }),
  ],
])('says nothing of %s', (_what, before, after) => {
  expect(said(before, after)).toEqual([]);
});

test('says that a person was signed out', () => {
  expect(said(view({}), view({ account: { state: 'signedOut' } }))).toEqual(['! Signed out']);
});

test('what was said is out of date in another chat, after a sign-in, and once a new turn begins', () => {
  const done = view({ turns: [turn()] });
  expect(outdatesAnnouncements(undefined, done)).toBe(false);
  expect(outdatesAnnouncements(busy, done)).toBe(false);
  expect(outdatesAnnouncements(done, view({ chatId: 'chat-2' }))).toBe(true);
  expect(outdatesAnnouncements(signingIn({}), view({}))).toBe(true);
  expect(
    outdatesAnnouncements(done, view({ turns: [turn(), running([], { id: 'turn-2' })] })),
  ).toBe(true);
});

test('never says a delta, a thought or a tick of the countdown', () => {
  const before = view({
    turns: [running(text('One'), { retry: { attempt: 1, maxAttempts: 5, reason: '', atMs: 9 } })],
  });
  const after = view({
    turns: [
      running([...text('One two'), { kind: 'reasoning', id: 'r', text: 'hm' }], {
        retry: { attempt: 2, maxAttempts: 5, reason: '', atMs: 12 },
      }),
    ],
  });
  expect(said(before, after)).toEqual([]);
});

test('says each step of the quota once and nothing between', () => {
  const at = (usedPercent: number) =>
    view({
      quota: {
        text: '',
        stale: false,
        windows: [{ label: '5h', name: '5-hour limit', kind: 'fiveHour', usedPercent }],
      },
    });
  expect(said(at(70), at(76))).toEqual(['5-hour limit 75% used']);
  expect(said(at(76), at(89))).toEqual([]);
  expect(said(at(74), at(100))).toEqual(['5-hour limit 100% used']);
  expect(said(at(95), at(2))).toEqual([]);
});

test('copies the answer as the model wrote it, without its thinking', () => {
  const parts = [
    { kind: 'reasoning' as const, id: 'r', text: 'hm' },
    ...text('**Yes**'),
    { kind: 'call' as const, id: 'c', tool: 'Read', detail: 'a.ts', state: 'done' as const },
    { kind: 'text' as const, id: 'b', text: 'and no' },
  ];
  expect(answerText(turn({ parts }))).toBe('**Yes**\n\nand no');
});

test('copies the final answer alone, and what leads up to it where there is nothing else', () => {
  const lead = { kind: 'text' as const, id: 'l', text: 'I look.', commentary: true };
  expect(answerText(turn({ parts: [lead, ...text('Done.')] }))).toBe('Done.');
  expect(answerText(turn({ parts: [lead] }))).toBe('I look.');
  const refusal = { kind: 'refusal' as const, id: 'n', text: 'I cannot.' };
  expect(answerText(turn({ parts: [lead, refusal] }))).toBe('I cannot.');
});

test('copies nothing that is being written again', () => {
  const stale = { kind: 'text' as const, id: 's', text: 'Half an', stale: true };
  expect(answerText(turn({ parts: [stale] }))).toBe('');
  expect(answerText(turn({ parts: [...text('One.'), stale] }))).toBe('One.');
});

test('queues urgent sentences first and lets a newer one replace an older of its topic', () => {
  const list: Announcement[] = [
    { text: 'Sent', topic: 'sent' },
    { text: 'Working', topic: 'turn' },
    { text: 'Copied', topic: 'copied' },
    { text: 'Offline', topic: 'turn', urgent: true },
    { text: 'Signed out', topic: 'account', urgent: true },
  ];
  const queue = list.reduce<readonly Announcement[]>(queued, []);
  expect(queue.map(({ text: words }) => words)).toEqual([
    'Offline',
    'Signed out',
    'Sent',
    'Copied',
  ]);
});
