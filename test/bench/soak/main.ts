import { parseArgs } from 'node:util';
import { commandLine } from '../../bin/processes.mjs';
import { table } from '../measure/table.ts';
import { leaseRounds } from './leaseRounds.ts';
import { contention } from './contention.ts';
import { reloadRounds } from './reloadRounds.ts';
import { fullTests } from './fullTests.ts';
import { killedWrites } from './killedWrites.ts';
import type { Soak } from './soak.ts';

/*
 * Long loops of what `npm test` runs a sample of. Arguments name the ones to run; without any, all
 * are run. `--rounds 10` sets how many rounds each of them takes. Ends with 1 when one does not hold.
 */

const soaks: Readonly<Record<string, Soak>> = {
  ...leaseRounds,
  ...reloadRounds,
  ...killedWrites,
  ...contention,
  ...fullTests,
};

await commandLine(async () => {
  const { positionals: wanted, values } = parseArgs({
    options: { rounds: { type: 'string' } },
    allowPositionals: true,
  });
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  const unknown = wanted.filter((name) => !Object.hasOwn(soaks, name));
  if (unknown.length > 0 || (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0))) {
    console.error(`Usage: npm run soak -- [--rounds 10] [${Object.keys(soaks).join('] [')}]`);
    return 2;
  }
  let failed = false;
  for (const [name, soak] of Object.entries(soaks)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const why = soak.whyNot?.();
    if (why !== undefined) {
      console.log(`\n${name}: ${soak.title}\n  skipped: ${why}`);
      continue;
    }
    const rows = await soak.run(rounds ?? soak.rounds);
    console.log(`\n${table(`${name}: ${soak.title}`, rows)}`);
    failed ||= rows.some(({ holds }) => holds === false);
  }
  return failed ? 1 : 0;
});
