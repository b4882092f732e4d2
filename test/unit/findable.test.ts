import { readFileSync, readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

const files = ['src', 'webview']
  .flatMap((top) =>
    readdirSync(join(root, top), { recursive: true, encoding: 'utf8' }).map((name) =>
      join(top, name).replaceAll(sep, '/'),
    ),
  )
  .filter((name) => name.endsWith('.ts'));

/** What a newcomer asks, the word of the field to search for, and where the answer is. */
const questions: readonly (readonly [what: string, word: RegExp, where: RegExp])[] = [
  ['tool-call leaks are detected', /leak/i, /responses\/leakedToolCalls\//],
  ['secrets are redacted', /redactSecrets/, /responses\/redaction\//],
  ['retries are decided', /retry/i, /responses\/retry\/retry\.ts/],
  ['cooldowns are kept', /cooldown/i, /core\/pool\/cooldown\.ts/],
  ['tokens are refreshed', /refresher|refreshToken/i, /core\/auth\/refresh\//],
  ['locks are taken', /locks/i, /node\/locks\//],
  ['the quota is polled', /poll/i, /core\/quota\/poll\//],
  ['the status bar is drawn', /createStatusBarItem/, /vscode\/usage\/quotaItem\.ts/],
  ['the usage is forecast', /forecast/i, /core\/ledger\/forecast\.ts/],
  ['prompts are scheduled', /scheduledPrompts/i, /core\/chat\/scheduledPrompts\.ts/],
  ['messages are batched', /batch/i, /vscode\/chat\/messageBatcher\.ts/],
  ['Markdown is sanitized', /sanitize/i, /webview\/markdown\/.*sanitizeText\.ts/],
  ['the CSP is set', /Content-Security-Policy/, /vscode\/chat\/chatHtml\.ts/],
  ['proxies are dialed', /dial/i, /node\/proxy\/dial\.ts/],
  ['the model is picked', /modelChoice|modelMenu/i, /modelChoice\.ts|modelMenu\.ts/],
  ['errors are worded', /errorMessage/, /core\/chat\/messages\/errorMessages\.ts/],
  ['the cost is attributed', /attribut/i, /core\/ledger\/attribut/],
  ['accounts are selected', /selectAccount/, /core\/pool\/selectAccount\.ts/],
  ['settings are read', /getConfiguration/, /vscode\/settings\.ts/],
  ['the request is built', /buildRequest/, /core\/responses\/request\/request\.ts/],
];

test.each(questions)('one search tells where %s', (_, word, where) => {
  const named = files.filter((file) => word.test(file));
  const declared = files.filter((file) => declares(file, word));
  // Names of files and folders come first in a search, then what they declare.
  const found = named.length > 0 ? named : declared;
  expect(found.filter((file) => where.test(file))).not.toEqual([]);
  const folders = new Set(found.map((file) => file.slice(0, file.lastIndexOf('/'))));
  expect(folders.size, [...folders].join('\n')).toBeLessThanOrEqual(4);
});

/** An export of that name, a call of VS Code's API, or the name of an HTTP header. */
function declares(file: string, word: RegExp): boolean {
  const lines = readFileSync(join(root, file), 'utf8').split('\n');
  return lines.some((line) => word.test(line) && !/^\s*(import|\*|\/\/|\/\*)/.test(line));
}
