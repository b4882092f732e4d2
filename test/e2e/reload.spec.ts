import { expect, test } from '@playwright/test';
import { runReloads } from '../bench/soak/reload.ts';

/* A sample of `npm run soak -- reload`. */

test('a window that is loaded anew during a refresh stays signed in', async () => {
  test.setTimeout(180_000);
  const report = await runReloads({ rounds: 6, seed: 5 });
  expect(report).toMatchObject({ rounds: 6, spentTwice: 0, signOuts: 0 });
  // Some of the reloads came while the refresh was under way.
  expect(report.beforeGrant + report.beforeAnswer).toBeGreaterThan(0);
});
