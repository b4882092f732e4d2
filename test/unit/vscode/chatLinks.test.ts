import { describe, expect, test } from 'vitest';
import { readChatLink } from '../../../src/vscode/chat/chatLinks.ts';

describe('a link to a chat', () => {
  test.each([
    ['/chat/1b-2', 'turn=t-1', { chatId: '1b-2', turnId: 't-1' }],
    ['/chat/1b-2', '', { chatId: '1b-2', turnId: undefined }],
    ['/chat/1b-2/', 'turn=../../etc', { chatId: '1b-2', turnId: undefined }],
  ])('%s?%s', (path, query, link) => expect(readChatLink({ path, query })).toEqual(link));

  test.each([['/'], ['/chat/'], ['/chat/a/b'], ['/chat/..'], ['/other/1'], ['/chat/a%2Fb']])(
    '%s is none',
    (path) => expect(readChatLink({ path, query: '' })).toBeUndefined(),
  );
});
