import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readLimitError, readQuotaEvent } from '../../../../src/core/quota/decode/events.ts';

const nowMs = 1_795_219_650_000;

/** The one event of the captured stream that tells the quota. */
function captured(): unknown {
  const stream = readFileSync(
    new URL('../../../fixtures/sse/ok_rate_limits_event.sse', import.meta.url),
    'utf8',
  );
  return JSON.parse(/event: codex\.rate_limits\ndata: (.*)/.exec(stream)?.[1] ?? '');
}

test('reads the event of the captured stream', () => {
  expect(readQuotaEvent(captured(), 'cred', nowMs)).toEqual({
    credentialId: 'cred',
    source: 'event',
    observedAtMs: nowMs,
    plan: 'plus',
    credits: { hasCredits: true, unlimited: false, balance: '9.99' },
    limitReached: false,
    windows: [
      {
        kind: 'fiveHour',
        label: '5h',
        usedPercent: 33,
        minutes: 300,
        resetsAtMs: 1_795_221_141_000,
      },
      {
        kind: 'weekly',
        label: 'wk',
        usedPercent: 44,
        minutes: 10_080,
        resetsAtMs: 1_795_320_141_000,
      },
    ],
  });
});

test('shows no window for an event whose figures are missing or odd', () => {
  const event = {
    type: 'codex.rate_limits',
    plan_type: 'plus',
    rate_limits: { primary: { window_minutes: 300 }, secondary: 'none' },
  };
  expect(readQuotaEvent(event, 'cred', nowMs)).toMatchObject({ plan: 'plus', windows: [] });
});

test('never throws and never invents a share, whatever the event holds', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (primary, other) => {
      const event = {
        type: 'codex.rate_limits',
        rate_limits: { primary: { used_percent: primary } },
      };
      const window = readQuotaEvent(event, 'cred', nowMs)?.windows[0];
      if (window) expect(window.usedPercent).toBe(Math.min(100, Number(primary)));
      readQuotaEvent({ type: 'codex.rate_limits', rate_limits: other, credits: primary }, 'c', 1);
    }),
  );
});

test('takes a refusal as a sign that the limit is reached, until the time it names', () => {
  const resetsAtMs = nowMs + 5_000_000;
  expect(readLimitError({ plan: 'plus', resetsAtMs }, 'cred', nowMs)).toEqual({
    credentialId: 'cred',
    source: 'limitError',
    observedAtMs: nowMs,
    plan: 'plus',
    windows: [],
    limitReached: true,
    availableAtMs: resetsAtMs,
  });
});
