import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LimitAction } from '../../../../src/shared/protocol/limits.ts';
import { settled } from '../../../support/steppedClock.ts';
import { createTalkWorld, minuteMs } from './chatHarness.ts';

async function world(ids?: readonly string[]) {
  const made = createTalkWorld(ids);
  await made.pool.ready;
  return made;
}

/** A world in which a turn of medium effort does not fit any more. */
async function scarce(ids: readonly string[] = ['a']) {
  const made = await world(ids);
  made.learn('a');
  made.tell('a', 98, made.clock.now() + 90 * minuteMs);
  return made;
}

describe('before a turn', () => {
  test('nothing is asked while the turn fits', async () => {
    const { send, sending, prompts, learn, tell } = await world();
    learn('a');
    tell('a', 50);
    send('Hello');
    expect([sending.warning(), prompts()]).toEqual([undefined, ['Hello']]);
  });

  test('nothing is asked while nothing is known', async () => {
    const { send, sending, prompts } = await world();
    send('Hello');
    expect([sending.warning(), prompts()]).toEqual([undefined, ['Hello']]);
  });

  test('it is asked when the turn will likely not fit, with every way on', async () => {
    const { send, sending, prompts, tell, clock } = await scarce(['a', 'b']);
    tell('b', 5);
    send('Hello');
    expect(prompts()).toEqual([]);
    expect(sending.warning()).toMatchObject({ windowName: 'the 5-hour limit', leftPoints: 2 });
    expect(sending.warning()?.actions).toEqual([
      { kind: 'send' },
      { kind: 'lowerEffort', effort: 'low' },
      { kind: 'useAccount', accountId: 'b', label: 'b@example.com' },
      { kind: 'wait', untilMs: clock.now() + 90 * minuteMs },
      { kind: 'cancel' },
    ]);
  });

  test('a fault in the estimate does not keep the question back', async () => {
    const { send, prompts, tracker } = await scarce();
    tracker.entries = () => {
      throw new Error('broken');
    };
    send('Hello');
    expect(prompts()).toEqual(['Hello']);
  });
});

describe('every way to a turn is looked at before it is sent', () => {
  /** Half of the window is left, so only what is large does not fit. */
  async function half() {
    const made = await world();
    made.learn('a');
    made.tell('a', 50, made.clock.now() + 90 * minuteMs);
    return made;
  }
  const file = (size: number) => ({
    kind: 'file' as const,
    name: 'a.ts',
    path: 'src/a.ts',
    language: 'ts',
    text: 'x'.repeat(size),
  });

  test.each([
    ['a short question', 'Hello', 0, false],
    ['a long question', 'x'.repeat(4_000_000), 0, true],
    ['a large attachment', 'Hello', 4_000_000, true],
    ['signs that take several bytes', '語'.repeat(1_000_000), 0, true],
  ])('%s', async (_what, text, size, isAsked) => {
    const { sending } = await half();
    sending.send({ text, attachments: size > 0 ? [file(size)] : [] });
    expect(sending.warning() !== undefined).toBe(isAsked);
  });

  test('answer again', async () => {
    const made = await half();
    made.send('Hello');
    await settled();
    made.tell('a', 98, made.clock.now() + 90 * minuteMs);
    const { id = '' } = made.last() ?? {};
    made.sent.length = 0;
    made.sending.retryWith(id, { kind: 'send' });
    await settled();
    expect([made.sent, made.sending.warning()?.leftPoints]).toEqual([[], 2]);
    made.sending.answer(made.sending.warning()?.id ?? '', { kind: 'cancel' });
    expect([made.prompts(), made.drafts]).toEqual([['Hello'], []]);
    made.sending.retryWith(id, { kind: 'send' });
    made.sending.answer(made.sending.warning()?.id ?? '', { kind: 'send' });
    await settled();
    expect(made.sent.map(({ text }) => text)).toEqual(['Hello']);
  });

  test('a held message, which asks rather than fail, and is not lost', async () => {
    const made = await scarce();
    made.send('Hello');
    const untilMs = made.clock.now() + 90 * minuteMs;
    made.sending.answer(made.sending.warning()?.id ?? '', { kind: 'wait', untilMs });
    await made.clock.advance(60 * minuteMs);
    // Another device has used up the next window before this one came to it.
    made.tell('a', 98, untilMs + 300 * minuteMs);
    await made.clock.advance(40 * minuteMs);
    expect([made.held.list(), made.sent]).toEqual([[], []]);
    expect(made.sending.warning()).toBeDefined();
    made.sending.answer(made.sending.warning()?.id ?? '', { kind: 'cancel' });
    expect(made.drafts).toEqual(['Hello']);
  });

  test('a turn that is held to be done again', async () => {
    const made = await half();
    const resetsAtMs = made.clock.now() + 30 * minuteMs;
    made.reply = () => ({ spentUntilMs: resetsAtMs });
    made.send('Hello');
    await settled();
    const { id = '' } = made.last() ?? {};
    made.sending.retryWith(id, { kind: 'wait', untilMs: resetsAtMs });
    made.reply = () => 'answer';
    made.sent.length = 0;
    await made.clock.advance(29 * minuteMs);
    made.tell('a', 98, resetsAtMs + 300 * minuteMs);
    await made.clock.advance(10 * minuteMs);
    expect([made.sent, made.held.list()]).toEqual([[], []]);
    expect(made.sending.warning()).toBeDefined();
  });

  test('the rest of an answer', async () => {
    const made = await half();
    made.send('Hello');
    await settled();
    const last = made.last();
    if (last) last.mayContinue = true;
    made.tell('a', 98, made.clock.now() + 90 * minuteMs);
    made.sent.length = 0;
    made.sending.resume(last?.id ?? '');
    await settled();
    expect([made.sent, made.session.isBusy()]).toEqual([[], false]);
    made.sending.answer(made.sending.warning()?.id ?? '', { kind: 'send' });
    await settled();
    expect(made.sent).toHaveLength(1);
    made.sending.resume('gone');
    expect(made.sending.warning()).toBeUndefined();
  });
});

describe('the answer to the question', () => {
  async function asked(ids?: readonly string[]) {
    const made = await scarce(ids);
    made.tell('b', 5);
    made.send('Hello');
    const answer = (way: LimitAction) => made.sending.answer(made.sending.warning()?.id ?? '', way);
    return { ...made, made, answer };
  }

  test('send sends it', async () => {
    const { answer, prompts, sending } = await asked();
    answer({ kind: 'send' });
    expect([prompts(), sending.warning()]).toEqual([['Hello'], undefined]);
  });

  test('lower effort picks it and sends', async () => {
    const { answer, prompts, made } = await asked();
    answer({ kind: 'lowerEffort', effort: 'low' });
    expect([prompts(), made.effort]).toEqual([['Hello'], 'low']);
  });

  test('another account takes the question', async () => {
    const { answer, sent } = await asked(['a', 'b']);
    answer({ kind: 'useAccount', accountId: 'b', label: 'b@example.com' });
    await settled();
    expect(sent.map(({ id }) => id)).toEqual(['b']);
  });

  test('wait holds it until the reset', async () => {
    const { answer, prompts, held, clock, sent } = await asked();
    answer({ kind: 'wait', untilMs: clock.now() + 90 * minuteMs });
    expect([prompts(), held.list().map(({ text }) => text)]).toEqual([[], ['Hello']]);
    await clock.advance(91 * minuteMs);
    expect(sent.map(({ text }) => text)).toEqual(['Hello']);
  });

  test('cancel gives it back', async () => {
    const { answer, prompts, drafts } = await asked();
    answer({ kind: 'cancel' });
    expect([prompts(), drafts]).toEqual([[], ['Hello']]);
  });

  test('an answer to an older question is ignored', async () => {
    const { made, sending, send, prompts } = await asked();
    const old = sending.warning()?.id ?? '';
    send('Instead');
    sending.answer(old, { kind: 'send' });
    expect([prompts(), made.drafts]).toEqual([[], ['Hello']]);
    expect(sending.warning()).toBeDefined();
  });

  test('a question that is answered twice is sent once', async () => {
    const { sending, prompts } = await asked();
    const { id = '' } = sending.warning() ?? {};
    sending.answer(id, { kind: 'send' });
    sending.answer(id, { kind: 'send' });
    expect(prompts()).toEqual(['Hello']);
  });

  test('while another turn runs the question is given back', async () => {
    const { made, answer, session, prompts, drafts } = await asked();
    made.reply = () => 'hang';
    session.send({ text: 'First', attachments: [] });
    answer({ kind: 'lowerEffort', effort: 'low' });
    expect([prompts(), drafts, made.effort]).toEqual([['First'], ['Hello'], 'medium']);
  });

  test('leaving the chat gives the question back', async () => {
    const { sending, drafts } = await asked();
    sending.leave();
    expect([sending.warning(), drafts]).toEqual([undefined, ['Hello']]);
  });
});

test('what is sent while a turn runs is given back', async () => {
  const made = await world();
  made.reply = () => 'hang';
  made.send('First');
  made.send('Second');
  expect([made.prompts(), made.drafts]).toEqual([['First'], ['Second']]);
});

describe('from a usage limit on', () => {
  async function spent(ids?: readonly string[]) {
    const made = await world(ids);
    const resetsAtMs = made.clock.now() + 30 * minuteMs;
    made.reply = () => (made.clock.now() < resetsAtMs ? { spentUntilMs: resetsAtMs } : 'answer');
    made.send('Hello');
    await settled();
    expect(made.last()?.failure?.limitActions).toContainEqual({
      kind: 'wait',
      untilMs: resetsAtMs,
    });
    made.sent.length = 0;
    const wait = () =>
      made.sending.retryWith(made.last()?.id ?? '', { kind: 'wait', untilMs: resetsAtMs });
    return { made, wait, resetsAtMs };
  }

  test('a held message is sent exactly once, a second after the reset', async () => {
    const { made, wait, resetsAtMs } = await spent();
    wait();
    await made.clock.advance(30 * minuteMs);
    expect(made.sent).toEqual([]);
    await made.clock.advance(600 * minuteMs);
    expect(made.sent).toEqual([{ id: 'a', text: 'Hello', atMs: resetsAtMs + 1_000 }]);
    expect(made.prompts()).toEqual(['Hello']);
    expect(made.last()?.status).toBe('done');
  });

  test('it is sent once though the button was pressed twice', async () => {
    const { made, wait } = await spent();
    wait();
    wait();
    expect(made.held.list()).toHaveLength(1);
    await made.clock.advance(600 * minuteMs);
    expect(made.sent).toHaveLength(1);
  });

  test('it is sent once when the machine sleeps over the reset', async () => {
    const { made, wait } = await spent();
    wait();
    await made.clock.sleep(600 * minuteMs);
    expect(made.sent.map(({ text }) => text)).toEqual(['Hello']);
    await made.clock.advance(600 * minuteMs);
    expect(made.sent).toHaveLength(1);
  });

  test('still refused, it says so and offers the later time', async () => {
    const { made, wait, resetsAtMs } = await spent();
    const laterMs = resetsAtMs + 45 * minuteMs;
    made.reply = () => (made.clock.now() < laterMs ? { spentUntilMs: laterMs } : 'answer');
    wait();
    await made.clock.advance(40 * minuteMs);
    expect(made.sent).toHaveLength(1);
    expect(made.held.list()).toEqual([]);
    const { id = '', failure } = made.last() ?? {};
    expect(failure?.limitActions).toContainEqual({ kind: 'wait', untilMs: laterMs });
    made.sending.retryWith(id, { kind: 'wait', untilMs: laterMs });
    await made.clock.advance(120 * minuteMs);
    expect(made.sent.map(({ atMs }) => atMs)).toEqual([resetsAtMs + 1_000, laterMs + 1_000]);
    expect(made.last()?.status).toBe('done');
  });

  test('it waits for the turn that runs at the reset', async () => {
    const { made, wait, resetsAtMs } = await spent(['a', 'b']);
    wait();
    made.reply = () => 'hang';
    made.pool.use('b');
    made.send('Meanwhile');
    await made.clock.advance(60 * minuteMs);
    expect(made.sent.map(({ text }) => text)).toEqual(['Meanwhile']);
    made.reply = () => 'answer';
    made.session.stop();
    await settled();
    expect(made.clock.now()).toBeGreaterThan(resetsAtMs);
    expect(made.sent.map(({ text }) => text)).toEqual(['Meanwhile', 'Hello']);
  });

  test('cancelled, it stays in the chat with its button', async () => {
    const { made, wait } = await spent();
    wait();
    made.held.cancel(made.held.list()[0]?.id ?? '');
    await made.clock.advance(600 * minuteMs);
    expect([made.prompts(), made.drafts, made.sent]).toEqual([['Hello'], [], []]);
  });

  test('done again by hand, it is not sent a second time at the reset', async () => {
    const { made, wait } = await spent(['a', 'b']);
    wait();
    const { id = '' } = made.last() ?? {};
    made.reply = () => 'answer';
    made.pool.use('b');
    made.send('Another');
    await settled();
    made.sending.retryWith(id, { kind: 'send' });
    await made.clock.advance(600 * minuteMs);
    expect(made.sent.map(({ text }) => text)).toEqual(['Another', 'Hello']);
    expect(made.held.list()).toEqual([]);
  });
});

test('nothing that is typed is ever lost, and what is given back did not go out', async () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.constant({ kind: 'send' as const, at: 0 }) },
    fc.record({
      kind: fc.constantFrom(
        'answer' as const,
        'goOn' as const,
        'heldSend' as const,
        'heldCancel' as const,
        'wait' as const,
      ),
      at: fc.nat(4),
    }),
    fc.record({
      kind: fc.constantFrom('new' as const, 'stop' as const, 'settle' as const),
      at: fc.constant(0),
    }),
    fc.record({
      kind: fc.constantFrom('reply' as const, 'quota' as const),
      at: fc.nat(2),
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const made = await scarce(['a', 'b']);
      const { sending, session, held, drafts, clock } = made;
      const left: string[] = [];
      const ways = (): LimitAction[] => [
        { kind: 'send' },
        { kind: 'lowerEffort', effort: 'low' },
        { kind: 'useAccount', accountId: 'b', label: 'b' },
        { kind: 'wait', untilMs: clock.now() + 10 * minuteMs },
        { kind: 'cancel' },
      ];
      const way = (at: number) => ways()[at] ?? { kind: 'cancel' };
      let typed = 0;
      for (const { kind, at } of steps) {
        if (kind === 'send') made.send(`p${typed++}`);
        else if (kind === 'answer') sending.answer(sending.warning()?.id ?? '', way(at));
        else if (kind === 'goOn') sending.retryWith(session.turns()[at]?.id ?? '', way(at));
        else if (kind === 'heldSend') held.sendNow(held.list()[at]?.id ?? '');
        else if (kind === 'heldCancel') held.cancel(held.list()[at]?.id ?? '');
        else if (kind === 'wait') await clock.advance(at * 6 * minuteMs);
        else if (kind === 'stop') session.stop();
        else if (kind === 'settle') await settled();
        else if (kind === 'quota') made.tell('a', [10, 98, 100][at] ?? 0);
        else if (kind === 'reply') {
          const spent = { spentUntilMs: clock.now() + 20 * minuteMs };
          const reply = (['answer', 'hang', spent] as const)[at] ?? 'answer';
          made.reply = () => reply;
        } else sending.leave();
        // A turn that was never put into its chat must not run.
        if (session.isBusy()) expect(made.last()?.status).toBe('running');
        const known = [
          ...left,
          ...made.prompts(),
          ...drafts,
          ...held.list().map(({ text }) => text),
        ];
        const open = sending.warning() ? 1 : 0;
        const missing = Array.from({ length: typed }, (_, n) => `p${n}`).filter(
          (text) => !known.includes(text),
        );
        expect(missing.length).toBeLessThanOrEqual(open);
      }
      session.stop();
      const unsent = drafts.filter(
        (text) => !left.includes(text) && !made.prompts().includes(text),
      );
      expect(made.sent.filter(({ text }) => unsent.includes(text))).toEqual([]);
      held.dispose();
    }),
    { numRuns: 150 },
  );
}, 60_000);
