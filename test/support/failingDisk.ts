import type { Files } from '../../src/node/storage/sharedText.ts';

/** What a disk says of itself, as codes of the operating system. */
export const diskFaults = ['ENOSPC', 'EROFS', 'EMFILE', 'EIO', 'EACCES', 'EBUSY'] as const;
export type DiskFault = (typeof diskFaults)[number];

/** How the next move of a draft to its place goes wrong. */
export const moveFaults = ['crashBefore', 'crashAfter', 'failedButMoved'] as const;
export type MoveFault = (typeof moveFaults)[number];

/** The disk as one window sees it. */
export interface WindowDisk {
  files: Files;
  reading: DiskFault | undefined;
  writing: DiskFault | undefined;
  move: MoveFault | undefined;
  /** As after `kill -9`: from now on nothing that the window does has any effect. */
  isCrashed: boolean;
}

/** A disk in memory that several windows share. Each step takes as long as `pause` says. */
export function createFailingDisk(pause: () => Promise<unknown>) {
  const texts = new Map<string, string>();
  /** What has ever stood in a file, in order; drafts are no files. */
  const history: { path: string; text: string }[] = [];

  function openWindow(): WindowDisk {
    const read = (path: string): string => {
      if (window.isCrashed) throw fault('EIO');
      if (window.reading) throw fault(window.reading);
      const text = texts.get(path);
      if (text === undefined) throw fault('ENOENT');
      return text;
    };
    const mayWrite = () => {
      if (window.isCrashed) throw fault('EIO');
      if (window.writing) throw fault(window.writing);
    };
    const move = (from: string, to: string) => {
      const text = texts.get(from) ?? '';
      texts.delete(from);
      texts.set(to, text);
      history.push({ path: to, text });
    };
    const window: WindowDisk = {
      reading: undefined,
      writing: undefined,
      move: undefined,
      isCrashed: false,
      files: {
        async read(path) {
          await pause();
          const text = read(path);
          await pause();
          return text;
        },
        readNow: read,
        async write(path, text) {
          await pause();
          mayWrite();
          // A full disk takes the beginning.
          texts.set(path, text.slice(0, text.length / 2));
          await pause();
          mayWrite();
          texts.set(path, text);
        },
        moveNow(from, to) {
          mayWrite();
          const how = window.move;
          window.move = undefined;
          if (how !== 'crashBefore') move(from, to);
          if (how === 'crashBefore' || how === 'crashAfter') window.isCrashed = true;
          if (how) throw fault('EIO');
        },
        async remove(path) {
          await pause();
          mayWrite();
          if (!texts.delete(path)) throw fault('ENOENT');
        },
        async makePrivate() {
          await pause();
          mayWrite();
        },
        list: async () => [...texts.keys()].map((path) => path.slice(path.lastIndexOf('/') + 1)),
        ageMs: async () => 0,
      },
    };
    return window;
  }

  return { texts, history, openWindow };
}

function fault(code: DiskFault | 'ENOENT'): Error {
  return Object.assign(new Error(code), { code });
}
