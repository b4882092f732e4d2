import assert from 'node:assert/strict';
import * as vscode from 'vscode';

const extensionId = 'codex-chat.codex-chat';

describe('the extension', () => {
  it('activates', async () => {
    const extension = vscode.extensions.getExtension(extensionId);
    assert.ok(extension);
    await extension.activate();
    assert.equal(extension.isActive, true);
  });
});
