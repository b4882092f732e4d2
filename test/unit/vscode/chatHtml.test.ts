import { afterEach, expect, test } from 'vitest';
import * as vscode from 'vscode';
import { chatHtml } from '../../../src/vscode/chat/chatHtml.ts';
import { env, l10n } from '../../support/vscode.ts';

const webview: vscode.Webview = Object.create({
  cspSource: 'https://own.example',
  asWebviewUri: (uri: vscode.Uri) => uri,
});
const page = () => chatHtml(webview, vscode.Uri.parse('file:///extension'));
const dataOf = (html: string) =>
  /<script type="application\/json" id="translations">([^<]*)<\/script>/.exec(html)?.[1];

afterEach(() => {
  l10n.bundle = undefined;
  env.language = 'en';
});

test('an English page carries no translations', () => {
  expect(page()).toContain('<html lang="en">');
  expect(page()).not.toContain('application/json');
});

test('the translations are data that no text in them can end', () => {
  env.language = 'de';
  l10n.bundle = { 'Sign in': 'Anmelden', hostile: '</script><script>alert(1)</script><!--' };
  expect(page()).toContain('<html lang="de">');
  expect(JSON.parse(dataOf(page()) ?? '')).toEqual(l10n.bundle);
  expect(page().match(/<script/g)).toHaveLength(2);
});
