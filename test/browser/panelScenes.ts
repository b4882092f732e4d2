import type { TurnPart, TurnView } from '../../src/shared/protocol/turn.ts';
import { stillTimeMs, type Unnumbered } from './panelPage.ts';

type Snapshot = Extract<Unnumbered, { type: 'snapshot' }>;

/** The moment at which all scenes play. */
export const sceneTimeMs = stillTimeMs;

export const models: Snapshot['models'] = {
  list: [
    {
      slug: 'gpt-5.1-codex',
      name: 'GPT-5.1-Codex',
      description: 'Made for long work in a codebase',
      efforts: ['low', 'medium', 'high', 'xhigh'],
      defaultEffort: 'medium',
    },
    {
      slug: 'gpt-5.1-codex-mini',
      name: 'GPT-5.1-Codex-Mini',
      description: 'Quick edits, about a quarter of the quota',
      efforts: ['medium', 'high'],
      defaultEffort: 'medium',
    },
    {
      slug: 'gpt-5.1',
      name: 'GPT-5.1',
      description: 'Questions and writing',
      efforts: ['low', 'medium', 'high'],
      defaultEffort: 'medium',
    },
  ],
  selected: { slug: 'gpt-5.1-codex', effort: 'medium' },
  source: 'live',
};

export const quota: Snapshot['quota'] = {
  text: '5h 42% · wk 18%',
  windows: [
    {
      label: '5h',
      name: '5-hour limit',
      kind: 'fiveHour',
      usedPercent: 42,
      resetsAtMs: sceneTimeMs + 7_800_000,
    },
    {
      label: 'wk',
      name: 'Weekly limit',
      kind: 'weekly',
      usedPercent: 18,
      resetsAtMs: sceneTimeMs + 250_000_000,
    },
  ],
  observedAtMs: sceneTimeMs,
  stale: false,
};

/** A signed-in view of an empty chat; `change` says what is different. */
export function snapshot(change: Partial<Snapshot> = {}): Snapshot {
  return {
    type: 'snapshot',
    chatId: 'chat-1',
    turns: [],
    account: { state: 'signedIn', label: 'mira@home.example', plan: 'plus' },
    models,
    quota,
    context: { usedTokens: 62_000, windowTokens: 200_000 },
    start: {
      workspace: 'shop-api',
      suggestions: [
        { id: 'explain', icon: 'file', label: 'Explain retry.ts', detail: 'open file' },
        {
          id: 'fix',
          icon: 'warning',
          label: 'Fix 2 problems in orders.test.ts',
          detail: 'problems',
        },
        {
          id: 'review',
          icon: 'branch',
          label: 'Review my uncommitted changes',
          detail: '+48 −12',
        },
      ],
    },
    settings: { sendWith: 'enter', reasoning: 'collapsed' },
    ...change,
  };
}

/** A finished turn; `change` says what is different. */
export function turn(change: Partial<TurnView> = {}): TurnView {
  return {
    id: 'turn-1',
    prompt: 'Why does `withRetry` give up one attempt early? Check the docs and fix it.',
    attachments: [{ kind: 'file', name: 'retry.ts', detail: 'src/retry.ts' }],
    status: 'done',
    attempt: 1,
    parts: [{ kind: 'text', id: 'text-1', text: answer }],
    notes: [],
    usage: { input: 12_400, cached: 9_800, output: 1_100, reasoning: 640 },
    startedAtMs: sceneTimeMs - 8_000,
    endedAtMs: sceneTimeMs,
    ...change,
  };
}

/** A turn that is being answered. */
export function running(parts: readonly TurnPart[], change: Partial<TurnView> = {}): TurnView {
  const { usage: _usage, endedAtMs: _endedAtMs, ...rest } = turn();
  return { ...rest, status: 'running', parts: [...parts], ...change };
}

export const thoughts =
  '**Checking how attempts are counted**\n\nThe loop starts at 0 and stops when `n + 1 === attempts`, so the last permitted call never happens.\n\n**Comparing with the docs.** The README says the first call counts as an attempt. Two callers pass 1 and expect exactly one try.';

export const answer = `\`withRetry\` compares **before** it counts: in \`src/retry.ts:14\` the guard is true one round too soon. Two things follow:

1. With \`attempts: 3\` the call runs twice.
2. With \`attempts: 1\` it never runs at all, and the caller sees *undefined*.

| Asked for | Docs | Now | Fixed |
| --- | ---: | ---: | ---: |
| \`attempts: 1\` | 1 | 0 | 1 |
| \`attempts: 3\` | 3 | 2 | 3 |

Count from one and compare after the call:

\`\`\`ts
// attempts counts the first call too
export async function withRetry<T>(
  run: () => Promise<T>,
  attempts = 3,
): Promise<T> {
  for (let n = 1; ; n++) {
    try { return await run() }
    catch (e) {
      if (n >= attempts) throw e
    }
  }
}
\`\`\`

The delay between tries stays as it was, so`;

export const commentary = 'I look at `src/retry.ts` and at its callers first.';

export const finalAnswer =
  '`withRetry` now counts the first call, as the README says. The suite is green.';

const shortPrompt = {
  attachments: [],
  prompt: 'Fix it, add a test for `attempts: 1` and run the suite.',
};

/** The states in which the panel is looked at and checked. */
export const scenes: Readonly<Record<string, Snapshot>> = {
  signedOut: snapshot({ account: { state: 'signedOut' } }),
  signInFailed: snapshot({
    account: {
      state: 'signedOut',
      problem: 'The sign-in timed out after 5 minutes. Start it again when you are ready.',
    },
  }),
  signingIn: snapshot({
    account: {
      state: 'signingIn',
      startedAtMs: sceneTimeMs - 28_000,
      endsAtMs: sceneTimeMs + 272_000,
      lead: 'browser',
      codeState: 'none',
      hasPage: true,
      notes: [],
    },
  }),
  signingInByCode: snapshot({
    account: {
      state: 'signingIn',
      startedAtMs: sceneTimeMs - 28_000,
      endsAtMs: sceneTimeMs + 872_000,
      lead: 'code',
      codeState: 'shown',
      code: {
        text: 'WDJB-40721',
        page: 'https://auth.openai.com/codex/device',
        endsAtMs: sceneTimeMs + 872_000,
      },
      hasPage: true,
      notes: [
        'The browser cannot come back to this machine: port 1455 is in use by node (process 812) and port 1457 is in use by a program that the system does not name. Sign in with the code, or paste the address that the browser ends at.',
      ],
    },
  }),
  start: snapshot(),
  streaming: snapshot({
    settings: { sendWith: 'enter', reasoning: 'expanded' },
    turns: [
      running([
        { kind: 'reasoning', id: 'think-1', text: thoughts, ms: 8_000 },
        { kind: 'text', id: 'text-1', text: answer },
      ]),
    ],
  }),
  thinking: snapshot({
    settings: { sendWith: 'enter', reasoning: 'expanded' },
    turns: [running([{ kind: 'reasoning', id: 'think-1', text: thoughts }])],
  }),
  done: snapshot({
    turns: [
      turn({
        ...shortPrompt,
        parts: [
          { kind: 'reasoning', id: 'think-1', text: thoughts, ms: 12_000 },
          { kind: 'call', id: 'call-1', tool: 'Read', detail: 'src/retry.ts', state: 'done' },
          { kind: 'call', id: 'call-2', tool: 'Searched', detail: 'withRetry(', state: 'done' },
          { kind: 'call', id: 'call-3', tool: 'Run', detail: 'git push', state: 'declined' },
          {
            kind: 'text',
            id: 'text-1',
            text: '`withRetry` now counts the first call, as the README says. The new test fails on the old code and passes on this one; the suite is green.',
          },
        ],
      }),
    ],
  }),
  reconnecting: snapshot({
    turns: [
      running(
        [
          {
            kind: 'call',
            id: 'call-1',
            tool: 'Running',
            detail: 'npm run build',
            state: 'running',
          },
          { kind: 'call', id: 'call-2', tool: 'Ran', detail: 'npm run lint', state: 'failed' },
          { kind: 'call', id: 'call-3', tool: 'Run', detail: 'npm run e2e', state: 'stopped' },
        ],
        {
          ...shortPrompt,
          retry: {
            attempt: 2,
            maxAttempts: 5,
            reason: 'connection lost',
            atMs: sceneTimeMs + 4_000,
          },
        },
      ),
    ],
  }),
  silent: snapshot({
    turns: [
      running([{ kind: 'text', id: 'text-1', text: answer }], {
        silentSinceMs: sceneTimeMs - 23_000,
      }),
    ],
  }),
  rewriting: snapshot({
    turns: [
      running([
        { kind: 'reasoning', id: 'think-1', text: thoughts, ms: 12_000, stale: true },
        { kind: 'text', id: 'text-1', text: answer, stale: true },
      ]),
    ],
  }),
  commentary: snapshot({
    settings: { sendWith: 'enter', reasoning: 'expanded' },
    turns: [
      turn({
        ...shortPrompt,
        parts: [
          { kind: 'text', id: 'text-0', text: commentary, commentary: true },
          { kind: 'call', id: 'call-1', tool: 'Read', detail: 'src/retry.ts', state: 'done' },
          { kind: 'text', id: 'text-1', text: finalAnswer },
        ],
      }),
    ],
  }),
  failures: snapshot({
    quota: {
      ...quota,
      text: '5h 100% · wk 31%',
      windows: quota.windows.map((window, at) => ({ ...window, usedPercent: at === 0 ? 100 : 31 })),
    },
    context: { usedTokens: 164_000, windowTokens: 200_000 },
    turns: [
      failed('turn-1', {
        kind: 'network',
        title: 'You are offline',
        message:
          'chatgpt.com could not be found (DNS). The half answer above is kept; Retry asks again.',
        actions: ['retry', 'copyDetails', 'showLog'],
      }),
      failed('turn-2', {
        kind: 'usageLimit',
        title: '5-hour limit reached',
        message: 'It resets at 14:05 (in 2 hr 10 min). Your message is kept.',
        actions: ['retry', 'showQuota'],
      }),
      failed('turn-3', {
        kind: 'signIn',
        title: 'Your sign-in has ended',
        message: 'It was used on another machine. Sign in again; this chat stays as it is.',
        actions: ['signIn', 'copyDetails'],
      }),
    ],
  }),
  ended: snapshot({
    turns: [
      turn({
        ...shortPrompt,
        id: 'turn-1',
        status: 'stopped',
        parts: [{ kind: 'text', id: 'text-1', text: 'I start with the failing test and' }],
        notes: ['This response was interrupted, so Codex wrote part of it again.'],
      }),
      turn({
        ...shortPrompt,
        id: 'turn-2',
        parts: [{ kind: 'refusal', id: 'text-2', text: 'I cannot help with that.' }],
      }),
      turn({
        ...shortPrompt,
        id: 'turn-3',
        status: 'interrupted',
        parts: [{ kind: 'text', id: 'text-3', text: 'The half-cent case is pinned, then' }],
      }),
    ],
  }),
  signedOutInChat: snapshot({ account: { state: 'signedOut' }, turns: [turn(shortPrompt)] }),
};

function failed(id: string, failure: NonNullable<TurnView['failure']>): TurnView {
  return turn({ ...shortPrompt, id, status: 'failed', parts: [], failure });
}
