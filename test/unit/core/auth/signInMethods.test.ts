import { expect, test } from 'vitest';
import { hostEnvironmentOf, planSignIn } from '../../../../src/core/auth/signIn/signInMethods.ts';

test.each([
  [undefined, false, 'local', 'browser'],
  ['wsl', false, 'wsl', 'browser'],
  ['ssh-remote', false, 'ssh', 'code'],
  ['dev-container', false, 'container', 'code'],
  ['attached-container', false, 'container', 'code'],
  ['codespaces', false, 'codespaces', 'code'],
  ['tunnel', false, 'tunnel', 'code'],
  ['something-new', false, 'ssh', 'code'],
  ['constructor', false, 'ssh', 'code'],
  [undefined, true, 'web', 'code'],
  ['wsl', true, 'web', 'code'],
  ['ssh-remote', true, 'web', 'code'],
  ['codespaces', true, 'codespaces', 'code'],
  ['tunnel', true, 'tunnel', 'code'],
] as const)('remote %s, in a browser %s: %s, the %s comes first', (remote, isWeb, place, first) => {
  expect(hostEnvironmentOf(remote, isWeb)).toBe(place);
  expect(planSignIn(place)).toEqual({ first });
});
