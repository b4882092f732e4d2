import type { Clock } from '../../../base/async/clock.ts';

/** Notices when a stream says nothing for a while, long before it is given up. */
export interface SilenceMonitor {
  /** Something came that is part of an answer. */
  byte(): void;
  /** How long nothing has come, ms. */
  silentMs(): number;
  end(): void;
}

export interface SilenceListener {
  /** The silence has lasted `afterMs`; `sinceMs` is when it began, epoch ms. */
  quiet(afterMs: number, sinceMs: number): void;
  /** The silence that was told is over. */
  life(): void;
}

/** @param after - lengths of a silence that are told, ms, the shortest first. */
export function monitorSilence(
  after: number | readonly number[],
  clock: Clock,
  heard: SilenceListener,
): SilenceMonitor {
  const lengths = [after].flat();
  let lastMs = clock.now();
  let reportedCount = 0;
  let waiting = new AbortController();

  /** One timer at a time, however many bytes come. */
  async function watch(signal: AbortSignal): Promise<void> {
    for (
      let length = lengths[reportedCount];
      length !== undefined;
      length = lengths[reportedCount]
    ) {
      const leftMs = lastMs + length - clock.now();
      if (leftMs > 0) {
        await clock.delay(leftMs, signal);
      } else {
        reportedCount++;
        heard.quiet(length, lastMs);
      }
    }
  }
  const start = () => void watch(waiting.signal).catch(() => {});

  start();
  return {
    byte() {
      lastMs = clock.now();
      if (reportedCount === 0) return;
      reportedCount = 0;
      waiting.abort();
      waiting = new AbortController();
      heard.life();
      start();
    },
    silentMs: () => clock.now() - lastMs,
    end: () => waiting.abort(),
  };
}
