import { lstat, readlink, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { isAbsent } from './fileErrors.ts';

/** As many as Linux follows. */
const mostLinks = 40;
/** Names of devices in every folder of Windows. */
const device = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/**
 * The file at `parts` below `root`, with every symbolic link followed by hand; undefined when there
 * is none, or when the way to it leads outside of all `roots`: nothing out there is ever asked for,
 * not even whether it exists. `root` is one of `roots`.
 */
export async function findFileWithin(
  roots: readonly string[],
  root: string,
  parts: readonly string[],
): Promise<string | undefined> {
  try {
    const real = await Promise.all(roots.map((each) => realpath(each).catch(() => undefined)));
    const bounds = real.filter((each) => each !== undefined);
    return await walk(bounds, await realpath(root), parts);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

async function walk(
  bounds: readonly string[],
  start: string,
  parts: readonly string[],
): Promise<string | undefined> {
  let current = start;
  let links = 0;
  const ahead = [...parts];
  for (let part = ahead.shift(); part !== undefined; part = ahead.shift()) {
    if (part === '' || part === '.') continue;
    if (isForbidden(part)) return undefined;
    const next = join(current, part);
    const found = await lstat(next);
    if (found.isSymbolicLink()) {
      links += 1;
      const goal = resolve(current, await readlink(next));
      const bound = bounds.find((each) => isWithin(each, goal));
      if (bound === undefined || links > mostLinks) return undefined;
      ahead.unshift(...relative(bound, goal).split(sep));
      current = bound;
    } else if (ahead.every((each) => each === '')) return found.isFile() ? next : undefined;
    else if (!found.isDirectory()) return undefined;
    else current = next;
  }
  return undefined;
}

function isForbidden(part: string): boolean {
  return part === '..' || (process.platform === 'win32' && device.test(part));
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (!isAbsolute(way) && way !== '..' && !way.startsWith(`..${sep}`));
}
