import axe from 'axe-core';
import * as z from 'zod/mini';
import type { PanelPage } from './panelPage.ts';

const axeResult = z.array(z.object({ id: z.string(), nodes: z.array(z.string()) }));

/** What breaks a rule of WCAG 2.0 to 2.2, levels A and AA, or axe's best practice. */
export async function violations({ page }: PanelPage): Promise<z.infer<typeof axeResult>> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(`
    axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
      .then(({ violations }) => violations.map(({ id, nodes }) => ({
        id, nodes: nodes.map(({ html, failureSummary }) => html.slice(0, 160) + ' ' + failureSummary),
      })))`);
  return axeResult.parse(found);
}
