import { expect, test } from 'vitest';
import { HttpError } from '../../../../src/base/http.ts';
import { AuthError } from '../../../../src/core/auth/errors.ts';
import {
  fetchProblemOf,
  fetchProblemSentence,
} from '../../../../src/core/quota/poll/fetchProblem.ts';
import { UsageError } from '../../../../src/core/quota/poll/usageError.ts';

const host = 'chatgpt.com';

test.each<[unknown, string, string]>([
  [
    new UsageError({ kind: 'refused', status: 503 }),
    'refused 503',
    'Codex did not return usage data (status 503).',
  ],
  [
    new UsageError({ kind: 'unreadable' }),
    'unreadable',
    'Codex returned usage data in an unknown format.',
  ],
  [new HttpError('dns', host), 'unreachable chatgpt.com', 'chatgpt.com could not be reached.'],
  [
    new AuthError({ kind: 'unreachable', host, cause: 'deadline' }),
    'unreachable chatgpt.com',
    'chatgpt.com could not be reached.',
  ],
  [
    new AuthError({ kind: 'busyElsewhere' }),
    'busyElsewhere',
    'Another editor window is still refreshing your Codex session. Try again in a moment.',
  ],
  [new TypeError('secret'), 'unknown', 'Usage could not be read.'],
])('%s is stored as a kind and told as a sentence', (error, stored, sentence) => {
  expect(fetchProblemOf(error)).toBe(stored);
  expect(fetchProblemSentence(stored)).toBe(sentence);
});

test('a sentence that an older version stored is not repeated in its language', () => {
  const old = 'Codex did not return usage data (status 500).';
  expect(fetchProblemSentence(old)).toBe('Usage could not be read.');
});
