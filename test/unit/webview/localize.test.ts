import { expect, test } from 'vitest';
import { readLocalization } from '../../../webview/base/localize.ts';

test('the page gives its language and the translations', () => {
  const bundle = { 'Sign in': 'Anmelden', 'Open/of': { message: 'Auf', comment: ['of'] } };
  expect(readLocalization('de', JSON.stringify(bundle))).toEqual({ language: 'de', bundle });
});

test('without translations texts are in English and formats in the language of the editor', () => {
  expect(readLocalization('en-GB', undefined)).toEqual({ language: 'en-GB' });
});

test.each(['', '{', '[]', '{"Sign in": 1}', 'null'])(
  'translations that cannot be read leave all in English: %s',
  (text) => expect(readLocalization('de', text)).toEqual({ language: 'en' }),
);
