import { afterAll, beforeAll, expect, test } from 'vitest';
import { actionText, roleText } from '../../../src/shared/accountText.ts';
import { setLanguage } from '../../../src/shared/format.ts';
import {
  accountAction,
  type AccountAction,
  type AccountRole,
} from '../../../src/shared/protocol/account.ts';

const nowMs = Date.UTC(2030, 2, 15, 11, 55);
const resetsAtMs = Date.UTC(2030, 2, 15, 14, 5);

beforeAll(() => setLanguage('en', 'UTC'));
afterAll(() => setLanguage('en'));

test.each<[AccountRole, string]>([
  [{ kind: 'inUse' }, 'In use'],
  [{ kind: 'next' }, 'Next'],
  [{ kind: 'ready' }, 'Ready'],
  [{ kind: 'coolingDown', untilMs: resetsAtMs }, 'Paused until 14:05'],
  [{ kind: 'coolingDown' }, 'Paused'],
  [{ kind: 'ceiling', percent: 80, untilMs: resetsAtMs }, 'Paused until 14:05 (cap of 80%)'],
  [{ kind: 'ceiling', percent: 80 }, 'Cap of 80% reached'],
  [{ kind: 'signedOut' }, 'Signed out'],
  [{ kind: 'off' }, 'Off'],
])('an account that is %o says so', (role, words) => {
  expect(roleText(role, nowMs)).toBe(words);
});

test('every action has a name of its own', () => {
  const actions: readonly AccountAction[] = accountAction.options;
  const names = actions.map(actionText);
  expect(names).not.toContain('');
  expect(new Set(names).size).toBe(actions.length);
});
