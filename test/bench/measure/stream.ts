import type { Frame } from 'playwright-core';
import { openChat, send, signIn, type Practice } from '../../e2e/practice.ts';
import { withBench } from './bench.ts';
import { longAnswer } from './longAnswer.ts';
import {
  chatFrame,
  installProbe,
  layoutMs,
  longestMs,
  sumMs,
  takeRuns,
  type Run,
} from './probe.ts';
import { atMost, isTrue, note, type Measure, type Row } from './table.ts';

const deltasPerSecond = 2_000;
const deltas = 20_000;
/** The last blocks are coloured after the end. */
const settleMs = 2_000;

/** A frame at 60 Hz, ms. */
const frameMs = 1_000 / 60;

/** 100 kB of markdown with 40 code blocks, 2,000 deltas a second, into the real chat view. */
export const stream: Measure = {
  title: 'Streaming 100 kB with 40 code blocks at 2,000 deltas/s',
  run: () => withBench({ prepare: installProbe }, measure),
};

async function measure(practice: Practice): Promise<readonly Row[]> {
  const { workbench, backend } = practice;
  await (await signIn(practice)).close();
  await openChat(practice);
  const frame = await chatFrame(workbench);
  const button = (name: RegExp) => workbench.chat().getByRole('button', { name });
  const ask = async (prompt: string) => {
    await send(workbench, prompt);
    await button(/^Stop/).waitFor();
    await button(/^Send/).waitFor({ timeout: 60_000 });
    await frame.waitForTimeout(settleMs);
  };

  const warmUp = longAnswer(5_000, 8);
  backend.control.script({ kind: 'text', text: warmUp.text, deltas: 1_000, pace: deltasPerSecond });
  await ask('Warm up');

  const answer = longAnswer(100_000, 40);
  backend.control.script({ kind: 'text', text: answer.text, deltas, pace: deltasPerSecond });
  await takeRuns(frame);
  await ask('Write for long');
  const runs = await takeRuns(frame);
  const code = await codeOf(frame);
  return [
    note('length of the answer', answer.text.length / 1_000, 'kB'),
    ...figures(runs),
    isTrue(`${answer.code.length} code blocks, each as it was sent`, same(code, answer.code)),
  ];
}

function figures(runs: readonly Run[]): readonly Row[] {
  const by = (cause: string) => runs.filter((run) => run.cause === cause);
  const [draws, idle, messages] = [by('frame'), by('idle'), by('message')];
  const changes = messages.filter(({ detail }) => detail === 'turn/changes');
  const streamMs = (changes.at(-1)?.at ?? 0) - (changes[0]?.at ?? 0);
  const others = runs.filter(({ cause }) => !['frame', 'idle', 'message'].includes(cause));
  const lastTenth = draws.slice(-Math.ceil(draws.length / 10));
  return [
    note('time of the stream', streamMs / 1_000, 's'),
    atMost('draws, script in sum', sumMs(draws) - layoutMs(draws), 600, 'ms'),
    // What the browser would do after the frame in any case: following the end asks for it earlier.
    note('layout inside draws, in sum', layoutMs(draws), 'ms'),
    atMost('longest draw, with layout', longestMs(draws), 50, 'ms'),
    note('draws', draws.length),
    note('mean of the last tenth of the draws', sumMs(lastTenth) / lastTenth.length, 'ms'),
    note('hearing messages, script in sum', sumMs(messages), 'ms'),
    note('colouring in idle time, script in sum', sumMs(idle), 'ms'),
    note('longest colouring', longestMs(idle), 'ms'),
    note('all other script in sum', sumMs(others), 'ms'),
    atMost('messages with changes', changes.length, Math.ceil(streamMs / frameMs) + 1),
  ];
}

/** The text of each code block of the last answer. */
function codeOf(frame: Frame): Promise<readonly string[]> {
  return frame.evaluate<readonly string[]>(`
    [...[...document.querySelectorAll('article')].at(-1).querySelectorAll('pre code')]
      .map((code) => code.textContent)`);
}

function same(shown: readonly string[], sent: readonly string[]): boolean {
  return JSON.stringify(shown.map((text) => text.trimEnd())) === JSON.stringify(sent);
}
