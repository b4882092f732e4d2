import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { webviewBuilds } from '../../webview/build.mjs';

const read = (file: string) => readFileSync(join(import.meta.dirname, '../..', file), 'utf8');
const scripts = webviewBuilds.flatMap(({ entryPoints }) => Object.keys(entryPoints ?? {}));

test.each(scripts.map((name) => [name]))('the script %s of the panel is packed', (name) => {
  expect(read('.vscodeignore').split('\n')).toContain(`!dist/${name}.js`);
});

test('the first script of the panel leaves what shows attachments to a later one', async () => {
  const root = join(import.meta.dirname, '../..');
  const options = webviewBuilds.map((each) => ({ ...each, absWorkingDir: root, outdir: '/' }));
  const results = await Promise.all(
    options.map((each) => build({ ...each, minify: true, write: false, metafile: true })),
  );
  const outputs = results.flatMap(({ metafile }) => Object.entries(metafile.outputs));
  const inputsOf = (script: string) => {
    const [, output] = outputs.find(([path]) => path.endsWith(`${script}.js`)) ?? [];
    const inputs = Object.entries(output?.inputs ?? {});
    return inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
  };
  const later = ['attachmentTray', 'chipList', 'addMenu', 'fileIntake', 'faultWords', 'longPaste']
    .map((name) => `webview/composer/attachments/${name}.ts`)
    .concat('webview/images/imageReader.ts');
  expect(inputsOf('history')).toEqual(expect.arrayContaining(later));
  expect(inputsOf('webview').filter((path) => later.includes(path))).toEqual([]);
});
