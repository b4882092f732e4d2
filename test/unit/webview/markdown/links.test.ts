import { expect, test } from 'vitest';
import { decodeEntities } from '../../../../webview/markdown/parse/entities.ts';
import { readAddress } from '../../../../webview/markdown/links/links.ts';

test.each([
  ['https://example.org/a?b=c', 'https://example.org/a?b=c', 'example.org'],
  ['HTTP://Example.org', 'http://example.org/', 'example.org'],
  ['https://\u0430pple.example/', 'https://xn--pple-43d.example/', 'xn--pple-43d.example'],
  ['https://e.f/?a=1&amp;b=2', 'https://e.f/?a=1&b=2', 'e.f'],
  ['mailto:a@b.example', 'mailto:a@b.example', 'a@b.example'],
])('%s may be opened', (href, url, host) => {
  expect(readAddress(href)).toEqual({ url, host });
});

test.each([
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'java&#115;cript:alert(1)',
  'java\tscript:alert(1)',
  'java&Tab;script:alert(1)',
  'vbscript:x',
  'data:text/html,x',
  'command:a.b',
  'vscode://x/y',
  'file:///etc/passwd',
  'search-ms:query=a',
  'blob:https://e.f/x',
  '//evil.example/a',
  '/etc/hosts',
  '\\\\evil.example\\share',
  'src/a.ts',
  '',
  'https://',
  `https://e.f/${'a'.repeat(9_000)}`,
])('%j is plain text', (href) => {
  expect(readAddress(href)).toBeUndefined();
});

test('character references become characters, unknown ones stay', () => {
  expect(decodeEntities('&lt;b&gt; &amp;amp; &#65;&#x42; &nbsp;&nope; &#0; & &constructor;')).toBe(
    '<b> &amp; AB \u00a0&nope; \ufffd & &constructor;',
  );
});
