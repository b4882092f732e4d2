import { closeSync, openSync, readSync } from 'node:fs';
import type { Page } from 'playwright-core';

/** Milliseconds on the clock of the page. */
export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** Milliseconds that the main thread of the page was on a processor, whatever else the machine did. */
export interface ThreadTime {
  within(span: Span): number;
}

/** How often the time of the thread is read. The kernel itself counts it at about this rate. */
const everyMs = 2;

interface Sample {
  readonly atMs: number;
  readonly cpuMs: number;
}

/**
 * Reads the processor time of the page's main thread while `act` runs. Undefined where the system
 * doesn't tell it, which is everywhere but on Linux.
 */
export async function withThreadTime<T>(
  page: Page,
  act: () => Promise<T>,
): Promise<{ result: T; time: ThreadTime | undefined }> {
  const files = await statisticsOf(page);
  const samples = files.map((): Sample[] => []);
  const offsetMs = await clockOffset(page);
  const read = () => {
    for (const [at, file] of files.entries()) {
      const cpuMs = readThread(file);
      if (cpuMs !== undefined) samples[at]?.push({ atMs: performance.now() + offsetMs, cpuMs });
    }
  };
  read();
  const timer = setInterval(read, everyMs);
  const result = await act();
  clearInterval(timer);
  read();
  for (const file of files) closeSync(file);
  const used = (list: readonly Sample[]) => (list.at(-1)?.cpuMs ?? 0) - (list[0]?.cpuMs ?? 0);
  const busiest = samples.toSorted((a, b) => used(b) - used(a))[0];
  return { result, time: busiest && busiest.length > 1 ? timeOf(busiest) : undefined };
}

function timeOf(samples: readonly Sample[]): ThreadTime {
  const at = (ms: number) => {
    const next = samples.findIndex(({ atMs }) => atMs >= ms);
    const after = samples[next];
    const before = samples[next - 1];
    if (!after || !before) return (after ?? samples.at(-1))?.cpuMs ?? 0;
    const share = (ms - before.atMs) / (after.atMs - before.atMs);
    return before.cpuMs + share * (after.cpuMs - before.cpuMs);
  };
  return { within: ({ startMs, endMs }) => at(endMs) - at(startMs) };
}

/** The main thread of a process has the number of the process. */
async function statisticsOf(page: Page): Promise<number[]> {
  const session = await page.context().browser()?.newBrowserCDPSession();
  if (!session) return [];
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo.flatMap(({ type, id }) => {
    if (type !== 'renderer') return [];
    try {
      return [openSync(`/proc/${id}/task/${id}/schedstat`, 'r')];
    } catch {
      return [];
    }
  });
}

function readThread(file: number): number | undefined {
  const bytes = Buffer.alloc(64);
  try {
    const length = readSync(file, bytes, 0, bytes.length, 0);
    return Number(bytes.toString('latin1', 0, length).split(' ', 1)[0]) / 1e6;
  } catch {
    // The process is gone.
    return undefined;
  }
}

/** What to add to our clock for the page's: from the fastest of some questions. */
async function clockOffset(page: Page): Promise<number> {
  let best = { tookMs: Infinity, offsetMs: 0 };
  for (let tries = 0; tries < 10; tries++) {
    const startMs = performance.now();
    const pageMs = await page.evaluate<number>('performance.now()');
    const endMs = performance.now();
    const tookMs = endMs - startMs;
    if (tookMs < best.tookMs) best = { tookMs, offsetMs: pageMs - (startMs + endMs) / 2 };
  }
  return best.offsetMs;
}
