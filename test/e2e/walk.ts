import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type Frame } from '@playwright/test';
import { root } from '../bin/setup.mjs';
import { axeViolations, type Violation } from '../support/axe.ts';
import type { Practice } from './practice.ts';

/** The themes in which a state is checked: as the list of themes names them, and their ids. */
const themes = [
  { name: 'Dark Modern', id: 'Dark Modern' },
  { name: 'Light Modern', id: 'Light Modern' },
  { name: 'Dark High Contrast', id: 'Default High Contrast' },
  { name: 'Light High Contrast', id: 'Default High Contrast Light' },
] as const;

/** Where pictures and accessibility trees of a walk are kept for people to look at. */
const walkDir = join(root, 'test-results/walk');

/** Keeps a picture and the accessibility tree of the panel, and gives the tree. */
export async function record({ workbench }: Practice, step: string): Promise<string> {
  await mkdir(walkDir, { recursive: true });
  const tree = await workbench.chat().locator('body').ariaSnapshot();
  await writeFile(join(walkDir, `${step}.yml`), tree);
  await workbench.page.screenshot({ path: join(walkDir, `${step}.png`) });
  return tree;
}

/** Whether a key that is pressed now goes to the panel. */
export async function hasFocus(practice: Practice): Promise<boolean> {
  const frame = await chatFrame(practice);
  const state = await frame.evaluate(
    'document.hasFocus() && document.activeElement !== document.body',
  );
  return state === true;
}

/** Rules of WCAG and axe's best practices that the panel breaks in each theme, by theme. */
export async function violationsByTheme(
  practice: Practice,
  step: string,
): Promise<Record<string, Violation[]>> {
  const found: Record<string, Violation[]> = {};
  for (const theme of themes) {
    await setTheme(practice, theme);
    found[theme.name] = await axeViolations(await chatFrame(practice));
    const file = `${step}-${theme.name.toLowerCase().replaceAll(' ', '-')}.png`;
    await practice.workbench.page.screenshot({ path: join(walkDir, file) });
  }
  return found;
}

/** What `violationsByTheme` gives when nothing is broken. */
export const noViolations = Object.fromEntries(themes.map(({ name }) => [name, []]));

async function setTheme(
  { workbench }: Practice,
  { name, id }: (typeof themes)[number],
): Promise<void> {
  await workbench.runCommand('Preferences: Color Theme');
  const input = workbench.page.locator('.quick-input-widget input.input');
  await input.fill(name);
  const first = workbench.page.locator('.quick-input-list .monaco-list-row').first();
  await expect(first).toContainText(name);
  await input.press('Enter');
  await expect(workbench.chat().locator('body')).toHaveAttribute('data-vscode-theme-id', id);
}

export async function chatFrame({ workbench }: Practice): Promise<Frame> {
  const handle = await workbench.chat().locator('body').elementHandle();
  const frame = await handle?.ownerFrame();
  if (!frame) throw new Error('The panel is not shown.');
  return frame;
}
