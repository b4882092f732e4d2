import { parseArgs } from 'node:util';
import { commandLine, step } from '../../bin/processes.mjs';
import { buildVsix, ensureChromium, ensureCodeServer } from '../../bin/setup.mjs';
import { activation } from './activation.ts';
import { conversations } from './conversations.ts';
import { draw } from './draw.ts';
import { hostile } from './hostile.ts';
import { idle } from './idle.ts';
import { lease } from './lease.ts';
import { estimate, ledger } from './ledger.ts';
import { network } from './network.ts';
import { stop } from './stop.ts';
import { stream } from './stream.ts';
import { structure } from './structure.ts';
import { table, type Measure } from './table.ts';

/*
 * Measures the product in a real VS Code against what it promises. Arguments name the measures to
 * take; without any, all are taken. Ends with 1 when a figure is over its limit.
 */

const measures: Readonly<Record<string, Measure>> = {
  network,
  activation,
  draw,
  stream,
  idle,
  stop,
  lease,
  conversations,
  ledger,
  estimate,
  hostile,
  structure,
};

await commandLine(async () => {
  const { positionals: wanted } = parseArgs({
    options: { rounds: { type: 'string' } },
    allowPositionals: true,
  });
  const unknown = wanted.filter((name) => !Object.hasOwn(measures, name));
  if (unknown.length > 0) {
    console.error(
      `Unknown: ${unknown.join(', ')}. There are: ${Object.keys(measures).join(', ')}.`,
    );
    return 2;
  }
  const taken = Object.entries(measures).filter(
    ([name]) => wanted.length === 0 || wanted.includes(name),
  );
  if (taken.some(([, { isBare }]) => isBare !== true)) {
    process.env['CHROMIUM'] = await ensureChromium();
    await ensureCodeServer();
    await step('Building the extension', buildVsix);
  }
  let failed = false;
  for (const [, { title, run }] of taken) {
    const rows = await run();
    console.log(`\n${table(title, rows)}\n`);
    failed ||= rows.some(({ holds }) => holds === false);
  }
  return failed ? 1 : 0;
});
