import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFileQuestions } from '../../../src/vscode/chat/fileQuestions.ts';
import { insertAtCursor } from '../../../src/vscode/chat/editing.ts';
import { createWorkspaceFiles } from '../../../src/vscode/chat/workspaceFiles.ts';
import { editor, FileType, Uri } from '../../support/vscode.ts';

beforeEach(() => editor.reset());
afterEach(() => editor.reset());

/** A workspace of these folders; the disk holds `paths`. */
function world(folders: Record<string, string>, ...paths: string[]) {
  editor.folders = Object.entries(folders).map(([name, uri]) => ({ name, uri: Uri.parse(uri) }));
  const looked: string[] = [];
  const opened: unknown[][] = [];
  editor.commands.set('vscode.open', (...args) => void opened.push(args));
  const files = createWorkspaceFiles({
    async findFileWithin(_roots, root, parts) {
      const path = [root, ...parts].join('/');
      looked.push(path);
      return paths.includes(path) ? path : undefined;
    },
  });
  const find = async (reference: string) => (await files.find(reference))?.toString();
  return { files, find, looked, opened };
}

const shop = { shop: 'file:///home/ada/shop' };

describe('a reference of an answer', () => {
  test.each([
    ['src/cart.ts:3'],
    ['./src/cart.ts'],
    ['src/x/../cart.ts'],
    ['src\\cart.ts'],
    ['/home/ada/shop/src/cart.ts#L3'],
    ['/src/cart.ts'],
  ])('%s is found in the workspace', async (reference) => {
    const { find } = world(shop, '/home/ada/shop/src/cart.ts');
    expect(await find(reference)).toBe('file:///home/ada/shop/src/cart.ts');
  });

  test.each([
    ['../other/x.ts'],
    ['src/../../other/x.ts'],
    ['\\\\host\\share\\x.ts'],
    ['//host/share/x.ts'],
    ['file:///home/ada/shop/src/cart.ts'],
    ['C:\\other\\x.ts'],
    ['~/x.ts'],
  ])('%s makes nobody look anywhere', async (reference) => {
    const { find, looked } = world(shop, '/home/ada/shop/src/cart.ts');
    expect(await find(reference)).toBeUndefined();
    expect(looked).toEqual([]);
  });

  test('an absolute path outside is looked for inside alone', async () => {
    const { find, looked } = world(shop);
    expect(await find('/etc/passwd')).toBeUndefined();
    expect(looked).toEqual(['/home/ada/shop/etc/passwd']);
  });

  test('a path of Windows is found whatever the case of its letters', async () => {
    const { find } = world({ shop: 'file:///c:/Work/Shop' }, '/c:/Work/Shop/src/cart.ts');
    expect(await find('C:\\work\\shop\\src\\cart.ts:3')).toBe('file:///c:/Work/Shop/src/cart.ts');
  });

  test('is looked for in each folder, first in the one that it names', async () => {
    const folders = { shop: 'file:///home/ada/shop', api: 'file:///work/api' };
    const { find, looked } = world(folders, '/work/api/main.ts', '/home/ada/shop/api/x.ts');
    expect(await find('main.ts')).toBe('file:///work/api/main.ts');
    expect(await find('api/main.ts')).toBe('file:///work/api/main.ts');
    expect(await find('api/x.ts')).toBe('file:///home/ada/shop/api/x.ts');
    expect(looked.slice(0, 2)).toEqual(['/home/ada/shop/main.ts', '/work/api/main.ts']);
  });

  test('in a workspace that is not on this disk is asked of the editor, and no link is followed', async () => {
    const root = 'vscode-vfs://github/shop';
    const { find, looked } = world({ shop: root });
    editor.stats.set(`${root}/src`, FileType.Directory);
    editor.stats.set(`${root}/src/cart.ts`, FileType.File);
    editor.stats.set(`${root}/link`, FileType.Directory | FileType.SymbolicLink);
    editor.stats.set(`${root}/link/x.ts`, FileType.File);
    expect(await find('src/cart.ts:3')).toBe(`${root}/src/cart.ts`);
    editor.looked = [];
    expect(await find('link/x.ts')).toBeUndefined();
    expect(await find('src')).toBeUndefined();
    expect(editor.looked).toEqual([`${root}/link`, `${root}/src`]);
    expect(looked).toEqual([]);
  });

  test('opens at its lines', async () => {
    const { files, opened } = world(shop, '/home/ada/shop/a.ts');
    await files.open('a.ts:3:5');
    await files.open('a.ts#L3-L9');
    await files.open('a.ts');
    const at = (line: number, character: number) => ({ line, character });
    expect(opened.map(([, options]) => options)).toEqual([
      { preview: true, selection: { start: at(2, 4), end: at(2, 4) } },
      { preview: true, selection: { start: at(2, 0), end: at(9, 0) } },
      { preview: true },
    ]);
  });

  test('that has gone since is not opened, in words', async () => {
    const { files, opened } = world(shop);
    await files.open('a.ts:3');
    expect(opened).toEqual([]);
    expect(editor.messages.map(({ text }) => text)).toEqual([
      'a.ts:3 is not a file in this workspace.',
    ]);
  });
});

describe('what the panel asks about files', () => {
  function questions() {
    const looked: string[] = [];
    const told: unknown[] = [];
    let nowMs = 0;
    const asker = createFileQuestions({
      async exists(reference) {
        looked.push(reference);
        return reference.startsWith('yes');
      },
      tell: (message) => told.push(...message.files),
      now: () => nowMs,
    });
    return { asker, looked, told, later: (ms: number) => (nowMs += ms) };
  }

  test('is answered for each reference, and looked up once in five seconds', async () => {
    const { asker, looked, told, later } = questions();
    await asker.ask(['yes.ts', 'no.ts']);
    await asker.ask(['yes.ts']);
    expect(looked).toEqual(['yes.ts', 'no.ts']);
    expect(told).toEqual([
      { reference: 'yes.ts', exists: true },
      { reference: 'no.ts', exists: false },
      { reference: 'yes.ts', exists: true },
    ]);
    later(5_000);
    await asker.ask(['no.ts']);
    expect(looked).toEqual(['yes.ts', 'no.ts', 'no.ts']);
  });

  test('never piles up, and ends with the panel', async () => {
    const { asker, looked, told } = questions();
    const names = (count: number) => Array.from({ length: count }, (_, at) => `yes-${at}`);
    const asked = Array.from({ length: 20 }, () => asker.ask(names(50)));
    asker.dispose();
    await Promise.all(asked);
    expect([looked.length, told.length]).toEqual([0, 500]);
    const { asker: second, looked: seen, told: answers } = questions();
    await Promise.all(
      Array.from({ length: 20 }, (_, at) => second.ask(names(50).map((name) => `${name}${at}`))),
    );
    expect([seen.length, answers.length]).toEqual([500, 1_000]);
  });
});

test('code inserted without an editor opens a file of its language', async () => {
  await insertAtCursor('let a = 1;', 'typescript');
  await insertAtCursor('x', 'unheard-of');
  expect(editor.documents).toEqual([
    { content: 'let a = 1;', language: 'typescript' },
    { content: 'x' },
  ]);
});
