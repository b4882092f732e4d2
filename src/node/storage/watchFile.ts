import { unwatchFile, watch, watchFile as poll, mkdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Disposable } from '../../base/disposables.ts';
import type { Log } from '../../base/log.ts';

/** One write makes several events. */
const gatherMs = 30;
const pollMs = 1_000;

/**
 * Tells when the file may have changed. Its folder is watched, since the file itself is replaced
 * by each write; where watching fails (some network disks), the file is looked at each second.
 * Neither keeps the process from ending.
 */
export function watchFile(path: string, onChange: () => void, log: Log): Disposable {
  let gathering: NodeJS.Timeout | undefined;
  let stop = () => {};
  let disposed = false;
  const soon = () => {
    gathering ??= setTimeout(() => {
      gathering = undefined;
      onChange();
    }, gatherMs);
    gathering.unref();
  };
  const lookNowAndThen = (error: unknown) => {
    stop();
    if (disposed) return;
    log.debug(`a folder cannot be watched: ${error instanceof Error ? error.name : ''}`);
    poll(path, { interval: pollMs, persistent: false }, soon);
    stop = () => unwatchFile(path, soon);
  };
  const begin = () => {
    if (disposed) return;
    try {
      watchFolder();
    } catch (error) {
      lookNowAndThen(error);
    }
    // What was written before the watch stood.
    soon();
  };
  const watchFolder = () => {
    mkdirSync(dirname(path), { recursive: true });
    const watcher = watch(dirname(path), { persistent: false }, (_, name) => {
      if (name === null || name === basename(path)) soon();
    });
    stop = () => watcher.close();
    watcher.on('error', lookNowAndThen);
  };
  // Not at once: whoever listens first does so while the editor starts.
  const beginning = setImmediate(begin);
  beginning.unref();
  return {
    dispose() {
      disposed = true;
      clearImmediate(beginning);
      clearTimeout(gathering);
      stop();
    },
  };
}
