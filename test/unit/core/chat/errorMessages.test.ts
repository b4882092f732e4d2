import { describe, expect, test } from 'vitest';
import { LoadError } from '../../../../src/base/async/loading.ts';
import { AuthError } from '../../../../src/core/auth/errors.ts';
import { errorMessage } from '../../../../src/core/chat/messages/errorMessages.ts';
import {
  ResponsesError,
  type ResponsesFailure,
} from '../../../../src/core/responses/retry/failure.ts';

const now = new Date(2026, 10, 21, 11, 55).getTime();
const words = (failure: ResponsesFailure) => errorMessage(new ResponsesError(failure), now);

describe('a failure in words', () => {
  test('tells when a usage limit ends, as a clock time and as a distance', () => {
    const told = words({ kind: 'usageLimit', resetsAtMs: now + 130 * 60_000 });
    expect(told.message).toContain('14:05 (in 2 hr 10 min)');
    expect(told.availableAtMs).toBe(now + 130 * 60_000);
    expect(words({ kind: 'usageLimit' }).message).toContain('The reset time is unknown');
    expect(words({ kind: 'usageLimit', resetsAtMs: now - 1 }).message).toContain('by now');
  });

  test('tells the kinds of a broken network apart', () => {
    const titles = (['dns', 'refused', 'tls', 'proxy', 'connectTimeout', 'reset'] as const).map(
      (transport) => words({ kind: 'network', transport, host: 'chatgpt.com' }).title,
    );
    expect(new Set(titles).size).toBe(titles.length);
  });

  test('names the proxy that stood in the way, and what it asks for', () => {
    const proxy = { kind: 'network', transport: 'proxy', proxy: 'p.example:8080' } as const;
    expect(words({ ...proxy, proxyStatus: 407 }).message).toContain('password');
    expect(words({ ...proxy, proxyStatus: 502 }).message).toContain('502');
    expect(words(proxy).message).toContain('p.example:8080');
  });

  test('offers to sign in where that is the cure, and a retry where waiting may be', () => {
    expect(words({ kind: 'unauthorized' }).actions).toContain('signIn');
    const ended = new AuthError({ kind: 'sessionEnded', reason: 'reused' });
    expect(errorMessage(ended, now).actions).toContain('signIn');
    const away = new AuthError({ kind: 'unreachable', host: 'auth.openai.com', cause: 'dns' });
    expect(errorMessage(away, now).actions).toContain('retry');
    expect(words({ kind: 'cut' }).actions).toContain('retry');
  });

  test('repeats what the backend said, and gives a fault of ours no stack', () => {
    expect(words({ kind: 'badRequest', detail: 'Input must be a list' }).message).toContain(
      'Input must be a list',
    );
    const broken = errorMessage(new TypeError('x is not a function'), now);
    expect(broken.message).not.toContain('not a function');
    expect(broken.kind).toBe('internal');
  });

  test('asks to reload the window when code of ours is gone from disk', () => {
    const gone = errorMessage(new LoadError(new Error('Cannot find module')), now);
    expect(gone.message).toContain('Reload the window');
    expect(gone.message).not.toContain('Cannot find module');
  });
});
