import { expect, test } from 'vitest';
import {
  chatAsJson,
  chatAsMarkdown,
  type ExportedChat,
} from '../../../../src/core/chat/exportChat.ts';

const chat: ExportedChat = {
  id: 'chat-1',
  title: 'Totals\nare off',
  workspace: 'file:///w',
  createdAtMs: 0,
  turns: [
    {
      id: 'a',
      prompt: { text: 'Why?', attachments: [{ path: 'src/totals.ts' }] },
      startedAtMs: 1_000,
      endedAtMs: 2_000,
      status: 'stopped',
      model: 'gpt-5.5',
      parts: [
        { kind: 'reasoning', id: 'r', text: 'secret thought' },
        { kind: 'text', id: 'old', text: 'taken back', stale: true },
        { kind: 'text', id: 't', text: 'Because of **cents**.' },
      ],
      usage: { input: 1 },
    },
  ],
};

test('Markdown has the prompts and the answers, and says how a turn ended early', () => {
  expect(chatAsMarkdown(chat)).toBe(
    '# Totals are off\n\n## You\n\nWhy?\n\n- `src/totals.ts`\n\n## Codex\n\nBecause of **cents**.\n\n_stopped_\n',
  );
});

test('JSON has all that is shown, with times as ISO 8601', () => {
  const document: unknown = JSON.parse(chatAsJson(chat));
  expect(document).toMatchObject({
    format: 'codex-chat',
    version: 1,
    title: 'Totals\nare off',
    createdAt: '1970-01-01T00:00:00.000Z',
    turns: [{ prompt: 'Why?', endedAt: '1970-01-01T00:00:02.000Z', parts: chat.turns[0]?.parts }],
  });
});

test('a time that no clock can show is left out', () => {
  expect(JSON.parse(chatAsJson({ ...chat, createdAtMs: 1e300 }))).not.toHaveProperty('createdAt');
});
