import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeError } from '../../../src/base/describeError.ts';
import { AuthError } from '../../../src/core/auth/errors.ts';
import { endNote, promptItem, restPrompt } from '../../../src/core/conversations/history.ts';
import { instructionsFor } from '../../../src/core/chat/instructions.ts';
import { failureReport } from '../../../src/core/chat/messages/failureReport.ts';
import { windowNames } from '../../../src/core/quota/decode/quotaSnapshot.ts';
import { fetchProblemOf } from '../../../src/core/quota/poll/fetchProblem.ts';
import { configureLocalization } from '../../../src/shared/l10n.ts';
import { suggestions } from '../../../src/vscode/chat/suggestions.ts';
import { extractBundle, extractMessages, readSource, sourceFiles } from '../../support/messages.ts';
import { pseudoBundle, pseudoLanguage } from '../../support/pseudo.ts';

/** What the model reads, the log and what is stored; their texts are in English for everybody. */
const english =
  /^src\/base\/(?!async\/loading)|^src\/node\/|^src\/core\/(responses|settings)\/|^src\/core\/chat\/instructions|^src\/core\/conversations\/history\.|^src\/core\/quota\/(decode|store)\/|^src\/core\/ledger\/(csv|entry|history|ledger)\.|^src\/vscode\/(log|userAgent)\./;

test.each(sourceFiles().filter((file) => english.test(file)))(
  '%s has no text to translate',
  (file) => {
    expect(extractMessages(file, readSource(file)).messages).toEqual([]);
  },
);

beforeAll(() =>
  configureLocalization({ language: pseudoLanguage, bundle: pseudoBundle(extractBundle()) }),
);
afterAll(() => configureLocalization({ language: 'en' }));

test('the model, the log and the store read English whatever the language of the editor', () => {
  const error = new AuthError({ kind: 'unreachable', host: 'chatgpt.com', cause: 'dns' });
  expect(error.message).toMatch(/[áéíóú]/);
  const texts = [
    instructionsFor({ workspace: 'shop', own: '' }),
    restPrompt,
    endNote('stopped'),
    endNote('failed'),
    promptItem({ text: 'Why?', attachments: [] }),
    suggestions().map(({ prompt }) => prompt()),
    describeError(error),
    failureReport(error),
    fetchProblemOf(error),
    [300, 1440, 10_080, 60, undefined].map(windowNames),
  ];
  expect(JSON.stringify(texts)).not.toMatch(/[áéíóúřŧš]/);
});
