import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Code that a package carries along under a license file that it does not ship. */
const carried = [
  {
    input: /(^|\/)node_modules\/undici\/lib\/llhttp\//,
    name: 'llhttp',
    license: 'MIT',
    holder: 'Fedor Indutny, 2018',
  },
];

/**
 * The packages of which something is in the bundles, by name. Throws for one whose license cannot
 * be told: it must not be shipped.
 *
 * @param metafiles - of esbuild, one for each bundle
 * @param root - folder that the paths in the metafiles start from
 */
export async function bundledPackages(metafiles, root) {
  const inputs = metafiles.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap((output) =>
      Object.entries(output.inputs)
        .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
        .map(([input]) => input.replaceAll('\\', '/')),
    ),
  );
  const folders = new Set(inputs.flatMap((input) => packageFolder(input) ?? []));
  const packages = await Promise.all([...folders].map((folder) => readPackage(join(root, folder))));
  for (const { input, name, license, holder } of carried) {
    if (!inputs.some((each) => input.test(each))) continue;
    packages.push({ name, version: 'as in undici', license, text: mitText(holder) });
  }
  return packages.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** `node_modules/zod`, `node_modules/@scope/name`, nested ones too; undefined for our own files. */
function packageFolder(input) {
  return /^(.*\bnode_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input.replace(/^[\w-]+:/, ''))?.[1];
}

async function readPackage(folder) {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const { name, version, license, author } = manifest;
  const files = (await readdir(folder))
    .filter((file) => /^(licen[cs]e|copying|notice|copyrightnotice)/i.test(file))
    .toSorted();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const holder = typeof author === 'string' ? author.replace(/\s*<.*/, '') : author?.name;
  const text = texts.map((each) => each.trim()).join('\n\n');
  if (text !== '') return { name, version, license, text };
  if (license === 'MIT' && holder) return { name, version, license, text: mitText(holder) };
  throw new Error(`${name} ${version} is in a bundle, and its license text cannot be told.`);
}

export function noticesText(packages) {
  const head =
    'Codex Chat contains code of the packages below, each under the license that follows its name.\n';
  const parts = packages.map(
    ({ name, version, license, text }) =>
      `${'-'.repeat(72)}\n${name} ${version} (${license})\n\n${text.replaceAll('\r\n', '\n')}\n`,
  );
  return [head, ...parts].join('\n');
}

/** The MIT license (SPDX: MIT), for packages that name it and ship no text of it. */
function mitText(holder) {
  return `Copyright (c) ${holder}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction,
including without limitation the rights to use, copy, modify, merge, publish, distribute,
sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or
substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES
OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;
}
