import { describe, expect, test } from 'vitest';
import type { PartChange, TurnPart } from '../../src/shared/protocol/turn.ts';
import type { PanelPage, Unnumbered } from './panelPage.ts';
import { finalAnswer, running, scenes, snapshot, thoughts } from './panelScenes.ts';
import { usePanels } from './panels.ts';

const panels = usePanels();

const text = (words: string, more: object = {}): TurnPart => ({
  kind: 'text',
  id: 'text-1',
  text: words,
  ...more,
});
const changes = (...list: PartChange[]): Unnumbered => ({
  type: 'turn/changes',
  turnId: 'turn-1',
  attempt: 1,
  changes: list,
});
const put = (part: TurnPart) => changes({ type: 'put', part });
const show = (...parts: TurnPart[]) => panels.open({}, snapshot({ turns: [running(parts)] }));
const answer = (panel: PanelPage) => panel.page.locator('.answer');
const long = Array.from({ length: 40 }, (_, at) => `Paragraph ${at} of the answer.`).join('\n\n');

describe('text of a broken attempt', () => {
  test('is grey, said to be written again, and neither in a selection nor part of the answer', async () => {
    const panel = await show(text('Half an ans', { stale: true }));
    const stale = panel.page.getByRole('group', { name: 'Interrupted. Writing this again' });
    await expect.poll(() => stale.textContent()).toContain('Half an ans');
    await expect.poll(() => stale.getAttribute('aria-busy')).toBe('true');
    await expect.poll(() => answer(panel).textContent()).toContain('Writing this again');
    const selected = await panel.page.evaluate(
      'getSelection().selectAllChildren(document.querySelector(".rows")), String(getSelection())',
    );
    expect(selected).toContain('withRetry');
    expect(selected).not.toContain('Half an ans');
  });

  test('becomes the answer again in the same place, with the element that was there', async () => {
    const panel = await show(text('Half an ans', { stale: true }));
    const paragraph = await panel.page.locator('.text-part p').elementHandle();
    await panel.tell(put(text('Half an answer.')));
    await expect.poll(() => paragraph?.textContent()).toBe('Half an answer.');
    await expect
      .poll(() => panel.page.locator('.is-stale, .waiting, [role=group]').count())
      .toBe(0);
  });

  test('moves nothing that is read when the same is written again', async () => {
    const panel = await show(text(long, { stale: true }));
    await panel.page.evaluate('document.querySelector(".scroller").scrollTop = 300');
    const place = () =>
      panel.page.evaluate(
        '[document.querySelector(".scroller").scrollTop, document.querySelectorAll(".text-part p")[20].getBoundingClientRect().top]',
      );
    const before = await place();
    await panel.tell(put(text(long)));
    await expect.poll(() => place()).toEqual(before);
    await panel.tell(put(text(long, { stale: true })));
    await expect.poll(() => place()).toEqual(before);
  });

  test('leaves no frame without text while other words take its place', async () => {
    const panel = await show(text(long, { stale: true }));
    await panel.page.evaluate(`(() => {
      globalThis.lengths = [];
      const look = () => {
        lengths.push(document.querySelector('.text-part')?.textContent.length ?? 0);
        requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    })()`);
    await panel.tell(put(text(long.replaceAll('answer', 'other answer'))));
    const shortest = await panel.page.evaluate('Math.min(...lengths)');
    expect(shortest).toBeGreaterThan(long.length / 2);
  });

  test('stands below thoughts that come only now', async () => {
    const panel = await show(text('Half', { stale: true }));
    const thinking: TurnPart = { kind: 'reasoning', id: 'think-1', text: thoughts };
    await panel.tell(changes({ type: 'put', part: thinking, before: 'text-1' }));
    const order = await panel.page
      .locator('.answer > :is(.steps, .text-part)')
      .evaluateAll((nodes) => nodes.map(({ className }) => className));
    expect(order).toEqual(['steps', 'text-part is-stale']);
  });
});

test('text that leads up to the answer is quieter than it, and is not copied with it', async () => {
  const panel = await panels.open({}, scenes['commentary'] ?? snapshot());
  const look = async (at: number, name: string) =>
    panel.page.evaluate(
      `getComputedStyle(document.querySelectorAll('.text-part')[${at}]).getPropertyValue('${name}')`,
    );
  expect(await look(0, 'color')).not.toBe(await look(1, 'color'));
  expect([await look(0, 'font-size'), await look(1, 'font-size')]).toEqual(['12px', '13px']);
  await panel.page.getByRole('button', { name: 'Copy response' }).click();
  await expect.poll(() => panel.heard()).toEqual([{ type: 'clipboard/write', text: finalAnswer }]);
});

test('two parts of a summary are two paragraphs, while they come and restored', async () => {
  const part = (words: string): TurnPart => ({ kind: 'reasoning', id: 'think-1', text: words });
  const settings = { sendWith: 'enter', reasoning: 'expanded' } as const;
  const words = '**First**\n\nOne.\n\n**Second**\n\nTwo.';
  const paragraphs = (panel: PanelPage) => panel.page.locator('.fold-body p').allTextContents();
  const live = await panels.open(
    {},
    snapshot({ settings, turns: [running([part('**First**\n\nOne.')])] }),
    changes({ type: 'append', id: 'think-1', text: '\n\n**Second**\n\nTwo.' }),
  );
  const restored = await panels.open({}, snapshot({ settings, turns: [running([part(words)])] }));
  await expect.poll(() => paragraphs(live)).toEqual(['One.', 'Second', 'Two.']);
  await expect.poll(() => paragraphs(restored)).toEqual(await paragraphs(live));
});
