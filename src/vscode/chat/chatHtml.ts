import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { editorLocalization } from '../localization.ts';
import { contentPolicy } from './contentPolicy.ts';

/** The page of the chat view. */
export function chatHtml(webview: vscode.Webview, extensionUri: vscode.Uri): string {
  const nonce = randomBytes(16).toString('base64');
  const file = (name: string) =>
    webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', name)).toString();
  const policy = contentPolicy(webview.cspSource, nonce);
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Codex</title>
<link rel="stylesheet" href="${file('webview.css')}">
${translations()}<script nonce="${nonce}" src="${file('webview.js')}" defer></script>
</head>
<body><div id="app"></div></body>
</html>`;
}

/** Translations as data, which the content security policy never runs; nothing in English. */
function translations(): string {
  const { bundle } = editorLocalization();
  if (bundle === undefined) return '';
  const json = JSON.stringify(bundle).replaceAll('<', String.raw`\u003c`);
  return `<script type="application/json" id="translations">${json}</script>\n`;
}
