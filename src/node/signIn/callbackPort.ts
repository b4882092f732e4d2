import { request, type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../base/log.ts';
import type { PortHolder } from '../../core/auth/authFailure.ts';
import { AuthError } from '../../core/auth/errors.ts';
import { nameHolder } from './portHolder.ts';

export const host = '127.0.0.1';
/** Every answer of our listener bears it, so that another window knows whom it has met. */
export const ourMark = { server: 'codex-chat' } as const;

/** The addresses that are registered for the client id (WIRE.md a, ports). */
const registeredPorts: readonly number[] = [1455, 1457];

/**
 * The port of the settings first, then the registered ones. Warns of a port that is not registered:
 * the issuer sends browsers back only to registered addresses (WIRE.md a, ports).
 */
export function callbackPorts(chosen: number, log: Pick<Log, 'warn'>): readonly number[] {
  if (!registeredPorts.includes(chosen)) log.warn(portWarning);
  return [chosen, ...registeredPorts.filter((port) => port !== chosen)];
}

const portWarning =
  'codexChat.callbackPort: the sign-in service comes back to the ports 1455 and 1457 alone, unless codexChat.issuer is a service that knows another';

const probeLimitMs = 300;
const namingLimitMs = 1_200;
/** As the Codex CLI waits for a port after `GET /cancel` (WIRE.md a, ports). */
const retries = 10;
const retryMs = 200;

/**
 * Listens on the first port that is free. A taken one is passed over in silence, for the next is as
 * good; so no other sign-in is disturbed. Only when all are taken is a holder asked to let go, and
 * only one that the system names as a Codex CLI, whose sign-ins end on `GET /cancel`; a sign-in of
 * another of our windows is never ended from here. Throws AuthError `portsTaken` with who is named.
 */
export async function listenOnFirstFree(
  server: Server,
  ports: readonly number[],
  log: Log,
  signal: AbortSignal,
): Promise<number> {
  const reserved: number[] = [];
  for (const port of ports) {
    signal.throwIfAborted();
    try {
      return await listen(server, port);
    } catch (error) {
      if (codeOf(error) === 'EACCES') reserved.push(port);
      log.info(`port ${port} is taken`);
    }
  }
  const holders = (
    await Promise.all(ports.map((port) => findHolder(port, reserved.includes(port), signal)))
  ).filter((holder) => holder !== undefined);
  log.info(`held by: ${holders.map(({ port, name }) => `${port} ${name}`).join(', ')}`);
  const yielding = holders.find(({ name }) => isCodexCli(name));
  const freed = yielding && (await askToLetGo(server, yielding.port, signal));
  if (freed !== undefined) return freed;
  signal.throwIfAborted();
  throw new AuthError({ kind: 'portsTaken', ports, holders });
}

const isCodexCli = (name: string) => /^codex(\.exe)?\b/i.test(name);

async function findHolder(
  port: number,
  isReserved: boolean,
  signal: AbortSignal,
): Promise<PortHolder | undefined> {
  if (isReserved) return { port, name: 'the system itself, which reserves it' };
  if ((await get(port, '/', signal)) === ourMark.server) {
    return { port, name: 'the sign-in of another VS Code window' };
  }
  const limited = AbortSignal.any([signal, AbortSignal.timeout(namingLimitMs)]);
  const late = new Promise<undefined>((resolve) =>
    limited.addEventListener('abort', () => resolve(undefined), { once: true }),
  );
  return Promise.race([nameHolder(port, limited), late]);
}

/** The port once it is ours; undefined when its holder keeps it. */
async function askToLetGo(
  server: Server,
  port: number,
  signal: AbortSignal,
): Promise<number | undefined> {
  await get(port, '/cancel', signal);
  for (let attempt = 0; attempt < retries && !signal.aborted; attempt++) {
    try {
      return await listen(server, port);
    } catch {
      await sleep(retryMs, undefined, { signal }).catch(() => {});
    }
  }
  return undefined;
}

/** What the holder calls itself in the header `server`; undefined when it does not answer soon. */
function get(port: number, path: string, signal: AbortSignal): Promise<string | undefined> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(probeLimitMs)]);
  return new Promise((resolve) => {
    const asking = request({ host, port, path, signal: limited, agent: false }, (response) => {
      const { server } = response.headers;
      resolve(typeof server === 'string' ? server : undefined);
      response.on('error', () => {});
      response.destroy();
    });
    asking.on('error', () => resolve(undefined));
    asking.end();
  });
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      server.on('error', () => {});
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
