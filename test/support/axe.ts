import axe from 'axe-core';
import * as z from 'zod/mini';

const violationsSchema = z.array(z.object({ id: z.string(), nodes: z.array(z.string()) }));

/** A broken rule, and each element that breaks it with what is wrong there. */
export type Violation = z.infer<typeof violationsSchema>[number];

/** A page or a frame of one. */
interface Scripted {
  evaluate(script: string): Promise<unknown>;
}

/** What breaks a rule of WCAG 2.0 to 2.2, levels A and AA, or axe's best practice. */
export async function axeViolations(page: Scripted): Promise<Violation[]> {
  // Half a megabyte of script: given to a page once.
  if ((await page.evaluate('"axe" in globalThis')) !== true) await page.evaluate(axe.source);
  const found = await page.evaluate(`
    axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
      .then(({ violations }) => violations.map(({ id, nodes }) => ({
        id, nodes: nodes.map(({ html, failureSummary }) => html.slice(0, 160) + ' ' + failureSummary),
      })))`);
  return violationsSchema.parse(found);
}
