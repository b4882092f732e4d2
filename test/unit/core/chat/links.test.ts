import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideLink } from '../../../../src/core/chat/turn/links.ts';

describe('a link of an answer', () => {
  test.each([
    ['https://example.com/a', 'example', 'open'],
    ['http://example.com', 'https://www.example.com/page', 'open'],
    ['https://evil.example/x', 'github.com', 'ask'],
    ['https://xn--pple-43d.com', 'apple', 'ask'],
    [`https://example.com/?q=${'x'.repeat(101)}`, 'here', 'ask'],
    ['https://evil.example/', 'openai.com.', 'ask'],
    ['https://evil.example/', '\u201copenai.com\u201d', 'ask'],
    ['https://evil.example/', 'Visit openai.com', 'ask'],
    ['https://evil.example/', 'openai.com, the docs', 'ask'],
    ['https://evil.example/', '\u043epenai.com', 'ask'],
    ['https://evil.example/', '\u043epenai\uff0ecom', 'ask'],
    ['https://evil.example/', 'openai\u3002com', 'ask'],
    ['https://evil.example/', 'https://openai.com@evil.example/', 'ask'],
    ['https://evil.example/', 'see 127.0.0.1', 'ask'],
    ['https://evil.example/', 'evil.example/openai.com', 'open'],
    ['https://nodejs.org/', 'Node.js', 'open'],
    ['https://example.com/guide', '\u00dcber uns', 'open'],
    ['https://example.com/a/b.c', 'https://example.com/a/b.c', 'open'],
    [`https://example.com/${'x'.repeat(301)}`, 'here', 'ask'],
    [`https://example.com/#${'x'.repeat(301)}`, 'here', 'ask'],
    [`https://example.com/${'x'.repeat(290)}`, 'here', 'open'],
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

  const host = fc
    .tuple(
      fc.stringMatching(/^[a-z][a-z0-9-]{0,10}[a-z]$/),
      fc.constantFrom('com', 'org', 'ai', 'example'),
    )
    .map((parts) => parts.join('.'));
  const around = fc.constantFrom(
    '',
    ' ',
    '"',
    '\u201c',
    'Visit ',
    '(',
    ', the docs',
    '.',
    '!',
    ' \u2013 ',
  );

  test('is never opened unasked when its label names another host, wherever it stands', () => {
    fc.assert(
      fc.property(host, host, around, around, (target, named, before, after) => {
        fc.pre(target !== named);
        const label = before + named + after;
        expect(decideLink(`https://${target}/`, label, true).action).toBe('ask');
      }),
    );
  });

  test('is never opened unasked when a letter of the host in its label is not ASCII', () => {
    const letter = fc.constantFrom('\u043e', '\u0430', '\u0435', '\u03bf', '\u00e9', '\uff41');
    fc.assert(
      fc.property(host, letter, fc.nat(), around, around, (target, odd, place, before, after) => {
        const at = place % target.indexOf('.');
        const label = target.slice(0, at) + odd + target.slice(at + 1);
        fc.pre(label.normalize('NFKC') !== target);
        expect(decideLink(`https://${target}/`, before + label + after, true).action).toBe('ask');
      }),
    );
  });

  test('is never opened unasked when it carries more than 300 characters', () => {
    const piece = fc.stringMatching(/^[a-z0-9/]{0,400}$/);
    fc.assert(
      fc.property(piece, piece, piece, (path, query, fragment) => {
        const url = new URL(`https://a.example/${path}?${query}#${fragment}`);
        const carried = url.pathname.length + url.search.length + url.hash.length;
        const isAsked = decideLink(url.href, 'here', true).action === 'ask';
        expect(isAsked).toBe(carried > 300 || url.search.length > 100);
      }),
    );
  });
});
