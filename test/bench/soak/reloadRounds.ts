import { existsSync } from 'node:fs';
import { codeServerPaths } from '../../bin/setup.mjs';
import { atMost, note, type Row } from '../measure/table.ts';
import { runReloads } from './reload.ts';
import type { Soak } from './soak.ts';

/** Windows whose page is loaded anew while they refresh. */
export const reloadRounds: Readonly<Record<string, Soak>> = {
  reload: {
    title: 'page reloads at random moments of a refresh, in the real extension host',
    rounds: 200,
    whyNot: () =>
      existsSync(codeServerPaths.entry)
        ? undefined
        : 'there is no code-server yet; `npm test -- e2e` installs it',
    async run(rounds): Promise<Row[]> {
      const seed = Date.now() % 1_000_000;
      const report = await runReloads({ rounds, seed });
      return [
        note('rounds, seed', `${report.rounds}, ${seed}`),
        note('reloads before the issuer was asked', report.beforeGrant),
        note('reloads between its grant and its answer', report.beforeAnswer),
        note('reloads after its answer', report.afterAnswer),
        atMost('refresh tokens spent twice', report.spentTwice, 0),
        atMost('sign-outs', report.signOuts, 0),
        note('loads that brought no refresh', report.silentLoads),
      ];
    },
  },
};
