import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod/mini';

/** One request with a refresh token. */
export interface Spending {
  readonly refreshToken: string;
  /** What the issuer answered; undefined while it has not. */
  status?: number;
  /** The answer has gone out to whoever is still there. */
  isOver: boolean;
}

export interface IssuerGate {
  readonly url: string;
  readonly spendings: readonly Spending[];
  /** Resolves with the next request that spends a refresh token. */
  nextSpending(): Promise<Spending>;
  close(): Promise<void>;
}

const refreshBody = z.object({ grant_type: z.literal('refresh_token'), refresh_token: z.string() });

/**
 * Stands before the issuer and takes its time for refreshes. What has arrived is carried out, also
 * when whoever asked has gone meanwhile: that is what a real issuer does.
 *
 * @param pauses - waits before the issuer is asked and before its answer is passed on, ms
 */
export async function openIssuerGate(
  issuer: () => string,
  pauses: () => { beforeMs: number; afterMs: number },
): Promise<IssuerGate> {
  const spendings: Spending[] = [];
  const waiting: ((spending: Spending) => void)[] = [];
  const pass = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request);
    const spending = spendingOf(body);
    const { beforeMs, afterMs } = pauses();
    if (spending) {
      spendings.push(spending);
      for (const tell of waiting.splice(0)) tell(spending);
      await wait(beforeMs);
    }
    const answer = await forward(issuer(), request, body);
    const answerText = await answer.text();
    if (spending) {
      spending.status = answer.status;
      await wait(afterMs);
    }
    const headers = Object.fromEntries(
      ['content-type', 'location'].flatMap((name) => {
        const value = answer.headers.get(name);
        return value === null ? [] : [[name, value]];
      }),
    );
    response.writeHead(answer.status, headers).end(answerText);
    if (spending) spending.isOver = true;
  };
  const server = createServer((request, response) => {
    pass(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address === 'string' || !address) throw new Error('The server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    spendings,
    nextSpending: () => new Promise((resolve) => waiting.push(resolve)),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function spendingOf(body: string): Spending | undefined {
  try {
    const parsed = refreshBody.safeParse(JSON.parse(body));
    return parsed.success ? { refreshToken: parsed.data.refresh_token, isOver: false } : undefined;
  } catch {
    return undefined;
  }
}

function forward(
  issuer: string,
  { method = 'GET', url = '/', headers }: IncomingMessage,
  body: string,
) {
  const contentType = headers['content-type'];
  return fetch(`${issuer}${url}`, {
    method,
    redirect: 'manual',
    ...(contentType === undefined ? {} : { headers: { 'content-type': contentType } }),
    ...(method === 'GET' ? {} : { body }),
  });
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
