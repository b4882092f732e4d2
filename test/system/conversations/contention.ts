import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { branchOf } from '../../../src/core/conversations/conversation.ts';
import { openDiskStore } from './openDiskStore.ts';

const contender = join(import.meta.dirname, 'contender.ts');
const never = new AbortController().signal;

export interface Contention {
  readonly kills: number;
  readonly acknowledged: number;
  /** Acknowledged turns that are not in the chat, or twice. */
  readonly lost: readonly string[];
  readonly damagedLines: number;
  /** Turns on the branch that is shown, of all turns. */
  readonly shown: number;
  readonly turns: number;
}

/** Two processes add turns to one chat; in each round, one of them is killed and started again. */
export async function contend(rounds: number): Promise<Contention> {
  const folder = await mkdtemp(join(tmpdir(), 'codex-contend-'));
  const all: ReturnType<typeof startContender>[] = [];
  try {
    const id = await createChat(folder);
    const said: string[] = [];
    const start = (name: string) => {
      const started = startContender(folder, id, name, said);
      all.push(started);
      return started;
    };
    const running = [start('a0'), start('b0')];
    for (let round = 1; round <= rounds; round++) {
      await running[round % 2]?.heard;
      await new Promise((done) => setTimeout(done, Math.random() * 200));
      await running[round % 2]?.kill();
      running[round % 2] = start(`${'ab'[round % 2]}${round}`);
    }
    await Promise.all(running.map((each) => each.heard));
    await Promise.all(running.map((each) => each.kill()));
    const log = await openDiskStore(folder).open(id, never);
    const { turns } = log.conversation();
    const shown = branchOf(log.conversation()).length;
    return {
      kills: rounds + 2,
      acknowledged: said.length,
      lost: said.filter((turn) => !turns.has(turn)),
      damagedLines: log.damage().damagedLines,
      shown,
      turns: turns.size,
    };
  } finally {
    for (const each of all) each.end();
    await rm(folder, { recursive: true, force: true });
  }
}

async function createChat(folder: string): Promise<string> {
  const log = openDiskStore(folder).create({});
  log.add({ type: 'title', text: 'contended' });
  if (!(await log.flush())) throw new Error('the chat could not be written');
  log.dispose();
  return log.id;
}

function startContender(folder: string, id: string, name: string, said: string[]) {
  const args = ['--import', 'tsx', contender, folder, id, name];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (more: string) => (text += more));
  return {
    /** It has written to the chat. */
    heard: once(child.stdout, 'data'),
    end: () => void child.kill('SIGKILL'),
    async kill(): Promise<void> {
      child.kill('SIGKILL');
      await once(child, 'close');
      // The last line may be cut: only what ends in a line feed was said.
      said.push(...text.split('\n').slice(0, -1));
    },
  };
}
