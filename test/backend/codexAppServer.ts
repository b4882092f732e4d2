import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { asRecord, parseJson, type Json } from './values.ts';

export type UserInput = { type: 'text'; text: string } | { type: 'image'; url: string };

/** The real Codex CLI as `codex app-server`: JSON-RPC, one object a line. */
export interface CodexAppServer {
  /**
   * A thread that is kept in memory alone.
   * @param instructions - replaces those of the CLI
   */
  startChat(instructions: string): Promise<CodexChat>;
  /** Id of a new thread, which is written to the sessions folder. */
  startThread(): Promise<string>;
  /** Opens a thread of an earlier process. */
  resumeThread(thread: string): Promise<void>;
  fork(thread: string): Promise<string>;
  /** Takes a thread back to the place before this turn. */
  revert(thread: string, turn: string): Promise<void>;
  compact(thread: string): Promise<void>;
  /** Runs a turn to its end and gives its id. */
  turn(thread: string, input: readonly UserInput[]): Promise<string>;
  /** Starts a turn, and acts when the first words of its answer have come. */
  turnUntilText(
    thread: string,
    input: readonly UserInput[],
    act: (turn: string) => Promise<void>,
  ): Promise<string>;
  interrupt(thread: string, turn: string): Promise<void>;
  steer(thread: string, turn: string, text: string): Promise<void>;
  /** Ends the process as its user does. */
  stop(): Promise<void>;
  /** Ends it at once, as a crash does. */
  close(): Promise<void>;
}

export interface CodexChat {
  /** One turn; each text is a part of the message. Rejects when the turn does not complete. */
  send(...texts: readonly string[]): Promise<void>;
  /** What `/compact` does. */
  compact(): Promise<void>;
}

export async function startCodexAppServer(
  script: string,
  { env, cwd }: { env: NodeJS.ProcessEnv; cwd: string },
): Promise<CodexAppServer> {
  const child = spawn(process.execPath, [script, 'app-server'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    cwd,
    env,
    // The start script runs the program as its child; killing the group ends both.
    detached: true,
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const waiting = new Map<number, { resolve(result: Json): void; reject(error: Error): void }>();
  const listeners = new Set<(method: string, params: Json) => void>();
  let lastId = 0;

  const send = (message: object) => child.stdin.write(`${JSON.stringify(message)}\n`);
  createInterface({ input: child.stdout }).on('line', (line) => {
    const message = asRecord(parseJson(line));
    const { id, method, error } = message;
    if (typeof method === 'string') {
      for (const listen of listeners) listen(method, asRecord(message['params']));
      return;
    }
    const asked = waiting.get(Number(id));
    if (error === undefined) asked?.resolve(asRecord(message['result']));
    else asked?.reject(new Error(`The Codex CLI answered ${JSON.stringify(error)}.`));
  });

  function request(method: string, params: object): Promise<Json> {
    const id = ++lastId;
    send({ id, method, params });
    return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  }

  function next(wanted: string, thread: string): Promise<Json> {
    return new Promise((resolve) => {
      const listen = (method: string, params: Json) => {
        if (method !== wanted || params['threadId'] !== thread) return;
        listeners.delete(listen);
        resolve(params);
      };
      listeners.add(listen);
    });
  }

  const idOf = (holder: unknown) => String(asRecord(holder)['id']);
  const turnOf = async (done: Promise<Json>) => idOf((await done)['turn']);

  await request('initialize', {
    clientInfo: { name: 'test', title: 'test', version: '1' },
    capabilities: { experimentalApi: true },
  });
  send({ method: 'initialized' });

  async function completed(threadId: string, method: string, params: object): Promise<void> {
    const done = next('turn/completed', threadId);
    await request(method, { threadId, ...params });
    const { status, error } = asRecord((await done)['turn']);
    if (status === 'completed') return;
    throw new Error(`The turn of the Codex CLI has failed: ${JSON.stringify(error)}`);
  }

  async function close(): Promise<void> {
    if (child.pid !== undefined && child.exitCode === null) {
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended by itself meanwhile.
      }
    }
    await exited;
  }

  return {
    async startChat(baseInstructions) {
      const params = { cwd, ephemeral: true, baseInstructions };
      const thread = idOf((await request('thread/start', params))['thread']);
      return {
        send: (...texts) =>
          completed(thread, 'turn/start', {
            input: texts.map((text) => ({ type: 'text', text })),
          }),
        compact: () => completed(thread, 'thread/compact/start', {}),
      };
    },
    startThread: async () => idOf((await request('thread/start', { cwd }))['thread']),
    resumeThread: async (threadId) => void (await request('thread/resume', { threadId })),
    fork: async (threadId) => idOf((await request('thread/fork', { threadId }))['thread']),
    revert: async (threadId, beforeTurnId) =>
      void (await request('thread/revert', { threadId, beforeTurnId })),
    compact: (threadId) => completed(threadId, 'thread/compact/start', {}),
    async turn(threadId, input) {
      const done = turnOf(next('turn/completed', threadId));
      await request('turn/start', { threadId, input });
      return done;
    },
    async turnUntilText(threadId, input, act) {
      const done = turnOf(next('turn/completed', threadId));
      const first = next('item/agentMessage/delta', threadId);
      const started = await request('turn/start', { threadId, input });
      await first;
      await act(idOf(started['turn']));
      return done;
    },
    interrupt: async (threadId, turnId) =>
      void (await request('turn/interrupt', { threadId, turnId })),
    steer: async (threadId, expectedTurnId, text) =>
      void (await request('turn/steer', {
        threadId,
        expectedTurnId,
        input: [{ type: 'text', text }],
      })),
    async stop() {
      child.stdin.end();
      await Promise.race([exited, new Promise((resolve) => setTimeout(resolve, 3000))]);
      await close();
    },
    close,
  };
}
