import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { webviewBuilds } from '../../webview/build.mjs';

const read = (file: string) => readFileSync(join(import.meta.dirname, '../..', file), 'utf8');
const scripts = webviewBuilds.flatMap(({ entryPoints }) => Object.keys(entryPoints ?? {}));

test.each(scripts.map((name) => [name]))('the script %s of the panel is packed', (name) => {
  expect(read('.vscodeignore').split('\n')).toContain(`!dist/${name}.js`);
});
