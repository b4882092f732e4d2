import type { AccountAction } from '../../src/shared/protocol/account.ts';
import type { CostWarning, ScheduledPrompt } from '../../src/shared/protocol/limits.ts';
import type {
  LedgerRow,
  LedgerScope,
  Outlook,
  PlotPoint,
  PlotSpan,
  UsageAccount,
  UsageAccounts,
  UsageLedger,
  UsagePlot,
} from '../../src/shared/protocol/usage.ts';

/** Figures for the Usage page in every state that it can be in, as of one moment (epoch ms). */

const minute = 60_000;
const hour = 60 * minute;

const everyAction: AccountAction[] = [
  'use',
  'rename',
  'moveUp',
  'moveDown',
  'setCeiling',
  'turnOff',
  'useInWorkspace',
  'signOut',
];

/** A signed-in account whose 5-hour limit is at `percent`. */
export function sampleAccount(
  nowMs: number,
  percent: number,
  change: Partial<UsageAccount> = {},
): UsageAccount {
  return {
    id: 'home',
    label: 'mira@home.example',
    plan: 'Plus',
    role: { kind: 'inUse' },
    windows: [
      {
        kind: 'fiveHour',
        name: '5-hour',
        usedPercent: percent,
        resetsAtMs: nowMs + 130 * minute,
      },
      { kind: 'weekly', name: 'Weekly', usedPercent: 18, resetsAtMs: nowMs + 69 * hour },
    ],
    families: [],
    isForWorkspace: false,
    remarks: [],
    source: 'answer',
    observedAtMs: nowMs - 20_000,
    stale: false,
    actions: everyAction,
    ...change,
  };
}

const second = (nowMs: number, change: Partial<UsageAccount> = {}): UsageAccount =>
  sampleAccount(nowMs, 92, {
    id: 'work',
    label: 'mira@work.example',
    plan: 'Business',
    role: { kind: 'next' },
    windows: [
      { kind: 'fiveHour', name: '5-hour', usedPercent: 92, resetsAtMs: nowMs + 35 * minute },
      { kind: 'weekly', name: 'Weekly', usedPercent: 78, resetsAtMs: nowMs + 148 * hour },
    ],
    source: 'poll',
    observedAtMs: nowMs - 4 * minute,
    ...change,
  });

const reaches = (nowMs: number, percent: number): Outlook[] => [
  { kind: 'reaches', name: '5h', percent, resetsAtMs: nowMs + 130 * minute },
  { kind: 'lasts', name: 'wk' },
];

const told = (list: UsageAccount[], outlook: Outlook[] = []): UsageAccounts => ({
  list,
  outlook,
  refreshing: false,
});

const accountStates = {
  unused: (nowMs: number) =>
    told(
      [sampleAccount(nowMs, 10)],
      [
        {
          kind: 'idle',
          name: '5h',
          percent: 10,
          resetsAtMs: nowMs + 130 * minute,
        },
        { kind: 'lasts', name: 'wk' },
      ],
    ),
  one: (nowMs: number) => told([sampleAccount(nowMs, 42)], reaches(nowMs, 74)),
  busy: (nowMs: number) =>
    told(
      [sampleAccount(nowMs, 80)],
      [
        {
          kind: 'runsOut',
          name: '5h',
          atMs: nowMs + 50 * minute,
          resetsAtMs: nowMs + 130 * minute,
        },
        {
          kind: 'runsOut',
          name: 'wk',
          atMs: nowMs + 40 * hour,
          resetsAtMs: nowMs + 69 * hour,
        },
      ],
    ),
  nearly: (nowMs: number) => told([sampleAccount(nowMs, 95.4)], reaches(nowMs, 99.6)),
  spent: (nowMs: number) =>
    told(
      [sampleAccount(nowMs, 100, { role: { kind: 'coolingDown', untilMs: nowMs + 130 * minute } })],
      [
        { kind: 'spent', name: '5h', untilMs: nowMs + 130 * minute },
        { kind: 'lasts', name: 'wk' },
      ],
    ),
  three: (nowMs: number) =>
    told(
      [
        sampleAccount(nowMs, 42),
        second(nowMs),
        sampleAccount(nowMs, 0, {
          id: 'old',
          label: 'a.very.long.address.that.cannot.fit@department.example',
          plan: 'Pro',
          role: { kind: 'signedOut' },
          windows: [],
          remarks: ['The sign-in was ended by the service. Sign in again to use this account.'],
          source: 'stored',
          observedAtMs: nowMs - 50 * hour,
          actions: ['signIn', 'rename', 'moveUp', 'turnOff', 'signOut'],
        }),
      ],
      reaches(nowMs, 74),
    ),
  rich: (nowMs: number) =>
    told([
      sampleAccount(nowMs, 42, {
        families: [
          {
            name: 'GPT-5.1-Codex-Spark',
            windows: [
              {
                kind: 'fiveHour',
                name: '5-hour',
                usedPercent: 76,
                resetsAtMs: nowMs + 3 * hour,
              },
            ],
          },
        ],
        credits: { unlimited: false, balance: '12.50' },
        spend: { reached: true, usedPercent: 100, detail: 'resets 1 April' },
        bankedResets: 2,
        ceilingPercent: 80,
        isForWorkspace: true,
        remarks: ['The plan has changed from Free to Plus.'],
        actions: [...everyAction, 'redeem'],
      }),
      second(nowMs, {
        role: { kind: 'ceiling', percent: 80, untilMs: nowMs + 4_165 * 60_000 },
        credits: { unlimited: true },
      }),
      second(nowMs, {
        id: 'off',
        label: 'Spare',
        role: { kind: 'off' },
        actions: ['turnOn', 'rename', 'signOut'],
      }),
    ]),
  stale: (nowMs: number) => ({
    ...told([sampleAccount(nowMs, 42, { stale: true, observedAtMs: nowMs - 5 * hour })]),
    problem: 'The figures could not be read: no connection. Refresh asks again.',
  }),
  asking: (nowMs: number) => ({
    ...told([sampleAccount(nowMs, 42)], reaches(nowMs, 74)),
    refreshing: true,
  }),
  signedOut: (_nowMs: number) => told([]),
} satisfies Record<string, (nowMs: number) => UsageAccounts>;

export type UsageSample = keyof typeof accountStates;
export const usageSamples = Object.keys(accountStates).filter(
  (name): name is UsageSample => name in accountStates,
);

export function sampleAccounts(name: UsageSample, nowMs: number): UsageAccounts {
  return accountStates[name](nowMs);
}

/** Two or three windows, the last one reaching `percent` now. */
export function samplePlot(nowMs: number, span: PlotSpan, percent = 42): UsagePlot {
  const length = span === 'day' ? 24 * hour : 168 * hour;
  const fromMs = nowMs - length;
  const guessMs = nowMs + 130 * minute;
  const [five, week] = span === 'day' ? [dayPoints, weekInDay] : [weekPoints, weekInWeek];
  const at = (list: readonly (readonly [number, number])[]): PlotPoint[] =>
    list.map(([share, value]) => ({ atMs: Math.round(fromMs + share * length), percent: value }));
  return {
    accountId: 'home',
    span,
    fromMs,
    toMs: span === 'day' ? guessMs + 2 * hour : guessMs + 12 * hour,
    nowMs,
    series: [
      {
        kind: 'fiveHour',
        name: '5-hour',
        points: [...at(five), { atMs: nowMs, percent }],
        resetsAtMs: (span === 'day' ? [0.12, 0.45] : [0.1, 0.24, 0.38, 0.52, 0.8]).map((share) =>
          Math.round(fromMs + share * length),
        ),
        guess: [
          { atMs: guessMs, percent: Math.min(100, percent + 32) },
          { atMs: guessMs, percent: 0 },
        ],
      },
      {
        kind: 'weekly',
        name: 'Weekly',
        points: [...at(week), { atMs: nowMs, percent: 18 }],
        resetsAtMs: span === 'day' ? [] : [Math.round(fromMs + 0.4 * length)],
        guess: [{ atMs: guessMs, percent: 23 }],
      },
    ],
  };
}

const dayPoints = [
  [0, 12],
  [0.06, 22],
  [0.1, 32],
  [0.119, 38],
  [0.25, 0],
  [0.32, 19],
  [0.38, 30],
  [0.42, 48],
  [0.449, 64],
  [0.88, 0],
  [0.94, 15],
  [0.97, 30],
] as const;
const weekInDay = [
  [0, 3],
  [0.12, 6],
  [0.26, 6],
  [0.45, 11],
  [0.87, 11],
] as const;
const weekPoints = [
  [0.02, 5],
  [0.09, 44],
  [0.2, 3],
  [0.23, 71],
  [0.3, 0],
  [0.37, 96],
  [0.5, 20],
  [0.75, 0],
  [0.79, 58],
  [0.97, 12],
] as const;
const weekInWeek = [
  [0, 62],
  [0.1, 70],
  [0.24, 82],
  [0.39, 93],
  [0.42, 0],
  [0.8, 9],
] as const;

export const emptyPlot = (nowMs: number, span: PlotSpan): UsagePlot => ({
  ...samplePlot(nowMs, span),
  series: [],
});

const row = (nowMs: number, at: number, change: Partial<LedgerRow>): LedgerRow => ({
  id: `row-${at}`,
  atMs: nowMs - at * 40 * minute,
  chat: 'withRetry gives up one attempt early',
  kind: 'turn',
  model: 'GPT-5.1-Codex',
  effort: 'medium',
  input: 12_400,
  cached: 9_800,
  output: 1_100,
  reasoning: 640,
  fiveHourPoints: 0.6,
  weeklyPoints: 0.1,
  attempts: 1,
  ...change,
});

/** Three turns, a compaction and other devices; or `count` rows. */
export function sampleLedger(nowMs: number, scope: LedgerScope, count?: number): UsageLedger {
  const three = [
    row(nowMs, 0, {}),
    row(nowMs, 1, {
      chat: 'Move the mailer to a queue and keep the old one for a week',
      input: 470_000,
      cached: 300_000,
      output: 10_000,
      reasoning: 6_200,
      fiveHourPoints: 21.4,
      weeklyPoints: 3.6,
      attempts: 3,
    }),
    row(nowMs, 2, {
      chat: 'Move the mailer to a queue and keep the old one for a week',
      kind: 'compaction',
      input: 164_000,
      output: 2_000,
      fiveHourPoints: 4.2,
      weeklyPoints: 0.7,
    }),
    row(nowMs, 3, {
      chat: 'Why is the order total off by a cent?',
      input: 180_000,
      output: 4_000,
      fiveHourPoints: 4,
      weeklyPoints: 0.7,
    }),
  ];
  const rows =
    count === undefined ? three : Array.from({ length: count }, (_, at) => row(nowMs, at, {}));
  return {
    accountId: 'home',
    scope,
    rows,
    others: { fiveHourPoints: 11.8, weeklyPoints: 2 },
    sum: {
      input: 826_400,
      cached: 329_400,
      output: 17_100,
      reasoning: 8_120,
      fiveHourPoints: 42,
      weeklyPoints: 7.1,
    },
  };
}

export const emptyLedger = (scope: LedgerScope): UsageLedger => ({
  scope,
  rows: [],
  sum: { input: 0, cached: 0, output: 0, reasoning: 0 },
});

export const sampleWarning = (nowMs: number): CostWarning => ({
  id: 'warning-1',
  windowName: 'the 5-hour limit',
  fromPoints: 8,
  toPoints: 14,
  leftPoints: 6,
  resetsAtMs: nowMs + 130 * minute,
  actions: [
    { kind: 'useAccount', accountId: 'work', label: 'mira@work.example' },
    { kind: 'lowerEffort', effort: 'low' },
    { kind: 'wait', untilMs: nowMs + 130 * minute },
    { kind: 'send' },
    { kind: 'cancel' },
  ],
});

export const sampleHeld = (nowMs: number): ScheduledPrompt[] => [
  { id: 'held-1', text: 'Fix it and run the suite', untilMs: nowMs + 130 * minute },
];
