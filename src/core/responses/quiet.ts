import type { Clock } from '../../base/clock.ts';

/** Notices when a stream says nothing for a while, long before it is given up. */
export interface QuietWatch {
  /** Something came, be it a comment. */
  byte(): void;
  end(): void;
}

export function watchQuiet(
  afterMs: number,
  clock: Clock,
  heard: { quiet(): void; life(): void },
): QuietWatch {
  const ended = new AbortController();
  let lastMs = clock.now();
  let isQuiet = false;

  /** One timer at a time, however many bytes come. */
  async function watch(): Promise<void> {
    for (;;) {
      const leftMs = lastMs + afterMs - clock.now();
      if (leftMs <= 0) break;
      await clock.delay(leftMs, ended.signal);
    }
    isQuiet = true;
    heard.quiet();
  }
  const start = () => void watch().catch(() => {});

  start();
  return {
    byte() {
      lastMs = clock.now();
      if (!isQuiet) return;
      isQuiet = false;
      heard.life();
      start();
    },
    end: () => ended.abort(),
  };
}
