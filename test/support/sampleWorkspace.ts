import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Fills a folder with a small project to chat about. A file that is there stays as it is. */
export async function writeSample(folder: string): Promise<void> {
  for (const [name, text] of Object.entries(sample)) {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

const sample: Readonly<Record<string, string>> = {
  'README.md': `# Sample shop

A small project to chat about. Ask Codex to explain \`src/cart.ts\`, or to find its fault.
`,
  'src/cart.ts': `export interface Line {
  readonly name: string;
  readonly cents: number;
  readonly count: number;
}

/** Sum of all lines in cents, less a discount in percent. */
export function total(lines: readonly Line[], discountPercent = 0): number {
  let sum = 0;
  for (const line of lines) sum += line.cents * line.count;
  return sum - sum * discountPercent;
}
`,
  'src/price.py': `def words(cents: int) -> str:
    """1234 becomes 12.34 EUR."""
    return f"{cents // 100}.{cents % 100} EUR"
`,
};
