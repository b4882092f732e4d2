import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { wireUnits } from '../../support/growth.ts';
import { hostileBodies, hostilePlaces, type HostileAnswer } from './hostileCases.ts';
import { atMost, note, type Measure, type Row } from './table.ts';

const root = join(import.meta.dirname, '../../..');
const longestBlockMs = 100;
const mostGrowthMb = 200;
const warmAnswer: HostileAnswer = { status: 400, body: '{"error":{"message":"No."}}' };

/** The longest stretch without a turn of the event loop, ms: the work in it, and what a clock says. */
interface Stretch {
  workMs: number;
  wallMs: number;
}

interface Taken {
  at: number;
  client: Stretch;
  others: Stretch;
  tookMs: number;
  grownBytes: number;
}

interface HostileCase {
  name: string;
  answer: () => HostileAnswer;
}

/** `HOSTILE_EVERY=4` takes a fourth of the texts, `HOSTILE_ONLY=summary` the cases so named. */
const every = Number(process.env['HOSTILE_EVERY'] ?? 1);
const only = process.env['HOSTILE_ONLY'] ?? '';
const units = wireUnits.filter((_, at) => at % every === 0);

const repeated = (unit: string, length: number) =>
  unit.repeat(Math.ceil(length / unit.length)).slice(0, length);

/** With `node --cpu-prof --import tsx test/bench/measure/main.ts hostile` the client is profiled, too. */
const profiling = process.execArgv.filter((arg) => arg.startsWith('--cpu-prof'));

const all: readonly HostileCase[] = [
  ...hostilePlaces.flatMap(({ name, length, answer }) =>
    units.map((unit) => ({
      name: `${name}: ${JSON.stringify(unit)}`,
      answer: () => answer(repeated(unit, length)),
    })),
  ),
  ...hostileBodies.map(([name, answer]) => ({ name, answer })),
];
const cases = all.filter(({ name }) => name.includes(only));

/** Texts of up to 1 MB in every place where text of the backend may stand, to the built client. */
export const hostile: Measure = {
  title: `Hostile texts in ${hostilePlaces.length} places of an answer, ${cases.length} answers`,
  isBare: true,
  async run() {
    const server = createServer((request, response) => {
      request.resume();
      const at = Number(/\/case\/(\d+)/.exec(request.url ?? '')?.[1] ?? -1);
      const { status, headers, body } = cases[at]?.answer() ?? warmAnswer;
      response.writeHead(status, headers).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    try {
      return rowsOf(await takeAll(`http://127.0.0.1:${port}`));
    } finally {
      server.closeAllConnections();
      server.close();
    }
  },
};

async function takeAll(base: string): Promise<Taken[]> {
  const built = process.env['BUILT_CLIENT'] ?? join(root, 'dist/responses.mjs');
  const script = join(import.meta.dirname, 'hostileClient.ts');
  const child = spawn(
    process.execPath,
    ['--expose-gc', ...profiling, '--import', 'tsx', script, built, base, String(cases.length)],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const taken: Taken[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const one: Taken = JSON.parse(line);
    taken.push(one);
    if (taken.length % 100 === 0) console.log(`${taken.length} of ${cases.length} answers`);
  }
  return taken;
}

function rowsOf(taken: readonly Taken[]): Row[] {
  const nameOf = ({ at }: Taken) => cases[at]?.name ?? '';
  const worst = (figure: (one: Taken) => number) =>
    taken.toSorted((a, b) => figure(b) - figure(a)).slice(0, 5);
  const memory = worst(({ grownBytes }) => grownBytes);
  const megabytes = (bytes = 0) => bytes / 1_000_000;
  const blocks = (what: string, stretch: (one: Taken) => Stretch) => {
    const longest = worst((one) => stretch(one).workMs);
    const [wall] = worst((one) => stretch(one).wallMs);
    return [
      atMost(
        `longest block, ${what}`,
        longest[0] ? stretch(longest[0]).workMs : 0,
        longestBlockMs,
        'ms',
      ),
      ...longest.map((one) => note(`  ${nameOf(one)}`, stretch(one).workMs, 'ms')),
      note('  by the clock, other programs included', wall ? stretch(wall).wallMs : 0, 'ms'),
    ];
  };
  return [
    atMost('answers that did not come to an end', cases.length - taken.length, 0),
    ...blocks('responses', ({ client }) => client),
    ...blocks('usage, models and tokens', ({ others }) => others),
    atMost('memory above the start', megabytes(memory[0]?.grownBytes), mostGrowthMb, 'MB'),
    ...memory.map((one) => note(`  ${nameOf(one)}`, megabytes(one.grownBytes), 'MB')),
  ];
}
