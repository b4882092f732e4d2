import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import type { PartChange, TurnPart } from '../../src/shared/protocol/turn.ts';
import { sampled } from '../support/fullTests.ts';
import { themes, type PanelOptions, type PanelPage, type Unnumbered } from './panelPage.ts';
import {
  answer,
  models,
  running,
  scenes,
  sceneTimeMs,
  snapshot,
  thoughts,
  turn,
} from './panelScenes.ts';
import { usePanels } from './panels.ts';
import { violations } from './violations.ts';

const panels = usePanels();

async function show(scene: Unnumbered, options: PanelOptions = {}): Promise<PanelPage> {
  return panels.open(options, scene);
}

const text = (words: string, id = 'text-1'): TurnPart => ({ kind: 'text', id, text: words });
const changes = (...list: PartChange[]): Unnumbered => ({
  type: 'turn/changes',
  turnId: 'turn-1',
  attempt: 1,
  changes: list,
});
const append = (words: string, id = 'text-1') => changes({ type: 'append', id, text: words });
const busy = (words = 'One.') => snapshot({ turns: [running([text(words)])] });
const long = Array.from({ length: 60 }, (_, at) => `Paragraph ${at} of a long answer.`).join(
  '\n\n',
);
const field = (panel: PanelPage) => panel.page.getByRole('textbox', { name: 'Message to Codex' });

describe('an answer that falls silent', () => {
  const shown = (panel: PanelPage) => panel.page.getByText(/^No response for/);

  test('says for how long, counts on, and says nothing to screen readers', async () => {
    const panel = await show(scenes['silent'] ?? snapshot(), { fakeTime: true });
    await expect.poll(() => shown(panel).innerText()).toBe('No response for 23 sec');
    await panel.page.clock.runFor(3_000);
    await expect.poll(() => shown(panel).innerText()).toBe('No response for 26 sec');
    const spoken = panel.page.locator('[role="status"], [role="alert"], [aria-live]');
    expect((await spoken.allInnerTexts()).join('')).not.toContain('No response');
  });

  test('shows the answer alone again once something comes', async () => {
    const panel = await show(scenes['silent'] ?? snapshot());
    const back = { status: 'running' as const, attempt: 1, notes: [] };
    await panel.tell({ type: 'turn/state', turnId: 'turn-1', ...back });
    await expect.poll(() => shown(panel).count()).toBe(0);
  });
});

describe('the message field', () => {
  test('sends with Enter, empties, and starts a new line with Shift+Enter', async () => {
    const panel = await show(snapshot());
    await field(panel).fill('Why');
    await field(panel).press('Shift+Enter');
    await field(panel).pressSequentially('so?');
    await field(panel).press('Enter');
    await expect.poll(() => panel.heard()).toEqual([{ type: 'prompt/send', text: 'Why\nso?' }]);
    await expect.poll(() => field(panel).inputValue()).toBe('');
  });

  test('leaves Enter alone while an input method composes, told by flag or by key code', async () => {
    const panel = await show(snapshot());
    await field(panel).fill('にほ');
    for (const init of [{ isComposing: true }, { keyCode: 229 }]) {
      await field(panel).dispatchEvent('keydown', { key: 'Enter', bubbles: true, ...init });
    }
    await expect.poll(() => panel.heard()).toEqual([]);
    await field(panel).dispatchEvent('keydown', { key: 'Enter', keyCode: 13, bubbles: true });
    await expect.poll(() => panel.heard()).toEqual([{ type: 'prompt/send', text: 'にほ' }]);
  });

  test('sends with Ctrl+Enter alone when it is set so', async () => {
    const panel = await show(
      snapshot({ settings: { sendWith: 'ctrlEnter', reasoning: 'collapsed' } }),
    );
    await field(panel).fill('Why');
    await field(panel).press('Enter');
    await expect.poll(() => panel.heard()).toEqual([]);
    await field(panel).press('Control+Enter');
    await expect.poll(() => panel.heard()).toEqual([{ type: 'prompt/send', text: 'Why\n' }]);
  });

  test('keeps the text while an answer is under way and says so', async () => {
    const panel = await show(busy());
    await field(panel).fill('And then?');
    await field(panel).press('Enter');
    await expect.poll(() => status(panel)).toMatch(/^Not sent: Codex is still responding/);
    await expect.poll(() => panel.heard()).toEqual([]);
    await expect.poll(() => field(panel).inputValue()).toBe('And then?');
  });

  test('stops with Esc and with the button that was Send, and has the focus then', async () => {
    const panel = await show(busy());
    await field(panel).press('Escape');
    await panel.page.locator('.send').click();
    await expect.poll(() => panel.heard()).toEqual([{ type: 'turn/stop' }, { type: 'turn/stop' }]);
    await expect.poll(() => focused(panel)).toBe('Message to Codex');
  });

  test('keeps Send and Stop in the same place', async () => {
    const panel = await show(snapshot());
    const before = await panel.page.locator('.send').boundingBox();
    await panel.tell(busy());
    await expect.poll(() => panel.page.locator('.send').boundingBox()).toEqual(before);
  });

  test('walks through own prompts at the first and last line and keeps the draft', async () => {
    const turns = [turn({ prompt: 'first' }), turn({ id: 'turn-2', prompt: 'second' })];
    const panel = await show(snapshot({ turns }));
    const seen: string[] = [];
    await field(panel).fill('draft');
    for (const key of ['ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowDown', 'ArrowDown', 'ArrowDown']) {
      await field(panel).press(key);
      seen.push(await field(panel).inputValue());
    }
    expect(seen).toEqual(['second', 'first', 'first', 'second', 'draft', 'draft']);
  });

  test('moves the caret through a draft of several lines before it walks', async () => {
    const panel = await show(snapshot({ turns: [turn({ prompt: 'first' })] }));
    await field(panel).fill('one\ntwo');
    await field(panel).press('ArrowUp');
    await expect.poll(() => field(panel).inputValue()).toBe('one\ntwo');
    await field(panel).press('ArrowUp');
    await expect.poll(() => field(panel).inputValue()).toBe('first');
  });

  test('grows with its text from 36 to 160 px', async () => {
    const panel = await show(snapshot());
    const height = async () => (await field(panel).boundingBox())?.height;
    const heights = [await height()];
    for (const lines of [3, 40]) {
      await field(panel).fill('line\n'.repeat(lines).trim());
      heights.push(await height());
    }
    expect(heights).toEqual([36, 76, 160]);
  });

  test('takes focus and draft that come right after the first snapshot', async () => {
    const panel = await panels.open();
    await panel.tell(snapshot(), { type: 'draft', text: 'recovered' }, { type: 'focus' });
    expect([await focused(panel), await field(panel).inputValue()]).toEqual([
      'Message to Codex',
      'recovered',
    ]);
  });

  test('takes a draft from the host after what stands in it, and the focus when told', async () => {
    const panel = await show(snapshot());
    await panel.tell({ type: 'draft', text: 'recovered' }, { type: 'focus' });
    await expect.poll(() => field(panel).inputValue()).toBe('recovered');
    await expect.poll(() => focused(panel)).toBe('Message to Codex');
    await panel.tell({ type: 'draft', text: 'another' });
    await expect.poll(() => field(panel).inputValue()).toBe('recovered\n\nanother');
  });
});

describe('an answer', () => {
  test('appears as it streams, and every delta once', async () => {
    const panel = await show(snapshot({ turns: [running([])] }));
    await expect.poll(() => panel.page.locator('.answer').innerText()).toContain('Working');
    await panel.tell(changes({ type: 'put', part: text('') }));
    for (const word of ['One', ' **two', '** three.']) await panel.tell(append(word));
    await expect.poll(() => panel.page.locator('.answer .md').innerText()).toBe('One two three.');
    await expect.poll(() => panel.page.locator('.answer strong').innerText()).toBe('two');
  });

  test('loses exactly the half that a retry takes back', async () => {
    const call: TurnPart = { kind: 'call', id: 'c', tool: 'Read', detail: 'a.ts', state: 'done' };
    const panel = await show(snapshot({ turns: [running([call, text('Half an ans')])] }));
    const retry = {
      attempt: 1,
      maxAttempts: 5,
      reason: 'connection lost',
      atMs: sceneTimeMs + 4_000,
    };
    await panel.tell(changes({ type: 'drop', id: 'text-1' }), {
      type: 'turn/state',
      turnId: 'turn-1',
      status: 'running',
      attempt: 2,
      retry,
      notes: [],
    });
    const shown = panel.page.locator('.answer');
    expect(await shown.innerText()).not.toContain('Half');
    await expect.poll(() => shown.innerText()).toContain('Read a.ts');
    await expect
      .poll(() => shown.innerText())
      .toMatch(/Reconnecting · connection lost\s+1 of 5\s+in 4 sec/);
    await panel.page.getByRole('button', { name: 'Try now' }).click();
    await panel.page.getByRole('button', { name: 'Cancel' }).click();
    await expect
      .poll(() => panel.heard())
      .toEqual([{ type: 'retry/now', turnId: 'turn-1' }, { type: 'turn/stop' }]);
    await panel.tell({
      type: 'turn/changes',
      turnId: 'turn-1',
      attempt: 2,
      changes: [{ type: 'put', part: text('Whole answer.', 'text-2') }],
    });
    await expect.poll(() => panel.page.locator('.answer .md').innerText()).toBe('Whole answer.');
  });

  test('is drawn again when a part is replaced by another text', async () => {
    const panel = await show(busy('First try'));
    await panel.tell(changes({ type: 'put', part: text('Second try') }));
    await expect.poll(() => panel.page.locator('.answer .md').innerText()).toBe('Second try');
  });

  test('ends with what it took, and can be copied and asked for again', async () => {
    const panel = await show(snapshot({ turns: [turn({ parts: [text('**Yes**')] })] }));
    const row = panel.page
      .getByRole('article', { name: /Codex/ })
      .or(panel.page.locator('.answer'));
    await expect
      .poll(() => row.locator('.receipt-text').innerText())
      .toMatch(/12\.4K in.*1\.1K out/s);
    await panel.page.getByRole('button', { name: 'Copy response' }).click();
    await panel.page.getByRole('button', { name: 'Regenerate' }).click();
    await expect
      .poll(() => panel.heard())
      .toEqual([
        { type: 'clipboard/write', text: '**Yes**' },
        { type: 'turn/retry', turnId: 'turn-1' },
      ]);
  });

  test('offers the rest of an answer that was cut short, by the keyboard too, while it is the last', async () => {
    const cut = turn({ parts: [text('Half')], notes: ['It was cut.'], mayContinue: true });
    const panel = await show(snapshot({ turns: [cut] }));
    const button = panel.page.getByRole('button', { name: 'Continue' });
    await panel.page.locator('.answer').focus();
    // The first press goes into the row, the second one works what stands there.
    await panel.page.keyboard.press('Enter');
    await panel.page.keyboard.press('Enter');
    await expect.poll(() => panel.heard()).toEqual([{ type: 'turn/continue', turnId: 'turn-1' }]);
    await panel.tell({ type: 'turn/add', turn: turn({ id: 'turn-2', status: 'running' }) });
    await expect.poll(() => button.count()).toBe(0);
  });

  test('opens links through the host, with the turn they are in', async () => {
    const panel = await show(busy('[docs](https://example.com/a)\n\n'));
    await panel.page.locator('.answer').getByText('docs').click();
    await expect
      .poll(() => panel.heard())
      .toEqual([
        { type: 'link/open', turnId: 'turn-1', url: 'https://example.com/a', label: 'docs' },
      ]);
  });

  test('keeps focus and selection in it through 200 deltas', async () => {
    const panel = await show(busy('```ts\nconst a = 1;\n```\n\nPick me.\n\n'));
    await panel.page.getByRole('button', { name: 'Copy' }).first().focus();
    await panel.page.evaluate(`{
      globalThis.kept = document.activeElement;
      const words = [...document.querySelectorAll('.md p')].find((p) => p.textContent === 'Pick me.');
      getSelection().selectAllChildren(words);
    }`);
    for (let batch = 0; batch < 20; batch += 1) {
      await panel.tell(...Array.from({ length: 10 }, (_, at) => append(`w${batch}.${at} `)));
    }
    await expect.poll(() => panel.page.evaluate('getSelection().toString()')).toBe('Pick me.');
    await expect
      .poll(() => panel.page.evaluate('kept.isConnected && kept === document.activeElement'))
      .toBe(true);
    await expect.poll(() => panel.page.locator('.answer .md').innerText()).toContain('w19.9');
  });
});

describe('the thoughts', () => {
  const thinking = (setting: 'collapsed' | 'expanded' | 'hidden') =>
    snapshot({
      settings: { sendWith: 'enter', reasoning: setting },
      turns: [
        running([{ kind: 'reasoning', id: 'r', text: thoughts }], { startedAtMs: sceneTimeMs }),
      ],
    });
  const over = changes({
    type: 'put',
    part: { kind: 'reasoning', id: 'r', text: thoughts, ms: 12_000 },
  });

  test.each([
    ['collapsed', false],
    ['expanded', true],
  ] as const)(
    'stand %s while they stream and close when they are over',
    async (setting, isOpen) => {
      const panel = await show(thinking(setting));
      const head = panel.page.locator('.fold-head');
      await expect.poll(() => head.innerText()).toContain('Checking how attempts are counted');
      await expect.poll(() => panel.page.locator('.fold-body').isVisible()).toBe(isOpen);
      await panel.tell(over);
      await expect.poll(() => head.innerText()).toContain('Thought for 12 sec');
      await expect.poll(() => panel.page.locator('.fold-body').isVisible()).toBe(false);
    },
  );

  test('open on a press and stay so through a re-show', async () => {
    const panel = await show(scenes['done'] ?? snapshot());
    await panel.page.locator('.fold-head').click();
    await expect
      .poll(() => panel.page.locator('.fold-body').innerText())
      .toContain('The loop starts at 0');
    await panel.tell({ type: 'focus' });
    await panel.reshow();
    await panel.tell(scenes['done'] ?? snapshot());
    await expect
      .poll(() => panel.page.locator('.fold-body').innerText())
      .toContain('The loop starts at 0');
  });

  test('fold apart in each turn, though their parts are numbered alike', async () => {
    const parts: TurnPart[] = [{ kind: 'reasoning', id: '1.0', text: thoughts, ms: 12_000 }];
    const panel = await show(snapshot({ turns: [turn({ parts }), turn({ id: 'turn-2', parts })] }));
    await panel.page.locator('.fold-head').last().click();
    await panel.tell({ type: 'focus' });
    await panel.reshow();
    await panel.tell(snapshot({ turns: [turn({ parts }), turn({ id: 'turn-2', parts })] }));
    const bodies = panel.page.locator('.fold-body');
    expect([await bodies.first().isVisible(), await bodies.last().isVisible()]).toEqual([
      false,
      true,
    ]);
    const ids = await panel.page.evaluate(
      '[...document.querySelectorAll("[id]")].map(({ id }) => id)',
    );
    const list = z.array(z.string()).parse(ids);
    expect(new Set(list).size).toBe(list.length);
  });

  test('count their seconds only while they run', async () => {
    const panel = await show(thinking('collapsed'), { fakeTime: true });
    await panel.page.clock.runFor(3_000);
    await expect.poll(() => panel.page.locator('.fold-head .num').innerText()).toBe('3 sec');
  });

  test('leave no trace when they are set to be hidden', async () => {
    const panel = await show(thinking('hidden'));
    await panel.tell(over);
    await expect.poll(() => panel.page.locator('.steps').isVisible()).toBe(false);
  });
});

describe('a failure', () => {
  const offered = {
    Retry: { type: 'turn/retry', turnId: 'turn-1' },
    'Sign in': { type: 'account/signIn' },
    'Copy details': { type: 'failure/copyDetails', turnId: 'turn-1' },
    'Show log': { type: 'log/show' },
    'Show usage': { type: 'quota/show' },
    'New chat': { type: 'chat/new' },
  };

  test('stands in the transcript and its buttons do what they say', async () => {
    const failure = {
      kind: 'network' as const,
      title: 'You are offline',
      message: 'Nothing is lost.',
      actions: ['retry', 'signIn', 'copyDetails', 'showLog', 'showQuota', 'newChat'] as const,
    };
    const panel = await show(
      snapshot({
        turns: [turn({ status: 'failed', failure: { ...failure, actions: [...failure.actions] } })],
      }),
    );
    for (const name of Object.keys(offered)) {
      await panel.page.getByRole('button', { name, exact: true }).click();
    }
    await expect.poll(() => panel.heard()).toEqual(Object.values(offered));
  });
});

describe('asking again', () => {
  const failure = { kind: 'network' as const, title: 'Offline', message: 'Nothing is lost.' };
  const broken = turn({ status: 'failed', failure: { ...failure, actions: ['retry'] } });

  test('leaves the focus in the message field, since the button goes', async () => {
    const panel = await show(snapshot({ turns: [broken] }));
    await panel.page.getByRole('button', { name: 'Retry', exact: true }).click();
    await panel.tell(snapshot({ turns: [running([], { id: 'turn-2' })] }));
    await expect.poll(() => focused(panel)).toBe('Message to Codex');
  });

  test('waits until the answer that is under way is done', async () => {
    const panel = await show(snapshot({ turns: [broken, running([], { id: 'turn-2' })] }));
    await panel.page.getByRole('button', { name: 'Retry', exact: true }).click();
    await expect.poll(() => status(panel)).toBe('Codex is still responding');
    await expect.poll(() => panel.heard()).toEqual([]);
  });
});

describe('the account', () => {
  test('offers to sign in, with why the last try failed', async () => {
    const panel = await show(scenes['signInFailed'] ?? snapshot());
    await expect
      .poll(() => panel.page.locator('.scroller').innerText())
      .toContain('timed out after 5 minutes');
    await panel.page.getByRole('button', { name: 'Sign in with ChatGPT' }).click();
    await panel.page.getByRole('button', { name: 'What data is sent' }).click();
    await expect
      .poll(() => panel.heard())
      .toEqual([{ type: 'account/signIn' }, { type: 'privacy/show' }]);
  });

  test('counts down while the browser has the word, and can be cancelled', async () => {
    const panel = await show(scenes['signingIn'] ?? snapshot(), { fakeTime: true });
    const left = panel.page.locator('.line-note .num');
    const before = await left.innerText();
    await panel.page.clock.runFor(2_000);
    expect([before, await left.innerText()]).toEqual(['· 4:32 left', '· 4:30 left']);
    await panel.page.getByRole('button', { name: 'Cancel' }).click();
    await expect.poll(() => panel.heard()).toEqual([{ type: 'account/cancelSignIn' }]);
  });

  test('that has ended leaves the chat as it is, keeps the draft, and offers to sign in', async () => {
    const panel = await show(scenes['signedOutInChat'] ?? snapshot());
    await field(panel).fill('And?');
    await field(panel).press('Enter');
    await panel.page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect.poll(() => panel.heard()).toEqual([{ type: 'account/signIn' }]);
    await expect.poll(() => field(panel).inputValue()).toBe('And?');
  });
});

describe('the model menu', () => {
  test('chooses a model by the keyboard alone and gives the focus back', async () => {
    const panel = await show(snapshot());
    await panel.page.getByRole('button', { name: /Model and effort/ }).press('Enter');
    await expect.poll(() => focused(panel)).toBe('Model');
    await panel.page.keyboard.press('ArrowDown');
    await panel.page.keyboard.press('Enter');
    await expect
      .poll(() => panel.heard())
      .toEqual([{ type: 'model/pick', slug: 'gpt-5.1-codex-mini', effort: 'medium' }]);
    await expect.poll(() => panel.page.getByRole('dialog').isVisible()).toBe(false);
    await expect.poll(() => focused(panel)).toBe('Message to Codex');
  });

  test('chooses the effort by arrow keys and closes with Esc', async () => {
    const panel = await show(snapshot());
    await panel.page.getByRole('button', { name: /Model and effort/ }).click();
    await panel.page.keyboard.press('Tab');
    await panel.page.keyboard.press('ArrowRight');
    await expect
      .poll(() => panel.heard())
      .toEqual([{ type: 'model/pick', slug: 'gpt-5.1-codex', effort: 'high' }]);
    await panel.page.keyboard.press('Escape');
    await expect.poll(() => panel.page.getByRole('dialog').isVisible()).toBe(false);
    await expect.poll(() => focused(panel)).toBe('Message to Codex');
  });

  test.each([200, 289, 300])('shows every effort whole at %i px', async (width) => {
    const list = models.list.map((model) => ({
      ...model,
      efforts: ['none', 'low', 'medium', 'high', 'xhigh', 'max'],
    }));
    const panel = await show(snapshot({ models: { ...models, list } }), { width });
    await panel.page.getByRole('button', { name: /Model and effort/ }).click();
    const foot = await panel.page.locator('.menu-foot').boundingBox();
    const efforts = await panel.page.getByRole('radio').all();
    const boxes = await Promise.all(efforts.map((effort) => effort.boundingBox()));
    const inside = boxes.filter((box) => box && foot && isInside(box, foot));
    expect(inside).toHaveLength(6);
  });

  test('keeps a model in view that the list does not know', async () => {
    const unknown = { list: [], selected: { slug: 'gpt-9' }, source: 'bundled' as const };
    const panel = await show(snapshot({ models: unknown }));
    await expect.poll(() => panel.page.locator('.model').innerText()).toContain('gpt-9');
  });
});

describe('the reader', () => {
  const readUp = async (panel: PanelPage) => {
    await panel.page.mouse.move(100, 200);
    await panel.page.mouse.wheel(0, -400);
    await expect.poll(() => fromEnd(panel)).toBeGreaterThan(32);
    // The wheel moves the page over several frames; it rests when two looks agree.
    let last: unknown;
    await expect
      .poll(async () => {
        const [before, now] = [last, await top(panel)];
        last = now;
        return before === now;
      })
      .toBe(true);
  };
  const top = (panel: PanelPage) =>
    panel.page.evaluate('document.querySelector(".scroller").scrollTop');
  const fromEnd = (panel: PanelPage) =>
    panel.page.evaluate<number>(
      '(({ scrollHeight, clientHeight, scrollTop }) => Math.round(scrollHeight - clientHeight - scrollTop))(document.querySelector(".scroller"))',
    );

  test('is taken along at the end', async () => {
    const panel = await show(busy(long));
    await panel.tell(append(`\n\n${long}`));
    await expect.poll(() => fromEnd(panel)).toBe(0);
  });

  test('is never moved while reading above, and shown the way back', async () => {
    const panel = await show(busy(long));
    await readUp(panel);
    const before = await top(panel);
    await panel.tell(append(`\n\n${long}`));
    await expect.poll(() => top(panel)).toBe(before);
    await panel.page.getByRole('button', { name: 'New messages below' }).click();
    await expect.poll(() => fromEnd(panel)).toBe(0);
    await expect.poll(() => panel.page.locator('.jump').isVisible()).toBe(false);
  });

  test('holds the page by selecting text', async () => {
    const panel = await show(busy(long));
    await panel.page.evaluate(
      'getSelection().selectAllChildren([...document.querySelectorAll(".md p")].at(-1))',
    );
    const before = await top(panel);
    await panel.tell(append(`\n\n${long}`));
    await expect.poll(() => top(panel)).toBe(before);
  });

  test('finds the draft and the place again when the view is shown anew', async () => {
    const panel = await show(busy(long));
    await field(panel).fill('half a thought');
    await readUp(panel);
    const before = await top(panel);
    await panel.reshow();
    await panel.tell(busy(long));
    await expect.poll(() => field(panel).inputValue()).toBe('half a thought');
    await expect.poll(() => top(panel)).toBe(before);
  });

  test('gets the newest 30 turns, and older ones without a jump', async () => {
    const turns = Array.from({ length: 75 }, (_, at) =>
      turn({ id: `t${at}`, prompt: `Prompt ${at}`, parts: [text(`Answer ${at}`, `p${at}`)] }),
    );
    const panel = await show(snapshot({ turns }));
    const rows = panel.page.locator('.turn');
    await expect.poll(() => rows.count()).toBe(30);
    await panel.page.evaluate('document.querySelector(".scroller").scrollTop = 0');
    const prompt = panel.page.getByText('Prompt 45', { exact: true });
    const before = await prompt.boundingBox();
    await panel.page.getByRole('button', { name: 'Show 20 earlier turns' }).click();
    await expect.poll(() => rows.count()).toBe(50);
    const after = await prompt.boundingBox();
    expect(Math.abs((after?.y ?? 0) - (before?.y ?? 0))).toBeLessThanOrEqual(32);
  });

  test('goes through the rows by arrow keys with one Tab stop for all', async () => {
    const panel = await show(scenes['done'] ?? snapshot());
    await field(panel).press('Shift+Tab');
    const names = [await rowHeading(panel)];
    await panel.page.keyboard.press('ArrowUp');
    names.push(await rowHeading(panel));
    await panel.page.keyboard.press('ArrowDown');
    await panel.page.keyboard.press('Enter');
    names.push(await focused(panel));
    await panel.page.keyboard.press('Escape');
    names.push(await rowHeading(panel));
    await panel.page.keyboard.press('Tab');
    names.push(await focused(panel));
    expect(names).toEqual(['Codex', 'You', 'Thought for 12 sec', 'Codex', 'Message to Codex']);
  });
});

describe('what is lost on the way', () => {
  test('makes the view ask for all once, and show nothing false meanwhile', async () => {
    const panel = await show(busy('One'));
    await panel.tellWithGap(append(' three'));
    await panel.tell(append(' four'));
    await expect.poll(() => panel.readyCount()).toBe(2);
    await expect.poll(() => panel.page.locator('.answer .md').innerText()).toBe('One');
    await panel.tell(busy('One two three four'));
    await expect
      .poll(() => panel.page.locator('.answer .md').innerText())
      .toBe('One two three four');
  });

  test('does not stop the view when a message cannot be read', async () => {
    const panel = await show(snapshot());
    await panel.page.evaluate('hostSays([{ type: "turn/add", seq: "x" }, "hello", null])');
    await panel.tell(busy());
    await expect
      .poll(() => panel.heard())
      .toEqual([{ type: 'view/error', message: 'A message could not be read: turn/add' }]);
    await expect.poll(() => panel.page.locator('.answer .md').innerText()).toBe('One.');
  });
});

describe('what is said aloud', () => {
  test('is the course of a turn, a sentence a second, and no delta', async () => {
    const panel = await show(snapshot(), { fakeTime: true });
    await panel.page.evaluate(`{
      globalThis.said = [];
      for (const region of document.querySelectorAll('[role=status], [role=alert]')) {
        new MutationObserver(() => region.textContent && said.push(region.role + ': ' + region.textContent))
          .observe(region, { childList: true });
      }
    }`);
    await panel.tell({ type: 'turn/add', turn: running([]) });
    await panel.page.clock.runFor(5_000);
    await panel.tell(changes({ type: 'put', part: text(answer) }), append(' still counting'));
    const end = { type: 'turn/state', turnId: 'turn-1', attempt: 1 } as const;
    await panel.tell({ ...end, notes: [], status: 'done' });
    await panel.page.clock.runFor(3_000);
    await panel.tell({ type: 'turn/add', turn: running([], { id: 'turn-2' }) });
    const failure = {
      kind: 'network' as const,
      title: 'You are offline',
      message: 'Retry.',
      actions: [],
    };
    await panel.tell({ ...end, notes: [], turnId: 'turn-2', status: 'failed', failure });
    await panel.page.clock.runFor(3_000);
    await expect
      .poll(() => panel.page.evaluate('said'))
      .toEqual([
        'status: Sent',
        'status: Working',
        'status: Response ready, 1 code block, 1 table',
        'status: Sent',
        'alert: You are offline. Retry.',
      ]);
    await expect
      .poll(() => panel.page.locator('[aria-live], [role=status], [role=alert]').count())
      .toBe(2);
  });
});

describe('an idle panel', () => {
  test.each(['start', 'done', 'failures', 'signedOut'])(
    'schedules nothing in 60 seconds: %s',
    async (name) => {
      const panel = await show(scenes[name] ?? snapshot(), { fakeTime: true });
      await panel.page.clock.runFor(10_000);
      await panel.page.evaluate(`{
        globalThis.scheduled = [];
        for (const name of ['setTimeout', 'setInterval', 'requestAnimationFrame', 'requestIdleCallback']) {
          const real = globalThis[name];
          globalThis[name] = (...args) => { scheduled.push(name); return real(...args); };
        }
      }`);
      const heard = await panel.heard();
      await panel.page.clock.runFor(60_000);
      await expect.poll(() => panel.page.evaluate('scheduled')).toEqual([]);
      await expect.poll(() => panel.heard()).toEqual(heard);
    },
  );

  test('stands still under reduced motion, even while an answer streams', async () => {
    for (const name of ['streaming', 'thinking', 'signingIn', 'reconnecting']) {
      const panel = await show(scenes[name] ?? snapshot(), { reducedMotion: true });
      const moving = 'document.getAnimations().filter((a) => a.playState === "running").length';
      expect([name, await panel.page.evaluate(moving)]).toEqual([name, 0]);
    }
  });
});

describe.each(themes)('in %s', (theme) => {
  test.each([200, 300, 420])(
    'every state passes axe and needs no sideways scroll at %i px',
    async (width) => {
      const panel = await show(snapshot(), { theme, width });
      // The width changes places, not colors: one theme shows what it does to the rules.
      const hasAxe = width === 300 || theme === 'dark-modern' || sampled(false, true);
      const states = [...Object.entries(scenes), ['menu', busy()] as const];
      for (const [name, scene] of states) {
        await panel.tell({ ...scene, chatId: name });
        if (name === 'menu') await panel.page.locator('.model').click();
        if (hasAxe) expect([name, await violations(panel)]).toEqual([name, []]);
        const wide = 'document.querySelector(".scroller").scrollWidth > innerWidth';
        expect([name, await panel.page.evaluate(wide)]).toEqual([name, false]);
      }
    },
    120_000,
  );
});

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function isInside(box: Box, outer: Box): boolean {
  const [right, bottom] = [box.x + box.width, box.y + box.height];
  const fits = right <= outer.x + outer.width && bottom <= outer.y + outer.height;
  return fits && box.x >= outer.x && box.y >= outer.y;
}

/** The polite region's sentence. */
function status(panel: PanelPage): Promise<string | null> {
  return panel.page.locator('[role=status]').textContent();
}

/** Name of what has the focus: its label, else its visible words. */
async function focused(panel: PanelPage): Promise<string> {
  const name = await panel.page.evaluate(
    '(document.activeElement.getAttribute("aria-label") ?? document.activeElement.innerText).trim()',
  );
  return z.string().parse(name);
}

async function rowHeading(panel: PanelPage): Promise<string> {
  const name = await panel.page.evaluate('document.activeElement.querySelector("h2")?.textContent');
  return z.string().parse(name);
}
