import { expect, test } from 'vitest';
import type { CompactionView } from '../../src/shared/protocol/compaction.ts';
import { themes, type PanelOptions } from './panelPage.ts';
import { snapshot, turn } from './panelScenes.ts';
import { usePanels } from './panels.ts';
import { violations } from './violations.ts';

const panels = usePanels();

const view: CompactionView = {
  id: 'compaction-1',
  afterTurn: 'turn-1',
  before: 193_400,
  after: 31_200,
  kept: ['Fix the retry of the client', 'And write the test for it'],
  steps: 84,
  dropped: 0,
  summary: 'The retry waits as long as the backend asks.\n\nThe test is still to be written.',
  state: 'active',
};
const context = {
  usedTokens: 164_000,
  windowTokens: 200_000,
  isEstimate: true,
  parts: [
    { kind: 'instructions' as const, tokens: 8_000 },
    { kind: 'messages' as const, tokens: 58_000 },
    { kind: 'attachment' as const, name: 'src/a/very/long/path/to/a/file.ts', tokens: 54_000 },
    { kind: 'calls' as const, tokens: 44_000 },
  ],
};
const open = (options: PanelOptions = {}, list = [view]) =>
  panels.open(
    options,
    snapshot({ context, turns: [turn({ id: 'turn-1' })], compactions: { list } }),
  );

test('a compaction stands behind its turn and opens to both sides', async () => {
  const panel = await open();
  const row = panel.page.locator('.compaction .rule button');
  expect(await row.innerText()).toBe('193K → 31K tokens; 2 messages kept, 84 steps summarized');
  await row.click();
  const card = panel.page.locator('.compaction-card');
  expect(await card.innerText()).toContain('And write the test for it');
  expect(await card.innerText()).toContain('The retry waits as long as the backend asks.');
  await panel.page.getByRole('button', { name: 'Restore the full chat' }).click();
  await expect
    .poll(() => panel.heard())
    .toContainEqual(expect.objectContaining({ type: 'compaction/restore', id: 'compaction-1' }));
});

test('one that was taken back offers no Restore', async () => {
  const panel = await open({}, [{ ...view, state: 'restored' }]);
  await panel.page.locator('.compaction .rule button').click();
  expect(await panel.page.getByRole('button', { name: 'Restore the full chat' }).count()).toBe(0);
});

test('while one runs the transcript says so and offers Stop', async () => {
  const panel = await open();
  const progress = { status: 'running' as const, startedAtMs: 0 };
  await panel.tell({ type: 'compactions', compactions: { list: [view], progress } });
  await panel.page.locator('.rule', { hasText: 'Compacting' }).getByRole('button').click();
  await expect
    .poll(() => panel.heard())
    .toContainEqual(expect.objectContaining({ type: 'compaction/stop' }));
});

test('the meter opens to what fills the context, compacts on demand, and closes with Escape', async () => {
  const panel = await open();
  const meter = panel.page.locator('button.meter-ring');
  expect(await meter.getAttribute('aria-label')).toBe('Context 82%, ≈164K of 200K tokens');
  await meter.click();
  const card = panel.page.locator('.context-card');
  expect((await card.innerText()).replaceAll(/\s+/g, ' ')).toContain('Your messages 58K');
  await panel.page.keyboard.press('Escape');
  await expect.poll(() => card.isVisible()).toBe(false);
  await meter.click();
  await panel.page.getByRole('button', { name: 'Compact now' }).click();
  await expect
    .poll(() => panel.heard())
    .toContainEqual(expect.objectContaining({ type: 'compaction/start' }));
});

test.each(themes)(
  'the meter and the row are accessible and fit 300 pixels in %s',
  async (theme) => {
    const panel = await open({ theme, width: 300 });
    await panel.page.locator('.compaction .rule button').click();
    await panel.page.locator('button.meter-ring').click();
    const box = await panel.page.locator('.context-card').boundingBox();
    expect(box?.x).toBeGreaterThanOrEqual(0);
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(300);
    expect(await violations(panel)).toEqual([]);
    if (process.env['SHOTS'])
      await panel.page.screenshot({ path: `${process.env['SHOTS']}/${theme}.png` });
  },
);
