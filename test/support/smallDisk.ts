import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk {
  readonly folder: string;
  /** Takes all room that is left; files of no length can still be made. */
  fill(): void;
  makeReadOnly(): void;
  /** Gives the room back and can be written again. */
  mend(): void;
  close(): void;
}

/** A file system of its own in memory, 256 kB large. Throws where mounting is not allowed. */
export function mountSmallDisk(): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'codex-disk-'));
  const mount = (...args: string[]) => execFileSync('mount', args, { stdio: 'pipe' });
  try {
    mount('-t', 'tmpfs', '-o', 'size=256k', 'none', folder);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    folder,
    fill() {
      const rest = join(folder, 'rest');
      try {
        for (let kB = 0; kB < 1024; kB += 4) writeFileSync(rest, Buffer.alloc(4096), { flag: 'a' });
      } catch {
        return;
      }
      throw new Error('The disk cannot be filled.');
    },
    makeReadOnly() {
      // Busy while some process has a file open for writing, which lasts no longer than the write.
      for (let attempt = 1; ; attempt++) {
        try {
          mount('-o', 'remount,ro', folder);
          return;
        } catch (error) {
          if (attempt === 500) throw error;
        }
      }
    },
    mend() {
      mount('-o', 'remount,rw', folder);
      rmSync(join(folder, 'rest'), { force: true });
    },
    close() {
      execFileSync('umount', ['-l', folder], { stdio: 'pipe' });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Why no disk can be mounted here; undefined when one can be. */
export function whyNoSmallDisk(): string | undefined {
  try {
    mountSmallDisk().close();
    return undefined;
  } catch (error) {
    return `no file system can be mounted: ${error instanceof Error ? error.message : ''}`;
  }
}
