import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const kinds = /\.(?:md|js|mjs|cjs|ts|json)$/i;
const root = join(import.meta.dirname, '../../../../../node_modules');

export interface RealText {
  path: string;
  text: string;
}

/**
 * Stretches of 200 to 4,000 characters of documentation and code of the packages at hand, the same
 * ones at each run on the same machine: from every package a share, documentation first.
 */
export function readRealTexts(count: number): RealText[] {
  const files = packageFolders().map((folder) => listFiles(folder));
  const texts: RealText[] = [];
  for (let round = 0; texts.length < count && files.some((list) => list.length > round); round++) {
    for (const list of files) {
      const path = list[round];
      if (path === undefined || texts.length >= count) continue;
      texts.push(...stretches(path).slice(0, 6));
    }
  }
  return texts.slice(0, count);
}

function packageFolders(): string[] {
  return readdirSync(root)
    .toSorted()
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@')
        ? readdirSync(join(root, name)).map((inner) => join(root, name, inner))
        : [join(root, name)],
    );
}

function listFiles(folder: string): string[] {
  const found: string[] = [];
  const walk = (at: string) => {
    if (found.length >= 60) return;
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (kinds.test(entry.name) && statSync(path).size < 400_000) found.push(path);
    }
  };
  walk(folder);
  const rank = (path: string) => (/\.md$/i.test(path) ? 0 : 1);
  return found.toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

/** Cut at line ends where there are some, as an answer would quote them. */
function stretches(path: string): RealText[] {
  const text = readFileSync(path, 'utf8');
  const pieces: RealText[] = [];
  for (let at = 0, size = 250; at < text.length; size = (size * 7 + 311) % 3_700) {
    const from = at;
    const wished = from + Math.max(200, size);
    const lineEnd = text.indexOf('\n', wished);
    at = lineEnd > 0 && lineEnd - from < 4_000 ? lineEnd + 1 : Math.min(wished, text.length);
    if (at - from >= 200)
      pieces.push({ path: path.slice(root.length), text: text.slice(from, at) });
  }
  return pieces;
}
