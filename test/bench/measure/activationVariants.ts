import { cp, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';

const figuresSchema = z.object({
  variant: z.string(),
  /**
   * From the first line of the extension to the end of `activate`, ms. On Linux of the thread that
   * runs extensions alone, elsewhere of the whole process.
   */
  cpuMs: z.number(),
  wallMs: z.number(),
  /** The same to the moment in which the promise of `activate` has resolved: everything is registered. */
  readyCpuMs: z.number(),
});
export type Figures = z.infer<typeof figuresSchema>;

/** Several builds in the place of one installed extension; each start takes the one that is set. */
export interface Variants {
  set(variant: string): Promise<void>;
  /** The figures of every start so far. */
  figures(): Promise<readonly Figures[]>;
}

/**
 * Puts the builds beside each other into the installed extension, under its manifest, so that they
 * are loaded by the same host in the same way. The main file takes the figures.
 * @param builds - folders with a `dist/extension.cjs`; undefined for an extension that does nothing
 */
export async function installVariants(
  extensionsDir: string,
  builds: Readonly<Record<string, string | undefined>>,
): Promise<Variants> {
  const folder = join(extensionsDir, await installedName(extensionsDir));
  for (const [name, build] of Object.entries(builds)) {
    const place = join(folder, 'variants', name);
    await mkdir(place, { recursive: true });
    if (build === undefined) await writeFile(join(place, 'extension.cjs'), empty);
    else await cp(join(build, 'dist'), place, { recursive: true });
  }
  const chosen = join(folder, 'variant.txt');
  const log = join(folder, 'activations.jsonl');
  await writeFile(log, '');
  await writeFile(join(folder, 'measured.cjs'), measured);
  const manifestPath = join(folder, 'package.json');
  const manifest = z.parse(z.looseObject({}), JSON.parse(await readFile(manifestPath, 'utf8')));
  await writeFile(manifestPath, JSON.stringify({ ...manifest, main: './measured.cjs' }));
  return {
    set: (variant) => writeFile(chosen, variant),
    async figures() {
      const lines = (await readFile(log, 'utf8')).split('\n').filter((line) => line !== '');
      return lines.map((line) => z.parse(figuresSchema, JSON.parse(line)));
    },
  };
}

async function installedName(extensionsDir: string): Promise<string> {
  const name = (await readdir(extensionsDir)).find((each) => each.startsWith('codex-chat.'));
  if (name === undefined) throw new Error('The extension is not installed.');
  return name;
}

const empty = 'exports.activate = () => {};';

const measured = `
const { appendFileSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const variant = readFileSync(join(__dirname, 'variant.txt'), 'utf8');
const main = join(__dirname, 'variants', variant, 'extension.cjs');
const cpuMs = () => {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1e6;
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  }
};
const cpu = cpuMs();
const wall = performance.now();
const extension = require(main);
exports.activate = (context) => {
  const result = extension.activate(context);
  const figures = { variant, cpuMs: cpuMs() - cpu, wallMs: performance.now() - wall };
  void Promise.resolve(result).then(() => {
    const line = JSON.stringify({ ...figures, readyCpuMs: cpuMs() - cpu });
    setTimeout(() => appendFileSync(join(__dirname, 'activations.jsonl'), line + '\\n'), 1000);
  });
  return result;
};
exports.deactivate = () => extension.deactivate?.();
`;
