import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  bundlePath,
  extractBundle,
  extractMessages,
  readSource,
  sourceFiles,
} from '../../support/messages.ts';

test('media/l10n/bundle.l10n.json has all messages of the source; npm run l10n writes it', () => {
  expect(JSON.parse(readFileSync(bundlePath, 'utf8'))).toEqual(extractBundle());
});

test('every message of the source can be extracted', () => {
  const all = sourceFiles().map((file) => extractMessages(file, readSource(file)));
  expect(all.flatMap(({ problems }) => problems)).toEqual([]);
});

test('a file must import the localizer by its namespace', () => {
  const { problems } = extractMessages('a.ts', "import { t } from '@vscode/l10n';");
  expect(problems).toEqual(["a.ts must import * as l10n from '@vscode/l10n'"]);
});

test.each([
  ["import * as l10n from '@vscode/l10n'; const f = () => l10n.t('Sign in');", ['Sign in']],
  ["import * as vscode from 'vscode'; const f = () => vscode.l10n.t('A {0}', 1);", ['A {0}']],
  [
    "import * as l10n from '@vscode/l10n'; const f = () => l10n.t({ message: 'Open', comment: ['verb'] });",
    ['Open'],
  ],
  ["const l10n = { t: (text) => text }; const f = () => l10n.t('not ours');", []],
])('%s', (text, messages) => {
  const extracted = extractMessages('a.ts', text);
  expect(extracted.messages.map(({ message }) => message)).toEqual(messages);
  expect(extracted.problems).toEqual([]);
});

const literal = 'a.ts:2 has a message that is no literal';
test.each([
  ['const f = (n) => l10n.t(`A ${n}`);', literal],
  ['const f = (n) => l10n.t(`A`);', literal],
  ["const f = (n) => l10n.t('A ' + n);", literal],
  ["const f = (n) => l10n.t(n ? 'A' : 'B');", literal],
  ['const f = (n) => l10n.t({ message: n });', literal],
  ["const f = (n) => vscode.l10n.t('A' + n);", literal],
  ["const words = { a: l10n.t('A') };", 'a.ts:2 is read before the language is known'],
  ['const f = (list) => list.map(l10n.t);', 'a.ts:2 uses l10n other than by a call of l10n.t'],
  [
    'const f = () => { const { t } = vscode.l10n; };',
    'a.ts:2 uses l10n other than by a call of l10n.t',
  ],
])('%s cannot be extracted', (line, problem) => {
  const imports = "import * as l10n from '@vscode/l10n'; import * as vscode from 'vscode';\n";
  expect(extractMessages('a.ts', imports + line).problems).toContain(problem);
});
