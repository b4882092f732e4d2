import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** Which rooms and packages each room may import. Nothing else. */
const mayImport: Record<string, RegExp> = {
  'src/base': /^(src\/base|zod\/mini|@vscode\/l10n)$/,
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
const coreOrder = [
  'settings',
  'auth',
  'quota',
  'models',
  'responses',
  'pool',
  'ledger',
  'conversations',
  'chat',
];

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

/** Folders of which others may import one file alone, by that file. */
const entryOf: Record<string, string> = {
  'src/core/ledger/attribution': 'attribution.ts',
  'src/core/responses/leakedToolCalls': 'leakFilter.ts',
};

test.each(Object.entries(entryOf))('%s is entered by %s alone', (folder, entry) => {
  const isInside = (path: string) => path.startsWith(`${folder}/`);
  expect(files).toContain(`${folder}/${entry}`);
  const others = files
    .filter((file) => !isInside(file))
    .flatMap((file) => importsOf(file).filter((name) => isInside(name)));
  expect(new Set(others)).toEqual(new Set([`${folder}/${entry}`]));
});

/** Groups of files that reach each other by imports, types included (Tarjan's algorithm). */
function cycles(): string[][] {
  const all = new Set(files);
  const found: string[][] = [];
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const visit = (file: string): number => {
    const own = order.size;
    order.set(file, own);
    low.set(file, own);
    stack.push(file);
    for (const next of importsOf(file).filter((name) => all.has(name))) {
      const reached = order.has(next) ? (low.get(next) ?? own) : visit(next);
      if (stack.includes(next)) low.set(file, Math.min(low.get(file) ?? own, reached));
    }
    if (low.get(file) === own) {
      const group = stack.splice(stack.indexOf(file));
      if (group.length > 1) found.push(group);
    }
    return low.get(file) ?? own;
  };
  for (const file of files) if (!order.has(file)) visit(file);
  return found;
}

test('no files import each other in a circle, not even for types', () => {
  expect(cycles()).toEqual([]);
});

test('the markdown view imports of the panel only its base', () => {
  const others = files
    .filter((file) => file.startsWith('webview/markdown/'))
    .flatMap(importsOf)
    .filter((name) => name.startsWith('webview/'));
  expect(others.filter((name) => !/^webview\/(markdown|base)\//.test(name))).toEqual([]);
});

test('one file alone imports undici, but for its types', () => {
  const byValue = files.filter((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return (
      /^(?:import|export) (?!type )[^;]*'undici/m.test(text) ||
      /(?:import|require)\('undici/.test(text)
    );
  });
  expect(byValue).toEqual(['src/node/http/undici.ts']);
});
