import { noteText } from '../../../../src/core/chat/messages/noteText.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAccountSwitchNote } from '../../../../src/core/chat/turn/accountSwitchNote.ts';
import { setLanguage } from '../../../../src/shared/format.ts';
import type { ResponsesFailure } from '../../../../src/core/responses/retry/failure.ts';

const nowMs = Date.UTC(2026, 10, 21, 12);

beforeAll(() => setLanguage('en', 'UTC'));
afterAll(() => setLanguage('en'));

function chat() {
  const account = createAccountSwitchNote((id) => id);
  return (name: string, after?: ResponsesFailure) => {
    const note = account.note(
      {
        type: 'attempt',
        attempt: 1,
        credentialId: name,
        account: `${name}@example.com`,
        ...(after ? { after } : {}),
      },
      nowMs,
    );
    return note && noteText(note, nowMs);
  };
}

test('nothing is said while a chat stays with its account', () => {
  const goesTo = chat();
  expect([goesTo('ada'), goesTo('ada'), goesTo('ada')]).toEqual([undefined, undefined, undefined]);
});

test('a change of account between two questions is told', () => {
  const goesTo = chat();
  goesTo('ada');
  expect(goesTo('grace')).toBe('Now using grace@example.com.');
  expect(goesTo('grace')).toBeUndefined();
  expect(goesTo('ada')).toBe('Now using ada@example.com.');
});

test.each<[ResponsesFailure, string]>([
  [
    { kind: 'usageLimit', resetsAtMs: nowMs + 125 * 60_000 },
    'has reached its usage limit until 14:05',
  ],
  [{ kind: 'usageLimit' }, 'has reached its usage limit'],
  [{ kind: 'rateLimited', retryAfterMs: 120_000 }, 'has to wait until 12:02'],
  [{ kind: 'billing' }, 'has no credit left'],
  [{ kind: 'usageNotIncluded' }, 'has a plan without Codex'],
  [{ kind: 'unauthorized' }, 'was not let in'],
])('a change in the middle of a turn is told with its reason: %j', (after, words) => {
  const goesTo = chat();
  goesTo('ada');
  expect(goesTo('grace', after)).toBe(
    `ada@example.com ${words}. Continuing with grace@example.com.`,
  );
});
