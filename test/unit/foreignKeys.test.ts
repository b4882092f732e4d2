import { join, relative } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { foreignKeys } from '../support/foreignKeys.ts';

const root = join(import.meta.dirname, '../..');

function filesUnder(folder: string): string[] {
  return ts.sys.readDirectory(join(root, folder), ['.ts'], ['**/*.d.ts']);
}

test('no text from outside is looked up in a plain object', { timeout: 60_000 }, () => {
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic() {} };
  const config = ts.getParsedCommandLineOfConfigFile(join(root, 'tsconfig.json'), {}, host);
  const names = [...filesUnder('src'), ...filesUnder('webview')];
  const lib = ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'];
  const program = ts.createProgram(names, { ...config?.options, lib });
  const files = program.getSourceFiles().filter(({ fileName }) => names.includes(fileName));
  expect(files.length).toBe(names.length);
  const found = foreignKeys(program, files).map(
    ({ file, line, code }) => `${relative(root, file)}:${line} ${code}`,
  );
  expect(found).toEqual([]);
});

/** The lines of the source that the check names. */
function linesIn(source: string): number[] {
  const options: ts.CompilerOptions = { target: ts.ScriptTarget.ES2023, strict: true };
  const host = ts.createCompilerHost(options);
  const plain = host.getSourceFile.bind(host);
  host.getSourceFile = (name, version) =>
    name === 'planted.ts' ? ts.createSourceFile(name, source, version, true) : plain(name, version);
  const program = ts.createProgram(['planted.ts'], options, host);
  const file = program.getSourceFile('planted.ts');
  return foreignKeys(program, file ? [file] : []).map(({ line }) => line);
}

test('the check names every way of looking up a foreign text', { timeout: 60_000 }, () => {
  const source = `
    const table: Record<string, number> = { a: 1 };
    declare const word: string, any: any, part: \`x-\${string}\`, maybe: string | number;
    table[word];
    table[word] = 2;
    delete table[part];
    word in table;
    const { [word]: read } = table;
    function of<T extends string>(name: T) { return table[name]; }
    table[any];
    table[maybe];
  `;
  expect(linesIn(source)).toEqual([4, 5, 6, 7, 8, 9, 10, 11]);
});

test('the check lets through what only known keys can reach', { timeout: 60_000 }, () => {
  const source = `
    const table: Record<string, number> = { a: 1 };
    const known = { b: 1, c: 2 };
    declare const at: number, name: 'b' | 'c', list: string[], bytes: Uint8Array, word: string;
    declare const map: Map<string, number>;
    table['a'];
    known[name];
    list[at]; bytes[at]; word[at];
    map.get(word);
    'b' in known;
    function pick<T, K extends keyof T>(value: T, key: K) { return value[key]; }
    const made = { [word]: 1 };
  `;
  expect(linesIn(source)).toEqual([]);
});
