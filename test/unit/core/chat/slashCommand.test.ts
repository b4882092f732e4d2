import { expect, test } from 'vitest';
import { readSlashCommand } from '../../../../src/core/chat/slashCommand.ts';

test.each(['/compact', ' /compact\n', '/Compact'])('%j is the command to compact', (text) => {
  expect(readSlashCommand(text)).toBe('compact');
});

test.each([
  'compact',
  '/compactor',
  '/compact now',
  '/unknown',
  '/',
  '//compact',
  '/etc/hosts',
  '',
])('%j is sent as a message', (text) => {
  expect(readSlashCommand(text)).toBeUndefined();
});
