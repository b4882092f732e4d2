import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** Hash of the empty style that the toolkit puts in to test the browser; nothing else passes it. */
const emptyStyle = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";

/**
 * The page of the chat view. Scripts run by nonce alone, nothing is fetched but our own files, and
 * HTML can be made from a string only by the toolkit's own policy.
 */
export function chatHtml(webview: vscode.Webview, extensionUri: vscode.Uri): string {
  const nonce = randomBytes(16).toString('base64');
  const file = (name: string) =>
    webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', name)).toString();
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource} ${emptyStyle}`,
    `img-src ${webview.cspSource} blob:`,
    `font-src ${webview.cspSource}`,
    `require-trusted-types-for 'script'`,
    `trusted-types fast-html`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Codex</title>
<link rel="stylesheet" href="${file('webview.css')}">
<script nonce="${nonce}" src="${file('webview.js')}" defer></script>
</head>
<body><div id="app"></div></body>
</html>`;
}
