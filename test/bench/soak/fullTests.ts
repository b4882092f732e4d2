import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { root } from '../../bin/setup.mjs';
import { isTrue, type Row } from '../measure/table.ts';
import type { Soak } from './soak.ts';

/**
 * Files of which `npm test` runs a sample of the cases (see `test/support/fullTests.ts`), and the
 * property tests, with another seed in each round (see `test/support/seed.ts`).
 */
const files = [
  'test/unit/base',
  'test/unit/core',
  'test/browser/panel.test.ts',
  'test/browser/usage.test.ts',
  'test/browser/receipt.test.ts',
  'test/browser/hostileGrammar.test.ts',
  'test/system/conversations/compaction.test.ts',
  'test/system/lease/rounds.test.ts',
  'test/system/growth/remoteText.test.ts',
];

/** Those files with every case in them. */
export const fullTests: Readonly<Record<string, Soak>> = {
  fullTests: {
    title: 'tests of which `npm test` takes a sample, with every case and other seeds',
    rounds: 1,
    async run(rounds): Promise<Row[]> {
      const rows: Row[] = [];
      for (let round = 1; round <= rounds; round++) {
        const seed = String(Date.now() % 1_000_000_000);
        rows.push(isTrue(`round ${round}, seed ${seed}, passes`, (await runFiles(seed)) === 0));
      }
      return rows;
    },
  },
};

async function runFiles(seed: string): Promise<unknown> {
  const vitest = join(
    dirname(createRequire(import.meta.url).resolve('vitest/package.json')),
    'vitest.mjs',
  );
  const args = [vitest, 'run', '--config', 'test/vitest.config.ts', ...files];
  const env = { ...process.env, FULL_TESTS: '1', FC_SEED: seed };
  const [code]: unknown[] = await once(
    spawn(process.execPath, args, { cwd: root, env, stdio: 'inherit' }),
    'close',
  );
  return code;
}
