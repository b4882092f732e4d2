import { inputOf } from '../../src/core/conversations/context/contextEntries.ts';
import type { Backend } from '../backend/backend.ts';
import type { CodexAppServer } from '../backend/codexAppServer.ts';
import type { CodexHome } from '../backend/codexCli.ts';
import { asList, asRecord, type Json } from '../backend/values.ts';
import { systemClock } from '../../src/base/async/clock.ts';
import { branchOf, createConversationBuilder } from '../../src/core/conversations/conversation.ts';
import {
  recordVersion,
  toStored,
  type NewChatRecord,
} from '../../src/core/conversations/records.ts';
import { importRecords } from '../../src/core/conversations/rollouts/importRecords.ts';
import { endNote } from '../../src/core/conversations/history.ts';
import {
  readSession,
  type ReadSession,
} from '../../src/core/conversations/rollouts/readSession.ts';
import { createRolloutFolder } from '../../src/node/rollouts/rolloutFolder.ts';
import { shownOf } from './rolloutSources.ts';
import { prepareInput } from '../../src/core/responses/request/prepareInput.ts';

/** One thing that a user of the Codex CLI does. */
export type CliStep =
  | { do: 'turn' | 'call' | 'parallel' | 'image' | 'fail' | 'reasoning'; text: string }
  | { do: 'interrupt' | 'steer'; text: string }
  | { do: 'compact' | 'fork' | 'restart' | 'kill' }
  /** @param back - how many turns are taken back. */
  | { do: 'revert'; back: number };

const pixel =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** Drives the real Codex CLI against the practice backend. */
export async function runCli(
  backend: Backend,
  home: CodexHome,
  steps: readonly CliStep[],
): Promise<{ thread: string; lastInput: readonly Json[]; session: ReadSession; shown: string[] }> {
  let server = await home.startAppServer();
  let thread = await server.startThread();
  let turns: string[] = [];
  const { control } = backend;
  let answers = 0;

  async function one(step: CliStep): Promise<void> {
    const answer = { kind: 'text', text: `Answer ${++answers}.` } as const;
    switch (step.do) {
      case 'turn':
        control.script(answer);
        turns.push(await server.turn(thread, [{ type: 'text', text: step.text }]));
        return;
      case 'reasoning':
        control.script({ ...answer, reasoning: `Thought ${answers}.` });
        turns.push(await server.turn(thread, [{ type: 'text', text: step.text }]));
        return;
      case 'call':
      case 'parallel': {
        const call = (cmd: string) => ({
          name: 'exec_command',
          arguments: JSON.stringify({ cmd }),
        });
        const calls = [call('echo one'), ...(step.do === 'parallel' ? [call('false')] : [])];
        control.script({ kind: 'call', calls }, answer);
        turns.push(await server.turn(thread, [{ type: 'text', text: step.text }]));
        return;
      }
      case 'image': {
        control.script(answer);
        const image = { type: 'image', url: pixel } as const;
        turns.push(await server.turn(thread, [{ type: 'text', text: step.text }, image]));
        return;
      }
      case 'fail':
        control.script({ kind: 'status', status: 400, body: { detail: 'No.' } });
        turns.push(await server.turn(thread, [{ type: 'text', text: step.text }]));
        return;
      case 'interrupt':
        control.script({ kind: 'text', text: 'word '.repeat(2000), pace: 100 });
        turns.push(
          await server.turnUntilText(thread, [{ type: 'text', text: step.text }], (turn) =>
            server.interrupt(thread, turn),
          ),
        );
        return;
      case 'steer':
        control.script({ kind: 'text', text: 'word '.repeat(2000), pace: 100 }, answer);
        turns.push(
          await server.turnUntilText(thread, [{ type: 'text', text: step.text }], (turn) =>
            server.steer(thread, turn, `steer ${step.text}`),
          ),
        );
        return;
      case 'compact':
        control.script({ kind: 'text', text: `Summary ${answers}. `.repeat(30) });
        return server.compact(thread);
      case 'fork':
        thread = await server.fork(thread);
        return;
      case 'revert': {
        const turn = turns.at(-step.back);
        if (turn === undefined) return;
        await server.revert(thread, turn);
        turns = turns.slice(0, -step.back);
        return;
      }
      case 'restart':
      case 'kill':
        await (step.do === 'kill' ? server.close() : server.stop());
        server = await home.startAppServer();
        return server.resumeThread(thread);
    }
  }

  try {
    for (const step of steps) await one(step);
    const session = await readThread(home, thread);
    control.clearRequests();
    control.script({ kind: 'text', text: 'Last answer.' });
    await server.turn(thread, [{ type: 'text', text: 'last question' }]);
    const [request] = control.requests('/codex/responses');
    const lastInput = asList(asRecord(request?.body)['input']).map(asRecord);
    const shown = shownOf(await readThread(home, thread));
    return { thread, lastInput, session, shown };
  } finally {
    await stopQuietly(server);
  }
}

const stopQuietly = (server: CodexAppServer) => server.close().catch(() => undefined);

export async function readThread(home: CodexHome, thread: string): Promise<ReadSession> {
  const folder = createRolloutFolder({ environment: { CODEX_HOME: home.folder } });
  const { signal } = new AbortController();
  const { heads } = await folder.heads(signal);
  const deps = { folder, clock: systemClock, credentialOf: (id: string) => `credential of ${id}` };
  const session = await readSession(heads, thread, deps, signal);
  if (!session) throw new Error(`There is no session ${thread}.`);
  return session;
}

/** What the imported session tells the model, as it goes out. */
export function importedInput({ history }: ReadSession): readonly Json[] {
  return prepareInput(history.map(({ item }) => item)).map(asRecord);
}

/** The same of the chat that the session becomes. */
export function chatInput(session: ReadSession): readonly Json[] {
  const builder = createConversationBuilder();
  const chat: NewChatRecord = { type: 'chat', v: recordVersion, chat: 'chat' };
  [chat, ...importRecords(session, new Set())].forEach((record, n) => {
    builder.add(JSON.parse(JSON.stringify({ n, w: 1, at: n, ...toStored(record) })));
  });
  return prepareInput(inputOf(branchOf(builder.current()))).map(asRecord);
}

/**
 * What the Codex CLI has sent before the last question, but for what an import changes on purpose:
 * what the CLI tells the model of itself and of the machine is left out, the note on a stopped turn
 * is ours, images follow the words in a message of their own, and ids are not sent.
 */
export function expectedInput(input: readonly Json[]): readonly Json[] {
  const own = input.slice(0, -1).flatMap((item): Json[] => {
    if (item['role'] === 'developer') return [];
    if (item['role'] !== 'user') return [item];
    const content = asList(item['content']).map(asRecord);
    const [first] = content.map(({ text }) => String(text));
    if (first?.startsWith('<environment_context>') === true) return [];
    if (first?.startsWith('<turn_aborted>') === true) return endNote('stopped').map(asRecord);
    const words = content.filter(({ type }) => type === 'input_text');
    const images = content.filter(({ type }) => type !== 'input_text');
    return [words, images]
      .filter((parts) => parts.length > 0)
      .map((parts) => ({ type: 'message', role: 'user', content: parts }));
  });
  return own.map(({ id: _id, ...item }) => item);
}
