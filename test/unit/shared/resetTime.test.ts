import { afterEach, describe, expect, test } from 'vitest';
import { errorMessage } from '../../../src/core/chat/messages/errorMessages.ts';
import { noteText } from '../../../src/core/chat/messages/noteText.ts';
import { forecastSentence } from '../../../src/core/ledger/forecast.ts';
import { windowNames } from '../../../src/core/quota/decode/quotaSnapshot.ts';
import type { QuotaState } from '../../../src/core/quota/store/record.ts';
import { spendSentence } from '../../../src/core/quota/text/quotaNotices.ts';
import { quotaLabel, refusalSentence, statusText } from '../../../src/core/quota/text/quotaText.ts';
import { tooltipModel } from '../../../src/core/quota/text/quotaView.ts';
import { ResponsesError } from '../../../src/core/responses/retry/failure.ts';
import { roleText } from '../../../src/shared/accountText.ts';
import { setLanguage } from '../../../src/shared/format.ts';
import { outlookWords } from '../../../webview/usage/usageWords.ts';

/** A Friday, 11:55 in the zone of the tests. */
const nowMs = Date.UTC(2026, 10, 20, 10, 55);
const zone = 'Europe/Berlin';
const settings = { statusBarPercent: 'used', statusBarText: 'both' } as const;

afterEach(() => setLanguage('en'));

const spent = (resetsAtMs: number): QuotaState => ({
  credentialId: 'a',
  observedAtMs: nowMs,
  windows: [{ ...windowNames(300), usedPercent: 100, minutes: 300, resetsAtMs }],
  others: [],
  refused: true,
  availableAtMs: resetsAtMs,
});

/** Every text in which a limit's reset is shown: as a label, and within a sentence. */
function textsOf(resetsAtMs: number) {
  const quota = spent(resetsAtMs);
  const limit = { kind: 'usageLimit', resetsAtMs } as const;
  const outlook = (kind: 'reaches' | 'idle') =>
    outlookWords([{ kind, name: '5h', percent: 42, resetsAtMs }], nowMs);
  const spentOutlook = outlookWords([{ kind: 'spent', name: '5h', untilMs: resetsAtMs }], nowMs);
  const joined = (words: readonly { text: string }[]) => words.map(({ text }) => text).join('');
  const switched = { kind: 'accountSwitched', reason: 'usageLimit', from: 'a', to: 'b' } as const;
  return {
    labels: {
      statusBar: statusText(quota, settings, nowMs),
      tooltipLine: tooltipModel({ quota }, true, settings, nowMs).lines[0]?.when ?? '',
      tooltipRemark: refusalSentence(quota, nowMs),
      account: roleText({ kind: 'coolingDown', untilMs: resetsAtMs }, nowMs),
      cappedAccount: roleText({ kind: 'ceiling', percent: 90, untilMs: resetsAtMs }, nowMs),
      switchNote: noteText({ ...switched, untilMs: resetsAtMs }, nowMs),
    },
    sentences: {
      failure: errorMessage(new ResponsesError(limit), nowMs).message,
      forecast: forecastSentence(
        [{ label: '5h', kind: 'fiveHour', usedPercent: 42, resetsAtMs, perHour: 1, atReset: 50 }],
        nowMs,
      ),
      usagePageAtThisPace: joined(outlook('reaches')),
      usagePageIdle: joined(outlook('idle')),
      usagePageSpent: joined(spentOutlook),
      spendingLimit: spendSentence({ reached: true, resetsAtMs }, nowMs),
    },
    spoken: quotaLabel({ ...quota, refused: false }, settings, nowMs),
  };
}

const zoned = (day: number, hour: number, minute: number) =>
  Date.UTC(2026, 10, day, hour - 1, minute);

describe.each([
  ['in English, where clocks have 12 hours', 'en-US', zoned(20, 14, 5), '14:05', 'at 14:05', ''],
  ['in English at midnight', 'en-US', zoned(21, 0, 0), 'Sat 00:00', 'on Sat at 00:00', 'Saturday'],
  ['in English at noon', 'en-US', zoned(22, 12, 0), 'Sun 12:00', 'on Sun at 12:00', 'Sunday'],
  ['in English in days', 'en-US', zoned(25, 23, 59), 'Wed 23:59', 'on Wed at 23:59', 'Wednesday'],
  [
    'in English in a week',
    'en-US',
    zoned(27, 9, 0),
    'Nov 27, 09:00',
    'on Nov 27 at 09:00',
    'November',
  ],
  ['in German today', 'de', zoned(20, 14, 5), '14:05', 'at 14:05', ''],
  ['in German at midnight', 'de', zoned(21, 0, 0), 'Sa., 00:00', 'on Sa at 00:00', 'Samstag'],
  [
    'in German in a week',
    'de',
    zoned(27, 9, 0),
    '27. Nov., 09:00',
    'on 27. Nov. at 09:00',
    'November',
  ],
] as const)(
  'the same reset reads the same everywhere %s',
  (_, language, atMs, label, phrase, day) => {
    test('in labels and in sentences', () => {
      setLanguage(language, zone);
      const { labels, sentences, spoken } = textsOf(atMs);
      // What follows the time is a distance or an end, never a part of another form of it.
      const end = String.raw`(?= \(in | \(cap |[.,;]|$)`;
      const escaped = (text: string) => text.replaceAll('.', String.raw`\.`);
      for (const [where, text] of Object.entries(labels)) {
        expect(text, where).toMatch(new RegExp(`(?:resets|until) ${escaped(label)}${end}`));
      }
      for (const [where, text] of Object.entries(sentences)) {
        expect(text, where).toMatch(new RegExp(`resets ${escaped(phrase)}${end}`));
      }
      expect(spoken).toContain(day);
      for (const text of [...Object.values(labels), ...Object.values(sentences), spoken]) {
        expect(text.match(/\d\d:\d\d/g)).toEqual([label.slice(-5)]);
        expect(text).not.toMatch(/\b[AP]M\b/);
      }
    });
  },
);
