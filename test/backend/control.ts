import * as z from 'zod/mini';
import { controlPage } from './controlPage.ts';
import { httpErrors, readSseFixture } from './fixtures.ts';
import { type Exchange, fieldsOf, redirect, sendHtml, sendJson } from './http.ts';
import type { Behaviour } from './types.ts';
import { meters } from './meters.ts';
import { isRecord, parseJson } from './values.ts';
import type { World } from './world.ts';

const ending = z.enum(['complete', 'drop', 'reset', 'stall', 'eof']);
// oxlint-disable-next-line unicorn/no-thenable -- text, never a function
const maybeEnding = { then: z.exactOptional(ending) };
const call = z.object({
  name: z.string(),
  arguments: z.string(),
  callId: z.exactOptional(z.string()),
  namespace: z.exactOptional(z.string()),
  custom: z.exactOptional(z.boolean()),
});
const number = z.exactOptional(z.number().check(z.nonnegative()));

const behaviour: z.ZodMiniType<Behaviour> = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('fixture'),
    name: z.string().check(z.refine(isFixture, 'No such stream in test/fixtures/sse')),
    chunkBytes: number,
    delayMs: number,
  }),
  z.object({
    kind: z.literal('status'),
    status: z.int().check(z.gte(200), z.lte(599)),
    body: z.exactOptional(z.unknown()),
    headers: z.exactOptional(z.record(z.string(), z.string())),
  }),
  z.object({
    kind: z.literal('httpError'),
    name: z
      .string()
      .check(z.refine((name) => httpErrors.some((entry) => entry.name === name), 'No such error')),
  }),
  z.object({
    kind: z.literal('text'),
    text: z.string(),
    reasoning: z.exactOptional(z.string()),
    deltas: number,
    pace: number,
    ...maybeEnding,
  }),
  z.object({ kind: z.literal('call'), calls: z.array(call), ...maybeEnding }),
  z.object({
    kind: z.literal('sse'),
    events: z.array(z.unknown()),
    ...maybeEnding,
  }),
  z.object({ kind: z.literal('drop') }),
  z.object({ kind: z.literal('stall') }),
  z.object({
    kind: z.literal('delay'),
    ms: z.number().check(z.nonnegative()),
    get next(): z.ZodMiniExactOptional<z.ZodMiniType<Behaviour>> {
      return z.exactOptional(behaviour);
    },
  }),
]);

function isFixture(name: string): boolean {
  try {
    return readSseFixture(name).length > 0;
  } catch {
    return false;
  }
}

const script = z.union([z.array(behaviour), behaviour]);
const scripted = z.object({ for: z.string(), script });
const percent = z.exactOptional(z.coerce.number().check(z.gte(0), z.lte(100)));
const advance = z.object({ ms: z.coerce.number() });
const someone = z.object({ email: z.string() });
const someMeters = z.extend(someone, meters.shape);
const usage = z.extend(someone, { fiveHourPercent: percent, weeklyPercent: percent });

/** The control pages below /control. */
export function handleControl(world: World, exchange: Exchange): void {
  if (!isFromThisMachine(exchange)) {
    sendJson(exchange, 403, { detail: 'The control pages are for this machine alone' });
    return;
  }
  const action = exchange.url.pathname.replace(/^\/control\/?/, '');
  if (exchange.method === 'POST') act(world, exchange, action);
  else if (action === 'requests') sendJson(exchange, 200, seenWithoutTokens(world));
  else if (exchange.url.pathname === '/control/') redirect(exchange, 303, '../control');
  else if (action === '') sendHtml(exchange, 200, controlPage(viewOf(world)));
  else sendJson(exchange, 404, { detail: 'Not Found' });
}

/** A web page of elsewhere must not steer the backend, nor read what was sent to it. */
function isFromThisMachine({ headers }: Exchange): boolean {
  const { host, origin } = headers;
  if (!URL.canParse(`http://${host ?? ''}`) || !isLoopback(`http://${host ?? ''}`)) return false;
  return origin === undefined || (URL.canParse(origin) && isLoopback(origin));
}

const isLoopback = (url: string) =>
  /^(127\.0\.0\.1|localhost|\[::1\])$/.test(new URL(url).hostname);

function act(world: World, exchange: Exchange, action: string): void {
  const work = actions[action];
  if (!work) {
    sendJson(exchange, 404, { detail: 'Not Found' });
    return;
  }
  try {
    work(world, exchange.body);
  } catch (error) {
    const why = error instanceof z.core.$ZodError ? z.prettifyError(error) : String(error);
    sendJson(exchange, 400, { detail: why });
    return;
  }
  const isForm = (exchange.headers['content-type'] ?? '').includes('form');
  if (isForm) redirect(exchange, 303, '../control');
  else sendJson(exchange, 200, { waiting: world.scripts.waiting() });
}

const actions: Record<string, ((world: World, body: unknown) => void) | undefined> = {
  script({ control }, body) {
    const wanted = behavioursIn(body);
    if (isRecord(wanted) && 'for' in wanted) {
      const { for: suffix, script: list } = scripted.parse(wanted);
      control.scriptFor(suffix, ...[list].flat());
    } else control.script(...[script.parse(wanted)].flat());
  },
  advance({ control }, body) {
    control.advance(advance.parse(body).ms);
  },
  usage({ control }, body) {
    const { email, ...percents } = usage.parse(body);
    control.setUsage(email, percents);
  },
  meters({ control }, body) {
    const { email, ...settings } = someMeters.parse(body);
    control.setMeters(email, settings);
  },
  expire({ control }, body) {
    control.expireAccessTokens(someone.parse(body).email);
  },
  revoke({ control }, body) {
    control.revoke(someone.parse(body).email);
  },
  reset({ control }) {
    control.reset();
  },
};

/** A form brings the behaviour as JSON in one field, or as plain fields. */
function behavioursIn(body: unknown): unknown {
  const { json } = fieldsOf(body);
  return json === undefined ? body : parseJson(json);
}

function viewOf(world: World): Parameters<typeof controlPage>[0] {
  return {
    accounts: world.accounts.map((account) => ({ account, ...world.ledger.read(account) })),
    clock: new Date(world.now()).toISOString(),
    waiting: world.scripts.waiting(),
    seen: world.seen.slice(-15).toReversed(),
  };
}

function seenWithoutTokens(world: World): unknown {
  return world.seen.map(({ headers, body, ...rest }) => ({
    ...rest,
    headers: { ...headers, ...('authorization' in headers && { authorization: 'Bearer …' }) },
    body: rest.path.startsWith('/oauth/') ? '…' : body,
  }));
}
