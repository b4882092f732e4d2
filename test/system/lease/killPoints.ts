import fs, { writeFileSync } from 'node:fs';
import promises, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { halfWay } from './halfWay.ts';

/*
 * Ends this process as `kill -9` does, at a chosen point of what it writes: before and after each
 * call that changes something on disk, and half way through each text.
 */

let points: string[] = [];
let fatal: number | undefined;

/** Counts from the next call on; the process ends at the point of this number, if one is given. */
export function killAt(point: number | undefined): void {
  points = [];
  fatal = point;
}

/** What the points since {@link killAt} were. */
export const pointsSeen = (): readonly string[] => points;

function passPoint(what: string, beforeTheEnd: () => void = () => {}): void {
  if (points.push(what) - 1 !== fatal) return;
  beforeTheEnd();
  process.kill(process.pid, 'SIGKILL');
}

type Call = (...args: never[]) => unknown;

function around<F extends Call>(call: F): F {
  const wrapped = new Proxy(call, {
    apply(target, self, args) {
      passPoint(`before ${call.name}`);
      const result: unknown = Reflect.apply(target, self, args);
      if (result instanceof Promise) return result.finally(() => passPoint(`after ${call.name}`));
      passPoint(`after ${call.name}`);
      return result;
    },
  });
  return wrapped;
}

const half = (text: unknown) => String(text).slice(0, Math.floor(String(text).length / 2));

const { writeFile, open } = promises;
Object.assign(promises, {
  mkdir: around(promises.mkdir),
  rename: around(promises.rename),
  unlink: around(promises.unlink),
  utimes: around(promises.utimes),
  chmod: around(promises.chmod),
  async writeFile(...args: Parameters<typeof writeFile>) {
    const [path, text] = args;
    passPoint(halfWay, () => typeof path === 'string' && writeFileSync(path, half(text)));
    await around(writeFile)(...args);
  },
  async open(...args: Parameters<typeof open>): Promise<FileHandle> {
    const handle = await around(open)(...args);
    const write = handle.writeFile.bind(handle);
    handle.writeFile = async (text, options) => {
      passPoint(halfWay, () => writeFileSync(handle.fd, half(text)));
      await around(write)(text, options);
    };
    return handle;
  },
});
Object.assign(fs, { renameSync: around(fs.renameSync) });
syncBuiltinESMExports();
