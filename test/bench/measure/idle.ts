import { lastAnswer, openChat, send, signIn, type Practice } from '../../e2e/practice.ts';
import { withBench } from './bench.ts';
import { chatFrame, installProbe, takeRuns } from './probe.ts';
import { atMost, isTrue, note, type Measure, type Row } from './table.ts';

const idleS = 60;
/** What still comes after an answer and after the figures that follow it is done by then. */
const settleMs = 5_000;
/** Figures are asked for so long after a turn at most, when they were asked for just before it. */
const figuresMs = 45_000;

/** A minute with the panel open after an answer: nothing may run, cross or leave. */
export const idle: Measure = {
  title: `${idleS} s idle with the panel open, signed in, after an answer`,
  run: () => withBench({ prepare: installProbe }, measure),
};

async function measure(practice: Practice): Promise<readonly Row[]> {
  const { workbench, backend } = practice;
  await (await signIn(practice)).close();
  await openChat(practice);
  backend.control.script({
    kind: 'text',
    text: 'Done.\n\n```ts\nlet a = 1;\n```\n',
    reasoning: 'So.',
  });
  await send(workbench, 'Say something');
  await lastAnswer(workbench).getByText('Done.').waitFor();
  const frame = await chatFrame(workbench);
  await frame.waitForTimeout(settleMs);
  // What the turn has taken is asked for once more; that belongs to the turn.
  const polled = () => backend.control.requests('/wham/usage').length;
  const untilMs = Date.now() + figuresMs;
  for (const before = polled(); polled() === before && Date.now() < untilMs;)
    await frame.waitForTimeout(1_000);
  await frame.waitForTimeout(settleMs);

  // The frame around ours, in which VS Code hands messages on in both directions.
  const outer = frame.parentFrame();
  if (!outer) throw new Error('The chat view has no frame around it.');
  const heard = async () => (await takeRuns(outer)).filter(({ cause }) => cause === 'message');
  const during = await heard();
  await takeRuns(frame);
  backend.control.clearRequests();
  await new Promise((resolve) => setTimeout(resolve, idleS * 1_000));
  const messages = await heard();
  const requests = backend.control.requests().map(({ method, path }) => `${method} ${path}`);
  const runs = await takeRuns(frame);
  const animations = await frame.evaluate<number>(
    'document.getAnimations().filter((each) => each.playState === "running").length',
  );
  const polls = requests.filter((request) => request.endsWith('/wham/usage'));
  const count = (...causes: readonly string[]) =>
    runs.filter(({ cause }) => causes.includes(cause)).length;
  return [
    atMost('timers in the chat view', count('timer'), 0),
    atMost('animation frames', count('frame'), 0),
    atMost('idle callbacks and observers', count('idle', 'observer'), 0),
    atMost('scripts run by events', runs.length - count('timer', 'frame', 'idle', 'observer'), 0),
    atMost('animations that run', animations, 0),
    atMost('messages from or to the chat view', messages.length, 0),
    isTrue('messages were seen during the answer', during.length > 5),
    atMost('requests but the quota poll', requests.length - polls.length, 0),
    note('quota polls', polls.length),
  ];
}
