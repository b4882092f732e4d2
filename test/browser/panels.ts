import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import {
  launchPanelBrowser,
  type PanelBrowser,
  type PanelOptions,
  type PanelPage,
  type Unnumbered,
} from './panelPage.ts';

/**
 * One browser for the tests of a file. Gives what opens a panel with these messages told; each is
 * closed after its test, and none may have had a fault.
 */
export function usePanels(): {
  open(options?: PanelOptions, ...messages: readonly Unnumbered[]): Promise<PanelPage>;
} {
  let browser: PanelBrowser | undefined;
  const panels: PanelPage[] = [];
  beforeAll(async () => {
    browser = await launchPanelBrowser();
  }, 60_000);
  afterAll(() => browser?.close());
  afterEach(async () => {
    const pages = panels.splice(0);
    const faults = pages.flatMap((panel) => panel.faults);
    await Promise.all(pages.map((panel) => panel.close()));
    expect(faults).toEqual([]);
  });
  return {
    async open(options = {}, ...messages) {
      if (!browser) throw new Error('There is no browser before the first test.');
      const panel = await browser.open(options);
      panels.push(panel);
      await panel.tell(...messages);
      return panel;
    },
  };
}
