import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, posix, sep } from 'node:path';
import ts from 'typescript';
import { root } from '../../bin/setup.mjs';
import { exportsOf, functionsOf, importsOf, lateBindingsOf, shapesOf } from './syntax.ts';
import { atMost, note, type Measure, type Row } from './table.ts';

/** Another checkout, to set its figures beside those of this one. */
const other = process.env['STRUCTURE_OF'];

/** Figures of the product code, without tests and declaration files. Nothing is built or run. */
export const structure: Measure = {
  title: 'Structure of the product code',
  isBare: true,
  run: async () => figures(other ?? root),
};

function figures(folder: string): readonly Row[] {
  const files = read(folder, ['src', 'webview'], (name) => !name.endsWith('.d.ts'));
  const tests = read(folder, ['test'], (name) => !name.includes('fixtures/'));
  return [
    ...sizes(files),
    ...lengths([...files.values()].flatMap((file) => functionsOf(file))),
    atMost('groups of files that import each other, types included', rings(files).length, 0),
    ...exportRows(files, tests),
    ...shapes(files),
    atMost('variables of the composition root that are set later', lateBindings(files), 0),
  ];
}

/** Parsed files by their path from the root, with `/` between folders. */
function read(
  folder: string,
  tops: readonly string[],
  isWanted: (name: string) => boolean,
): ReadonlyMap<string, ts.SourceFile> {
  const paths = tops
    .flatMap((top) =>
      readdirSync(join(folder, top), { recursive: true, encoding: 'utf8' }).map((name) =>
        join(top, name).replaceAll(sep, '/'),
      ),
    )
    .filter((name) => name.endsWith('.ts') && isWanted(name));
  return new Map(
    paths.map((name) => {
      const text = readFileSync(join(folder, name), 'utf8');
      return [name, ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true)];
    }),
  );
}

function sizes(files: ReadonlyMap<string, ts.SourceFile>): readonly Row[] {
  const lines = [...files.values()].map(linesOf);
  const folders = groupBy([...files.keys()], (name) => dirname(name));
  const widest = Math.max(...[...folders.values()].map((each) => each.length));
  return [
    note('files', files.size),
    note(
      'lines',
      lines.reduce((sum, each) => sum + each, 0),
    ),
    note('lines of a file, median', median(lines)),
    atMost('lines of a file, most', Math.max(...lines), 300),
    note('files under 40 lines', lines.filter((each) => each < 40).length),
    atMost('files in one folder, most', widest, 20),
  ];
}

function lengths(all: readonly number[]): readonly Row[] {
  return [
    note('functions', all.length),
    note('lines of a function, median', median(all)),
    note('functions over 60 lines', all.filter((each) => each > 60).length),
    atMost('functions over 80 lines', all.filter((each) => each > 80).length, 0),
    note('lines of a function, most', Math.max(...all)),
  ];
}

/** Groups of two files or more of which each leads to each other by imports (Tarjan's algorithm). */
function rings(files: ReadonlyMap<string, ts.SourceFile>): readonly (readonly string[])[] {
  const found: string[][] = [];
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const lowest = (name: string, at: number) => {
    low.set(name, Math.min(low.get(name) ?? at, at));
  };
  const visit = (name: string): void => {
    order.set(name, order.size);
    lowest(name, order.size - 1);
    stack.push(name);
    for (const next of importedFiles(name, files)) {
      if (!order.has(next)) visit(next);
      if (stack.includes(next)) lowest(name, low.get(next) ?? 0);
    }
    if (low.get(name) !== order.get(name)) return;
    const ring = stack.splice(stack.indexOf(name));
    if (ring.length > 1) found.push(ring);
  };
  for (const name of files.keys()) if (!order.has(name)) visit(name);
  return found;
}

function importedFiles(name: string, files: ReadonlyMap<string, ts.SourceFile>): readonly string[] {
  const file = files.get(name);
  if (!file) return [];
  return importsOf(file)
    .map(({ from }) => posix.join(posix.dirname(name), from))
    .filter((each) => files.has(each));
}

function exportRows(
  files: ReadonlyMap<string, ts.SourceFile>,
  tests: ReadonlyMap<string, ts.SourceFile>,
): readonly Row[] {
  const byProduct = usedNames(files);
  const byTests = usedNames(tests);
  const all = [...files].flatMap(([file, source]) =>
    exportsOf(source).map((name) => ({ file, name, key: `${file}#${name}` })),
  );
  const unused = all.filter(({ key }) => !byProduct.has(key));
  const onlyTests = unused.filter(
    ({ key, name, file }) => byTests.has(key) && !isUsedInside(files.get(file), name),
  );
  const rooms = groupBy(all, ({ name }) => name);
  const twice = [...rooms].filter(
    ([, places]) => new Set(places.map(({ file }) => dirname(file))).size > 1,
  );
  return [
    note('exported names', all.length),
    note('exports that no other product file uses', unused.length),
    named(
      'exports that only tests use',
      onlyTests.map(({ key }) => key),
    ),
    named(
      'exported names in two folders',
      twice.map(([name]) => name),
    ),
  ];
}

/** `file#name` of everything that one of the files imports. */
function usedNames(files: ReadonlyMap<string, ts.SourceFile>): ReadonlySet<string> {
  const used = new Set<string>();
  for (const [name, file] of files) {
    for (const { from, names: wanted } of importsOf(file)) {
      const target = posix.join(posix.dirname(name), from);
      for (const each of wanted) used.add(`${target}#${each}`);
    }
  }
  return used;
}

function isUsedInside(file: ts.SourceFile | undefined, name: string): boolean {
  return (file?.text.match(new RegExp(`\\b${name}\\b`, 'g'))?.length ?? 0) > 1;
}

/** Types in different files with the same three properties or more. */
function shapes(files: ReadonlyMap<string, ts.SourceFile>): readonly Row[] {
  const all = [...files].flatMap(([file, source]) =>
    shapesOf(source).map(({ name, members }) => ({ file, name, key: members.join() })),
  );
  const same = [...groupBy(all, ({ key }) => key).values()].filter(
    (group) => new Set(group.map(({ file }) => file)).size > 1,
  );
  return [
    named(
      'types of the same shape in two files',
      same.map((group) => group.map(({ file, name }) => `${file}#${name}`).join(' = ')),
    ),
  ];
}

function lateBindings(files: ReadonlyMap<string, ts.SourceFile>): number {
  return [...files]
    .filter(([name]) => /^src\/(composition\/|extension\.ts)/.test(name))
    .reduce((sum, [, file]) => sum + lateBindingsOf(file), 0);
}

/** A count, and what it counts where it is asked for. */
function named(what: string, found: readonly string[]): Row {
  if (process.env['STRUCTURE_NAMES'] === '1')
    for (const each of found) console.log(`${what}: ${each}`);
  return note(what, found.length);
}

function groupBy<T>(
  all: readonly T[],
  keyOf: (one: T) => string,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(keyOf(one)) ?? [];
    groups.set(keyOf(one), [...group, one]);
  }
  return groups;
}

const linesOf = (file: ts.SourceFile) => file.getLineAndCharacterOfPosition(file.end).line;

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
