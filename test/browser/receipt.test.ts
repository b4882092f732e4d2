import { describe, expect, test } from 'vitest';
import { sampled } from '../support/fullTests.ts';
import { themes, type PanelOptions, type PanelPage } from './panelPage.ts';
import { snapshot, turn } from './panelScenes.ts';
import { costly, fresh, plain, receiptTurns, retold } from './receiptScenes.ts';
import { usePanels } from './panels.ts';
import { violations } from './violations.ts';

const panels = usePanels();

async function show(turns = [...receiptTurns], options: PanelOptions = {}): Promise<PanelPage> {
  return panels.open(options, snapshot({ turns }));
}

const one = turn({ receipt: fresh });
const slip = (panel: PanelPage, at = 0) => panel.page.locator('.receipt-text').nth(at);
const bill = (panel: PanelPage, at = 0) => panel.page.locator('.bill').nth(at);
const focusedClass = (panel: PanelPage) => panel.page.evaluate('document.activeElement.className');

describe('a receipt', () => {
  test('tells under each turn what is known of it, in its name as to the eye', async () => {
    const panel = await show();
    const names = await panel.page.getByRole('button', { name: /^This message used/ }).count();
    expect(names).toBe(receiptTurns.length);
    const texts = await panel.page.locator('.receipt-text').allInnerTexts();
    expect(texts.map((text) => text.replaceAll(/\s+/g, ' '))).toEqual([
      'This message used 0.6% of 5h 0.1% of week 12.4K in 1.1K out 9.8K cached',
      'This message used 0.6% of 5h ≈0.1% of week 2 failed of 3 requests 12.4K in 1.1K out 9.8K cached',
      'This message used 0.6% of 5h ≈0.1% of week 1 failed of 2 requests',
      'This message used 5 requests, 5 failed',
      'This message used … of 5h not known yet … of week not known yet 12.4K in 1.1K out 9.8K cached',
    ]);
  });

  test('opens the bill by the keyboard alone, and closes it so', async () => {
    const panel = await show([turn({ receipt: costly })]);
    await panel.page.locator('.answer').focus();
    await panel.page.keyboard.press('Enter');
    await slip(panel).focus();
    await expect.poll(() => slip(panel).getAttribute('aria-expanded')).toBe('false');
    await expect.poll(() => bill(panel).isVisible()).toBe(false);
    await panel.page.keyboard.press('Enter');
    await expect.poll(() => slip(panel).getAttribute('aria-expanded')).toBe('true');
    await bill(panel).locator('dt').first().waitFor();
    const words = (await bill(panel).innerText()).replaceAll(/\s+/g, ' ');
    expect(words).toContain('Requests 3 2 failed Failed: connection lost, overloaded');
    expect(words).toContain('5-hour limit 0.6% split');
    expect(words).toContain('Weekly limit ≈0.1% estimate');
    expect(words).toContain('Other devices 1.4% of 5h');
    await panel.page.keyboard.press('Space');
    await expect.poll(() => bill(panel).isVisible()).toBe(false);
  });

  test('takes later figures in place: the bill stays open, and the focus where it is', async () => {
    const panel = await show([one]);
    await slip(panel).click();
    await slip(panel).focus();
    await bill(panel).locator('dt').first().waitFor();
    await panel.page.evaluate('globalThis.rest = [...document.querySelectorAll(".md, .tool, dl")]');
    await panel.tell(retold(one, plain));
    expect((await bill(panel).innerText()).replaceAll(/\s+/g, ' ')).toContain('5-hour limit 0.6%');
    await expect.poll(() => slip(panel).innerText()).toContain('0.1% of week');
    await expect.poll(() => focusedClass(panel)).toBe('receipt-text');
    await expect
      .poll(() => panel.page.evaluate('rest.every((each) => each.isConnected)'))
      .toBe(true);
    await expect.poll(() => panel.page.locator('[role=status]').textContent()).toBe('');
  });

  test('leaves the buttons of a failure alone when its figures come later', async () => {
    const failed = receiptTurns.find(({ id }) => id === 'failed') ?? one;
    const panel = await show([failed]);
    await panel.page.locator('.answer').focus();
    await panel.page.keyboard.press('Enter');
    await panel.tell(retold(failed, costly));
    await expect.poll(() => slip(panel).innerText()).toContain('0.6% of 5h');
    await expect
      .poll(() => panel.page.evaluate('document.activeElement.getAttribute("aria-label")'))
      .toBe('Retry');
  });

  test('brings its bill into view, also at the end of the chat', async () => {
    const panel = await show([...receiptTurns], { width: 300, height: 600 });
    const last = panel.page.locator('.receipt-text').last();
    await last.click();
    await panel.page.locator('.bill >> nth=-1').locator('dt').first().waitFor();
    await panel.page.evaluate('twoFrames()');
    const [box, dock] = await Promise.all(
      ['.bill >> nth=-1', '.dock'].map((name) => panel.page.locator(name).boundingBox()),
    );
    expect((box?.y ?? 0) + (box?.height ?? Infinity)).toBeLessThanOrEqual(dock?.y ?? 0);
    await expect.poll(() => panel.page.locator('.jump').isVisible()).toBe(false);
  });

  test('is found open again when the view is shown anew', async () => {
    const panel = await show([one]);
    await slip(panel).click();
    await panel.reshow();
    await panel.tell(snapshot({ turns: [one] }));
    await expect.poll(() => bill(panel).isVisible()).toBe(true);
  });

  test('does not come before the turn has ended', async () => {
    const panel = await show([{ ...one, status: 'running' }]);
    await expect.poll(() => panel.page.locator('.receipt').count()).toBe(0);
    await panel.tell(retold(one, plain));
    await expect.poll(() => slip(panel).innerText()).toContain('0.6% of 5h');
  });
});

describe.each(themes)('in %s', (theme) => {
  test.each([200, 300, 420])(
    'all receipts pass axe, open too, and need no sideways scroll at %i px',
    async (width) => {
      const panel = await show([...receiptTurns], { theme, width, height: 1_600 });
      // The width changes places, not colors: one theme shows what it does to the rules.
      const hasAxe = width === 300 || theme === 'dark-modern' || sampled(false, true);
      for (const isOpen of [false, true]) {
        if (isOpen) {
          for (const at of receiptTurns.keys()) await slip(panel, at).click();
        }
        if (hasAxe) expect([isOpen, await violations(panel)]).toEqual([isOpen, []]);
        const wide = 'document.querySelector(".scroller").scrollWidth > innerWidth';
        expect([isOpen, await panel.page.evaluate(wide)]).toEqual([isOpen, false]);
      }
    },
    30_000,
  );
});
