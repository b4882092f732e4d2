import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { admit } from './access.ts';
import type { Account } from './accounts.ts';
import { handleControl } from './control.ts';
import { createDeviceFlow } from './device.ts';
import { createOpenaiApi } from './openaiApi.ts';
import { createIssuer } from './issuer.ts';
import { type Exchange, readExchange, redirect, sendJson, UnreadableRequest } from './http.ts';
import { strike, waitFor } from './play.ts';
import { createResponses, isResponsesPost } from './responses.ts';
import type { Backend, BackendOptions } from './types.ts';
import { accountsCheck, bankedResets, redeemReset, usage, userSettings } from './wham.ts';
import { createWorld, type World } from './world.ts';

export type { Backend, BackendOptions, Behaviour, MintedTokens } from './types.ts';

type Handler = (exchange: Exchange) => void | Promise<void>;

/** Starts the stand-in for issuer and backend on 127.0.0.1. */
export async function startBackend(options: BackendOptions = {}): Promise<Backend> {
  let url = '';
  const world = createWorld(options, () => url);
  const routes = createRoutes(world, options, () => url);

  const server = createServer((request, response) => {
    handle(world, routes, request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(`The practice backend failed: ${String(error)}\n`);
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address === 'string' || !address) throw new Error('The server has no port');
  url = `http://127.0.0.1:${address.port}`;

  return {
    url,
    issuer: url,
    baseUrl: `${url}/backend-api`,
    apiBaseUrl: `${url}/v1`,
    control: world.control,
    async stop() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
      server.closeAllConnections();
      await closed;
    },
  };
}

function createRoutes(
  world: World,
  options: BackendOptions,
  issuerUrl: () => string,
): ReadonlyMap<string, Handler> {
  const { accounts, tokens, now } = world;
  const anyLoopbackPort = options.anyLoopbackPort ?? false;
  const issuer = createIssuer({ accounts, tokens, now, anyLoopbackPort });
  const device = createDeviceFlow({ accounts, issuer, issuerUrl, now });
  const responses = createResponses(world);
  const api = createOpenaiApi(world);
  const signedIn =
    (handler: (world: World, exchange: Exchange, account: Account) => void): Handler =>
    (exchange) => {
      const account = admit(world, exchange);
      if (account) handler(world, exchange, account);
    };
  return new Map<string, Handler>([
    ['GET /oauth/authorize', issuer.authorize],
    ['POST /oauth/authorize', issuer.authorize],
    ['POST /oauth/token', issuer.token],
    ['POST /oauth/revoke', issuer.revoke],
    ['POST /api/accounts/deviceauth/usercode', device.userCode],
    ['POST /api/accounts/deviceauth/token', device.poll],
    ['GET /codex/device', device.page],
    ['POST /codex/device', device.page],
    ['GET /backend-api/codex/responses', upgradeRequired],
    ['GET /', greet],
    ['POST /backend-api/codex/responses', responses.answer],
    [
      'GET /backend-api/codex/models',
      signedIn((_, exchange) => {
        world.models.list(exchange);
      }),
    ],
    ['GET /v1/models', api.models],
    ['POST /v1/responses', api.responses],
    ['GET /backend-api/wham/usage', signedIn(usage)],
    ['GET /backend-api/wham/rate-limit-reset-credits', signedIn(bankedResets)],
    ['POST /backend-api/wham/rate-limit-reset-credits/consume', signedIn(redeemReset)],
    ['GET /backend-api/wham/accounts/check', signedIn(accountsCheck)],
    ['GET /backend-api/wham/settings/user', signedIn(userSettings)],
  ]);
}

async function handle(
  world: World,
  routes: ReadonlyMap<string, Handler>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeader('x-request-id', randomUUID());
  let exchange: Exchange;
  try {
    exchange = await readExchange(request, response);
  } catch (error) {
    if (!(error instanceof UnreadableRequest)) return;
    response.writeHead(error.status, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify({ detail: error.message }));
    return;
  }
  if (/^\/control(\/|$)/.test(exchange.url.pathname)) {
    handleControl(world, exchange);
    return;
  }
  remember(world, exchange);
  if (!isResponsesPost(exchange) && (await faulted(world, exchange))) return;
  const handler = routes.get(`${exchange.method} ${exchange.url.pathname}`);
  if (handler) await handler(exchange);
  else sendJson(exchange, 404, { detail: 'Not Found' });
}

function remember(world: World, exchange: Exchange): void {
  const { method, url, headers, body } = exchange;
  const query = Object.fromEntries(url.searchParams);
  world.seen.push({ method, path: url.pathname, query, headers, body, atMs: world.now() });
}

/** Obeys a script for an endpoint that does not stream; true when it has answered. */
async function faulted(world: World, exchange: Exchange): Promise<boolean> {
  let behaviour = world.scripts.take(exchange.url.pathname, () => true);
  if (behaviour?.kind === 'delay') {
    if (!(await waitFor(exchange, behaviour.ms))) return true;
    behaviour = behaviour.next;
  }
  return behaviour !== undefined && strike(exchange, behaviour);
}

/** The way of the real backend to say: no websocket here, use HTTP (OBSERVED.md 5). */
const upgradeRequired = (exchange: Exchange) => {
  sendJson(exchange, 426, { detail: 'Upgrade Required' });
};

const greet = (exchange: Exchange) => {
  redirect(exchange, 302, 'control');
};
