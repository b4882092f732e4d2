import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideLink } from '../../../src/core/chat/links.ts';

describe('a link of an answer', () => {
  test.each([
    ['https://example.com/a', 'example', 'open'],
    ['http://example.com', 'https://www.example.com/page', 'open'],
    ['https://evil.example/x', 'github.com', 'ask'],
    ['https://xn--pple-43d.com', 'apple', 'ask'],
    [`https://example.com/?q=${'x'.repeat(101)}`, 'here', 'ask'],
    ['mailto:a@example.com', 'mail', 'ask'],
    ['https://user:pw@example.com', 'here', 'refuse'],
    ['javascript:alert(1)', 'here', 'refuse'],
    ['command:workbench.action.quit', 'here', 'refuse'],
    ['file:///etc/passwd', 'here', 'refuse'],
    ['vscode://a/b', 'here', 'refuse'],
    ['//example.com', 'here', 'refuse'],
  ])('to %s named %s: %s', (url, label, action) => {
    expect(decideLink(url, label, true).action).toBe(action);
  });

  test('is never opened unasked when it does not stand in the answer', () => {
    expect(decideLink('https://example.com', 'example', false).action).toBe('ask');
  });

  test('is never opened unasked unless it is plain http or https', () => {
    fc.assert(
      fc.property(fc.oneof(fc.webUrl(), fc.string()), fc.string(), (url, label) => {
        const decision = decideLink(url, label, true);
        if (decision.action === 'open') expect(decision.url).toMatch(/^https?:\/\/[^@/]+(\/|$)/);
      }),
    );
  });
});
