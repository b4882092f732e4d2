import assert from 'node:assert/strict';
import * as vscode from 'vscode';

const prefix = 'codexChat.';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly configuration: readonly {
      readonly properties: Readonly<Record<string, { readonly default: unknown }>>;
    }[];
  };
}

function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension('codex-chat.codex-chat');
  assert.ok(found);
  return found;
}

function manifest(): Manifest['contributes'] {
  const all: Manifest = extension().packageJSON;
  return all.contributes;
}

describe('the extension', () => {
  it('activates and exports nothing', async () => {
    const exported = await extension().activate();
    assert.equal(extension().isActive, true);
    assert.equal(exported, undefined);
  });

  it('registers every command that the manifest names', async () => {
    const registered = new Set(await vscode.commands.getCommands(true));
    const named = manifest().commands.map(({ command }) => command);
    assert.ok(named.length > 0);
    assert.deepEqual(
      named.filter((command) => !registered.has(command)),
      [],
    );
  });

  it('registers no command that the manifest does not name', async () => {
    const named = new Set(manifest().commands.map(({ command }) => command));
    const registered = await vscode.commands.getCommands(true);
    // VS Code makes commands of its own for each view and its container.
    const ofViews =
      /^codexChat\.(chat|\w+)\.(focus|open|removeView|resetViewLocation|toggleVisibility)$/;
    assert.deepEqual(
      registered.filter(
        (command) => command.startsWith(prefix) && !named.has(command) && !ofViews.test(command),
      ),
      [],
    );
  });

  it('runs in the workspace’s host', () => {
    assert.equal(extension().extensionKind, vscode.ExtensionKind.Workspace);
  });
});

describe('the settings', () => {
  it('have the defaults that the manifest names', () => {
    const settings = vscode.workspace.getConfiguration();
    const named = manifest().configuration.flatMap(({ properties }) => Object.entries(properties));
    assert.ok(named.length > 0);
    for (const [name, { default: value }] of named) {
      assert.deepEqual(settings.inspect(name)?.defaultValue, value, name);
    }
  });

  for (const name of ['baseUrl', 'issuer', 'apiBaseUrl']) {
    it(`let no workspace send the token elsewhere by ${name}`, async () => {
      const settings = vscode.workspace.getConfiguration('codexChat');
      const before = settings.get(name);
      await assert.rejects(async () =>
        settings.update(name, 'https://evil.example', vscode.ConfigurationTarget.Workspace),
      );
      assert.equal(vscode.workspace.getConfiguration('codexChat').get(name), before);
    });
  }
});

describe('the accounts', () => {
  it('are none before the sign-in, and asking does not start one', async () => {
    assert.deepEqual(await vscode.authentication.getAccounts('codex-chat'), []);
    const session = await vscode.authentication.getSession('codex-chat', [], { silent: true });
    assert.equal(session, undefined);
  });
});

describe('the chat', () => {
  it('opens by its command, twice as well as once', async () => {
    await vscode.commands.executeCommand('codexChat.focus');
    await vscode.commands.executeCommand('codexChat.focus');
  });

  it('takes "New Chat" and "Stop Response" while nothing runs', async () => {
    await vscode.commands.executeCommand('codexChat.newChat');
    await vscode.commands.executeCommand('codexChat.stop');
  });
});
