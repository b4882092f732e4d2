import { expect, test } from 'vitest';
import { contentPolicy } from '../../../src/vscode/chat/contentPolicy.ts';

const directives = new Map(
  contentPolicy('https://own.example', 'n0nce')
    .split('; ')
    .map((directive) => {
      const [name = '', ...sources] = directive.split(' ');
      return [name, sources] as const;
    }),
);

test('the policy of the chat view allows no source but the nonce and our own files', () => {
  expect(directives.get('default-src')).toEqual(["'none'"]);
  expect(directives.get('script-src')).toEqual(["'nonce-n0nce'"]);
  expect(directives.has('connect-src')).toBe(false);
  expect(directives.has('frame-src')).toBe(false);
  const known =
    /^('none'|'nonce-n0nce'|'sha256-[\w+/=]+'|https:\/\/own\.example|blob:|'script'|fast-html|codex-worker)$/;
  expect([...directives.values()].flat().filter((source) => !known.test(source))).toEqual([]);
});

test('the policy of the chat view lets no string become HTML or script by itself', () => {
  expect(directives.get('require-trusted-types-for')).toEqual(["'script'"]);
  expect(directives.get('trusted-types')).toEqual(['fast-html', 'codex-worker']);
  expect(directives.get('worker-src')).toEqual(['blob:']);
  expect(directives.get('base-uri')).toEqual(["'none'"]);
  expect(directives.get('form-action')).toEqual(["'none'"]);
});
