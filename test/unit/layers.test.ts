import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** Which rooms and packages each room may import. Nothing else. */
const mayImport: Record<string, RegExp> = {
  'src/base': /^(src\/base|zod\/mini)$/,
  'src/shared': /^(src\/(base|shared)|zod\/mini|@vscode\/l10n)$/,
  'src/core': /^(src\/(base|core|shared)|zod\/mini|eventsource-parser|@vscode\/l10n)$/,
  'src/node': /^(src\/(base|core|node)|zod\/mini|node:.*|undici(\/lib\/.*)?)$/,
  'src/vscode':
    /^(src\/(base|core|shared|vscode)|zod\/mini|node:(path|url|crypto)|vscode|vscode-languageclient.*)$/,
  'src/main': /^(src\/extension|vscode)$/,
  'src/extension': /^(src\/(base|composition|shared|vscode)|vscode)$/,
  'src/composition':
    /^(src\/(base|core|node|composition|shared|vscode)|vscode|zod\/mini|node:path)$/,
  webview:
    /^(webview|src\/(base|shared)|@vscode\/l10n|zod\/mini|@vscode\/webview-ui-toolkit|marked|highlight\.js\/.*|katex(\/dist\/katex\.min\.css)?)$/,
};

/** Inside core, a room may import itself and those before it. */
const coreOrder = ['settings', 'auth', 'quota', 'models', 'responses', 'pool', 'ledger', 'chat'];

const files = ['src', 'webview']
  .flatMap((top) =>
    readdirSync(join(root, top), { recursive: true, encoding: 'utf8' }).map((f) => join(top, f)),
  )
  .map((file) => file.replaceAll(sep, '/'))
  .filter((file) => file.endsWith('.ts'));

/** Our own files as paths from the root, packages by name. */
function importsOf(file: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), 'utf8'));
  return importedFiles.map(({ fileName: name }) =>
    name.startsWith('.')
      ? relative(root, join(root, dirname(file), name)).replaceAll(sep, '/')
      : name,
  );
}

function room(path: string): string {
  if (path.startsWith('webview/')) return 'webview';
  return /^src\/\w+/.exec(path)?.[0] ?? path;
}

const coreRoom = (path: string) => /^src\/core\/(\w+)\//.exec(path)?.[1];

test.each(files)('%s imports only what its room may', (file) => {
  const allowed = mayImport[room(file)] ?? /^$/;
  expect(importsOf(file).filter((name) => !allowed.test(room(name)))).toEqual([]);
});

test.each(files.filter((file) => file.startsWith('src/core/')))(
  '%s keeps the order of core',
  (file) => {
    const rank = coreOrder.indexOf(coreRoom(file) ?? '');
    expect(rank).toBeGreaterThanOrEqual(0);
    const later = importsOf(file).filter((name) => {
      const other = coreRoom(name);
      return other !== undefined && coreOrder.indexOf(other) > rank;
    });
    expect(later).toEqual([]);
  },
);
