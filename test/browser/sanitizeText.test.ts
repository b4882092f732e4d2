import { expect, test } from 'vitest';
import { toWebview } from '../../src/shared/protocol/messages.ts';
import type { TurnPart } from '../../src/shared/protocol/turn.ts';
import { sampleAccounts, sampleHeld, sampleWarning } from '../support/usageSample.ts';
import { stillTimeMs, type Unnumbered } from './panelPage.ts';
import { running, snapshot, turn } from './panelScenes.ts';
import { usePanels } from './panels.ts';

const panels = usePanels();

/** What people, the model or the backend have written, by the names that messages give it. */
const written = new Set(
  [
    ['prompt', 'name', 'detail', 'tool', 'text', 'label', 'title', 'message', 'reason'],
    ['notes', 'problem', 'remarks', 'account', 'workspace'],
  ].flat(),
);

/** The message with a right-to-left override in front of each such text. */
function withOverrides(message: Unnumbered): Unnumbered {
  const text = JSON.stringify({ ...message, seq: 0 }, (key, value: unknown) => {
    if (!written.has(key)) return value;
    if (typeof value === 'string') return `\u202e${value}`;
    if (!Array.isArray(value)) return value;
    return value.map((each: unknown) => (typeof each === 'string' ? `\u202e${each}` : each));
  });
  return toWebview.parse(JSON.parse(text));
}

const parts: TurnPart[] = [
  { kind: 'text', id: 'text-1', text: 'Some `code` and [a link](https://a.example/\u202ex).' },
  { kind: 'reasoning', id: 'thought-1', text: '**Reading**\n\nAll of it.', ms: 3_000 },
  { kind: 'refusal', id: 'refusal-1', text: 'I will not.' },
  { kind: 'call', id: 'call-1', tool: 'shell', detail: 'rm x', state: 'done' },
];
const failure = {
  kind: 'usageLimit' as const,
  title: 'Usage limit reached',
  message: 'Nothing is left.',
  actions: ['retry'] satisfies ['retry'],
  limitActions: [{ kind: 'useAccount' as const, accountId: 'b', label: 'grace@b.example' }],
};
const notes = ['Answered by another model.'];

const shown = `(() => {
  const found = [];
  for (const element of document.querySelectorAll('body *')) {
    for (const { name, value } of element.attributes)
      if (value.includes('\\u202e')) found.push(element.localName + ' ' + name + '=' + value);
    for (const node of element.childNodes)
      if (node.nodeType === 3 && node.data.includes('\\u202e')) found.push(element.className + ': ' + node.data);
  }
  return found;
})()`;

test('no text that was written by somebody turns the direction of what is around it', async () => {
  const chat = snapshot({
    turns: [
      turn({ parts, notes }),
      turn({ id: 'turn-2', status: 'failed', failure, parts: [] }),
      running([], {
        id: 'turn-3',
        retry: { attempt: 2, maxAttempts: 5, reason: 'Connection lost', atMs: stillTimeMs },
      }),
    ],
  });
  const panel = await panels.open({}, withOverrides(chat));
  await panel.tell(
    withOverrides({ type: 'scheduled', prompts: sampleHeld(stillTimeMs) }),
    withOverrides({ type: 'warning', warning: sampleWarning(stillTimeMs) }),
  );
  await expect.poll(() => panel.page.evaluate(shown)).toEqual([]);
  await expect
    .poll(() => panel.page.locator('.ask-text').first().innerText())
    .toMatch(/^⟦U\+202E⟧Why/);
  await panel.page.locator('.foot button').click();
  await panel.page.locator('.usage').waitFor();
  await panel.tell(
    withOverrides({ type: 'usage/accounts', accounts: sampleAccounts('three', stillTimeMs) }),
  );
  await expect.poll(() => panel.page.evaluate(shown)).toEqual([]);
});

test('a new chat shows no hidden characters of file names either', async () => {
  const panel = await panels.open({}, withOverrides(snapshot()));
  await expect.poll(() => panel.page.evaluate(shown)).toEqual([]);
});

const direction = "getComputedStyle(document.querySelector('.ask-text')).direction";

test('a prompt from right to left reads from there, with its joiners', async () => {
  const prompt = 'می‌خواهم `src/a.ts` را بخوانم';
  const panel = await panels.open({}, snapshot({ turns: [turn({ prompt })] }));
  const words = panel.page.locator('.ask-text');
  await expect.poll(() => words.innerText()).toBe('می‌خواهم src/a.ts را بخوانم');
  await expect.poll(() => panel.page.evaluate(direction)).toBe('rtl');
});
