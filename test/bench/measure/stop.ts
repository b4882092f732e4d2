import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { systemClock } from '../../../src/base/async/clock.ts';
import { silentLog } from '../../../src/base/log.ts';
import { createResponses } from '../../../src/core/responses/client.ts';
import { userMessage } from '../../../src/core/responses/request/input.ts';
import type { ResponsesRequest } from '../../../src/core/responses/request/request.ts';
import type { TurnEvent } from '../../../src/core/responses/stream/turnEvent.ts';
import { createHttp } from '../../../src/node/http/http.ts';
import { startBackend, type Backend } from '../../backend/backend.ts';
import {
  createRelay,
  listen,
  neverGranted,
  proxyAt,
  stopPoints,
  type StopPoint,
} from './stopPoints.ts';
import type { Measure, Row } from './table.ts';

const runs = 20;
/** From the stop until the consumer knows, and until the server sees its socket closed, ms. */
const settledMs = 50;
const closedMs = 250;
/** A socket that is open after this is taken for one that stays. */
const patienceMs = 2_000;

const request: ResponsesRequest = {
  model: { slug: 'gpt-5.5', lite: false, supportsVerbosity: true },
  instructions: 'Be brief.',
  input: [userMessage('Say hello.')],
  tools: [],
  sessionId: '01a1fb67-d99b-7c30-a295-7bcec978df72',
};

/** Stops a turn wherever it may wait, over real sockets. */
export const stop: Measure = {
  title: `Stopping a turn, ${runs} times at each point: ms until it is told, ms until the server sees its socket closed (median / longest; –: none, or it rests and stays), events after it`,
  isBare: true,
  async run() {
    const backend = await startBackend({ pace: 0 });
    try {
      const rows: Row[] = [];
      for (const point of stopPoints) rows.push(await measure(point, backend));
      return rows;
    } finally {
      await backend.stop();
    }
  },
};

export interface Stop {
  settledMs: number;
  /** Undefined when there was no socket, or it may stay. */
  closedMs: number | undefined;
  eventsAfter: number;
}

/** One turn, stopped at the point. */
export function stopAt(point: StopPoint, backend: Backend): Promise<Stop> {
  backend.control.reset();
  backend.control.script(...(point.script ?? []));
  return withPlace(point, backend, (place) => stopOnce(point, place, backend));
}

async function measure(point: StopPoint, backend: Backend): Promise<Row> {
  const stops: Stop[] = [];
  for (let run = 0; run < runs; run++) {
    stops.push(await stopAt(point, backend));
  }
  const settled = stops.map((one) => one.settledMs);
  const closed = stops.flatMap((one) => one.closedMs ?? []);
  const after = stops.reduce((sum, { eventsAfter }) => sum + eventsAfter, 0);
  return {
    what: point.name,
    figure: [spread(settled), spread(closed), after].join('  '),
    limit: `≤ ${settledMs}, ≤ ${closedMs}, 0`,
    holds: Math.max(...settled) <= settledMs && Math.max(0, ...closed) <= closedMs && after === 0,
  };
}

function spread(ms: readonly number[]): string {
  const text = ms.length === 0 ? '–' : `${median(ms).toFixed(1)} / ${Math.max(...ms).toFixed(1)}`;
  return text.padStart(12);
}

interface Place {
  baseUrl: string;
  proxyPort: number | undefined;
  open(): readonly Socket[];
}

/** What the turn talks to, with a relay in front that sees the sockets. */
async function withPlace<T>(
  { answer, hole }: StopPoint,
  backend: Backend,
  use: (place: Place) => Promise<T>,
): Promise<T> {
  const own = createServer(answer);
  const behind = answer ? await listen(own) : Number(new URL(backend.url).port);
  const relay = await createRelay(hole ? undefined : behind);
  const baseUrls = {
    none: `http://127.0.0.1:${relay.port}/backend-api`,
    tls: `https://127.0.0.1:${relay.port}/backend-api`,
    proxy: 'https://codex.example/backend-api',
  };
  try {
    return await use({
      baseUrl: baseUrls[hole ?? 'none'],
      proxyPort: hole === 'proxy' ? relay.port : undefined,
      open: relay.open,
    });
  } finally {
    await relay.close();
    own.closeAllConnections();
    own.close();
  }
}

async function stopOnce(point: StopPoint, place: Place, backend: Backend): Promise<Stop> {
  const { proxyPort } = place;
  const http = createHttp({ environment: proxyPort === undefined ? {} : proxyAt(proxyPort) });
  const { accessToken, accountId } = backend.control.mint('ada@example.com');
  const bearer = async () => ({ credentialId: 'ada', accountId, accessToken });
  const client = createResponses({
    http: http.request,
    tokenProvider: { getToken: point.noGrant ? neverGranted : bearer, replaceRejected: bearer },
    baseUrl: () => place.baseUrl,
    identity: { originator: 'codex_chat', userAgent: 'codex_chat/0.0.0' },
    clock: systemClock,
    random: () => 1,
    log: silentLog,
    ...(point.quietAfterMs === undefined ? {} : { quietAfterMs: point.quietAfterMs }),
  });
  const stopper = createStopper(place);
  let eventsAfter = 0;
  const hear = (event: TurnEvent) => {
    if (stopper.signal.aborted) eventsAfter++;
    else if (point.after?.(event)) stopper.arrive(point.isInside === true);
  };
  if (!point.after) setTimeout(() => stopper.arrive(false), 40);
  const turn = client.stream(request, hear, stopper.signal).catch(() => 'stopped');
  if ((await turn) !== 'stopped') throw new Error(`${point.name}: it was over before the stop.`);
  const settled = stopper.elapsedMs();
  const closed = point.keepsSocket ? undefined : await stopper.closed();
  await new Promise((resolve) => setTimeout(resolve, 10));
  await http.close();
  return { settledMs: settled, closedMs: closed, eventsAfter };
}

/** Stops once the turn has got where it is to be stopped. */
function createStopper(place: Place) {
  const abort = new AbortController();
  let stoppedAt = 0;
  let gone: Promise<unknown>[] = [];
  const elapsedMs = () => performance.now() - stoppedAt;
  const halt = () => {
    if (abort.signal.aborted) return;
    gone = place.open().map(closing);
    stoppedAt = performance.now();
    abort.abort(new Error('stopped'));
  };
  return {
    signal: abort.signal,
    elapsedMs,
    /** At once, or at any moment of the next ten milliseconds. */
    arrive(atOnce: boolean) {
      if (atOnce) halt();
      else setTimeout(halt, 10 * Math.random());
    },
    /** Ms until the sockets that were open at the stop were closed; undefined without any. */
    async closed(): Promise<number | undefined> {
      await Promise.all(gone);
      return gone.length === 0 ? undefined : elapsedMs();
    },
  };
}

function closing(socket: Socket): Promise<unknown> {
  return Promise.race([
    new Promise((resolve) => socket.once('close', resolve)),
    new Promise((resolve) => setTimeout(resolve, patienceMs).unref()),
  ]);
}

function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
