// The Codex CLI through its app-server: JSON-RPC, one object a line.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { instructions, tool } from '../scenarios.mjs';

export const load = ({ codex }) => codex;

export async function open(script, { base, token, onText }) {
  const folder = await mkdtemp(join(tmpdir(), 'bench-codex-'));
  const work = join(folder, 'work');
  await mkdir(work);
  await writeFile(join(folder, 'config.toml'), configOf(base));
  await writeFile(join(folder, 'auth.json'), authOf(token), { mode: 0o600 });
  // A proxy that is not there: whatever is meant for elsewhere stays on this machine.
  const nowhere = { HTTPS_PROXY: 'http://127.0.0.1:9', HTTP_PROXY: 'http://127.0.0.1:9' };
  const child = spawn(process.execPath, [script, 'app-server'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    cwd: work,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      CODEX_HOME: folder,
      ...nowhere,
      NO_PROXY: '127.0.0.1,localhost',
    },
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const rpc = createRpc(child);
  await rpc.request('initialize', {
    clientInfo: { name: 'bench', title: 'bench', version: '1' },
    capabilities: { experimentalApi: true },
  });
  rpc.notify('initialized');
  const { thread } = await rpc.request('thread/start', {
    cwd: work,
    ephemeral: true,
    baseInstructions: instructions,
    dynamicTools: [
      { name: tool.name, description: tool.description, inputSchema: tool.parameters },
    ],
  });
  return {
    run: () => runTurn(rpc, thread.id, onText),
    /** The start script runs the native program as its child; that one does the work. */
    worker: () => child.pid,
    async close() {
      child.stdin.end();
      await Promise.race([ended, new Promise((done) => setTimeout(done, 2000))]);
      child.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function runTurn(rpc, threadId, onText) {
  return new Promise((resolve, reject) => {
    let text = '';
    let args;
    rpc.listen(({ id, method, params }) => {
      if (method === 'item/agentMessage/delta') {
        if (args !== undefined) return;
        text += params.delta;
        onText(params.delta);
      } else if (method === 'item/tool/call') {
        args = params.arguments;
        resolve({ text, args });
        rpc.answer(id, { contentItems: [{ type: 'inputText', text: 'Done.' }], success: true });
      } else if (method === 'error') reject(new Error(JSON.stringify(params)));
      else if (method === 'turn/completed') resolve({ text, args });
    });
    rpc
      .request('turn/start', { threadId, input: [{ type: 'text', text: 'Go on.' }] })
      .catch(reject);
  });
}

function createRpc(child) {
  const waiting = new Map();
  let listener = () => {};
  let lastId = 0;
  const send = (message) => child.stdin.write(`${JSON.stringify(message)}\n`);
  createInterface({ input: child.stdout }).on('line', (line) => {
    const message = JSON.parse(line);
    const asked = message.method === undefined && waiting.get(message.id);
    if (!asked) listener(message);
    else if (message.error) asked.reject(new Error(message.error.message));
    else asked.resolve(message.result);
  });
  return {
    request(method, params) {
      const id = ++lastId;
      send({ id, method, params });
      return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
    },
    notify: (method) => send({ method }),
    answer: (id, result) => send({ id, result }),
    listen(next) {
      listener = next;
    },
  };
}

const configOf = (base) => `
model = "gpt-5.5"
model_provider = "local"
chatgpt_base_url = ${JSON.stringify(`${base}/`)}
approval_policy = "never"
sandbox_mode = "danger-full-access"
check_for_update_on_startup = false

[features]
plugins = false
apps = false

[model_providers.local]
name = "local"
base_url = ${JSON.stringify(`${base}/codex`)}
wire_api = "responses"
requires_openai_auth = true
supports_websockets = false

[analytics]
enabled = false

[otel]
exporter = "none"
`;

const authOf = (token) =>
  JSON.stringify({
    auth_mode: 'chatgpt',
    OPENAI_API_KEY: null,
    tokens: {
      id_token: token,
      access_token: token,
      refresh_token: 'rt_bench',
      account_id: 'account',
    },
    last_refresh: new Date().toISOString(),
  });
