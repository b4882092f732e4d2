import { expect, test } from 'vitest';
import { effortName } from '../../../webview/base/words.ts';

test.each([
  ['medium', 'Medium'],
  ['xhigh', 'Extra high'],
  ['turbo', 'Turbo'],
])('the effort %s reads as %s', (effort, name) => expect(effortName(effort)).toBe(name));
