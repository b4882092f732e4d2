import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { asRecord, asText, parseJson, type Json } from './values.ts';

/** The Codex CLI as a process that runs chats: JSON-RPC, one object a line, over its stdio. */
export interface CodexAppServer {
  /** @param instructions - replaces those of the CLI */
  startChat(instructions: string): Promise<CodexChat>;
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
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<CodexAppServer> {
  const child = spawn(process.execPath, [script, 'app-server'], {
    ...options,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const rpc = createRpc(child);
  await rpc.request('initialize', {
    clientInfo: { name: 'test', title: 'test', version: '1' },
    capabilities: { experimentalApi: true },
  });
  rpc.notify('initialized');
  return {
    async startChat(baseInstructions) {
      const params = { cwd: options.cwd, ephemeral: true, baseInstructions };
      const threadId = asText(
        asRecord((await rpc.request('thread/start', params))['thread'])['id'],
      );
      const run = (method: string, more: Json = {}) => rpc.run(method, { threadId, ...more });
      return {
        send: (...texts) =>
          run('turn/start', { input: texts.map((text) => ({ type: 'text', text })) }),
        compact: () => run('thread/compact/start'),
      };
    },
    async close() {
      const ended = once(child, 'close');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

interface Waiting {
  resolve(result: Json): void;
  reject(error: Error): void;
}

function createRpc(child: ChildProcess) {
  const waiting = new Map<number, Waiting>();
  let turn: Waiting | undefined;
  let lastId = 0;

  child.once('close', () => {
    const error = new Error('The Codex CLI has ended.');
    for (const one of [...waiting.values(), ...(turn ? [turn] : [])]) one.reject(error);
  });
  if (child.stdout) createInterface({ input: child.stdout }).on('line', read);

  function read(line: string): void {
    const message = asRecord(parseJson(line));
    if (message['method'] === 'turn/completed') endTurn(asRecord(message['params']));
    const asked = message['method'] === undefined && waiting.get(Number(message['id']));
    if (!asked) return;
    if (message['error']) asked.reject(new Error(JSON.stringify(message['error'])));
    else asked.resolve(asRecord(message['result']));
  }

  function endTurn(params: Json): void {
    const { status, error } = asRecord(params['turn']);
    if (status === 'completed') turn?.resolve(params);
    else turn?.reject(new Error(`The turn of the Codex CLI has failed: ${JSON.stringify(error)}`));
  }

  function request(method: string, params: Json): Promise<Json> {
    const id = ++lastId;
    const answer = new Promise<Json>((resolve, reject) => {
      waiting.set(id, { resolve, reject });
    });
    child.stdin?.write(`${JSON.stringify({ id, method, params })}\n`);
    return answer;
  }

  return {
    request,
    notify: (method: string) => child.stdin?.write(`${JSON.stringify({ method })}\n`),
    /** Starts a turn and waits for its end. */
    async run(method: string, params: Json): Promise<void> {
      const ended = new Promise<Json>((resolve, reject) => {
        turn = { resolve, reject };
      });
      await Promise.all([request(method, params), ended]);
    },
  };
}
