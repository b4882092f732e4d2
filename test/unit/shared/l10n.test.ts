import { t } from '@vscode/l10n';
import { afterEach, expect, test } from 'vitest';
import { formatNumber } from '../../../src/shared/format.ts';
import { configureLocalization } from '../../../src/shared/l10n.ts';

afterEach(() => configureLocalization({ language: 'en' }));

test('texts and numbers follow the language from then on', () => {
  expect([t('Sign in'), formatNumber(1.5, 1)]).toEqual(['Sign in', '1.5']);
  configureLocalization({ language: 'de', bundle: { 'Sign in': 'Anmelden' } });
  expect([t('Sign in'), formatNumber(1.5, 1)]).toEqual(['Anmelden', '1,5']);
  configureLocalization({ language: 'en' });
  expect([t('Sign in'), formatNumber(1.5, 1)]).toEqual(['Sign in', '1.5']);
});

test('a bundle may give a comment beside the message', () => {
  const bundle = { 'Open/of a shop': { message: 'Geöffnet', comment: ['of a shop'] } };
  configureLocalization({ language: 'de', bundle });
  expect(t({ message: 'Open', comment: ['of a shop'] })).toBe('Geöffnet');
});
