import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod/mini';

export interface Spending {
  readonly refreshToken: string;
  /** Process id of the window. */
  readonly by: number;
  readonly status: number;
}

export interface Gate {
  readonly url: string;
  /** What the issuer was asked and has answered, in order. */
  readonly spendings: readonly Spending[];
  close(): Promise<void>;
}

const refreshBody = z.object({ refresh_token: z.string() });

/**
 * Stands before the issuer, takes a while on the way there and back, and keeps the books: a request
 * whose sender is gone before it gets there was never made.
 */
export async function openGate(issuer: string, random: () => number): Promise<Gate> {
  const spendings: Spending[] = [];
  const pause = (mostMs: number) =>
    new Promise((resolve) => setTimeout(resolve, random() * mostMs));
  const server = createServer((request, response) => {
    const pass = async () => {
      const body = await text(request);
      await pause(100);
      if (response.destroyed) return;
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${issuer}${request.url}`, { method: 'POST', headers, body });
      spendings.push({
        refreshToken: refreshBody.parse(JSON.parse(body)).refresh_token,
        by: Number(request.headers['user-agent']),
        status: answer.status,
      });
      const answerText = await answer.text();
      await pause(5);
      response.writeHead(answer.status, headers).end(answerText);
    };
    pass().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address === 'string' || !address) throw new Error('The server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    spendings,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
