import type { Settings } from '../../settings/settings.ts';
import type { QuotaView } from '../../../shared/protocol/chat.ts';
import { omitUndefined } from '../../../base/omitUndefined.ts';
import type { QuotaWindow } from '../decode/quotaSnapshot.ts';
import type { QuotaState } from '../store/record.ts';
import * as l10n from '@vscode/l10n';
import { formatPercent, formatTimeWithDistance } from '../../../shared/format.ts';
import { familyName, limitName, limitTitle } from '../../../shared/limitNames.ts';
import { billedSentence, quotaNotices, type ShownElsewhere } from './quotaNotices.ts';
import { isStale, originWords, percentOf, statusText, type PercentSettings } from './quotaText.ts';

/** The quota as the panel shows it. */
export function toQuotaView(
  state: QuotaState | undefined,
  settings: Pick<Settings, 'statusBarText'> & PercentSettings,
  nowMs: number,
): QuotaView {
  const windows = (state?.windows ?? []).map(({ label, kind, usedPercent, resetsAtMs }) =>
    omitUndefined({ label, name: limitName(label), kind, usedPercent, resetsAtMs }),
  );
  return {
    text: statusText(state, settings, nowMs),
    windows,
    ...(state && windows.length > 0 ? { observedAtMs: state.observedAtMs } : {}),
    stale: isStale(state, nowMs),
  };
}

/** An account as the tooltip and the list of the status bar tell of it. */
export interface QuotaAccount {
  credentialId?: string | undefined;
  /** Its name, such as an e-mail address. */
  label?: string | undefined;
  /** As the backend writes it; what the quota says of it counts for more. */
  plan?: string | undefined;
  /** What it is to the others, one or two words: "next", "resting". */
  role?: string | undefined;
  quota?: QuotaState | undefined;
  /** Whether the role tells already that requests are refused. */
  isRefusalShown?: boolean | undefined;
  /** A key of the API has no quota: its use is billed. */
  isBilled?: boolean | undefined;
  /** A sentence of somebody else about it. */
  remark?: string | undefined;
  /** What will happen at the present pace, a sentence. */
  runway?: string | undefined;
}

/** One window in the tooltip. `bar` is drawn of block characters. */
export interface QuotaLine {
  title: string;
  bar: string;
  /** Of what is used or left, in words where it is left: "58% left". */
  percent: string;
  /** "resets 14:05 (in 2 hr 10 min)"; empty when that is unknown. */
  when: string;
}

export interface QuotaTooltip {
  /** Label, plan and role, as far as known. */
  names: string[];
  lines: QuotaLine[];
  others: { name: string; lines: QuotaLine[] }[];
  /** Whole sentences: what comes, a refusal, other meters, what is wrong. */
  remarks: string[];
  /** Age and origin of the figures; empty while there are none. */
  age: string;
  /** How many resets may be redeemed. */
  banked: number;
}

/** @param isInUse - of the other accounts old figures are no news. */
export function tooltipModel(
  account: QuotaAccount,
  isInUse: boolean,
  settings: PercentSettings,
  nowMs: number,
): QuotaTooltip {
  return account.isBilled ? billedModel(account) : meteredModel(account, isInUse, settings, nowMs);
}

function meteredModel(
  account: QuotaAccount,
  isInUse: boolean,
  settings: PercentSettings,
  nowMs: number,
): QuotaTooltip {
  const { quota, label, role, remark, runway } = account;
  const line = (window: QuotaWindow) => toLine(window, settings, nowMs);
  const plan = planName(quota?.plan ?? account.plan);
  const shownElsewhere: ShownElsewhere[] = [
    ...(isInUse ? [] : (['age'] as const)),
    ...(account.isRefusalShown ? (['refusal'] as const) : []),
  ];
  const remarks = [runway, ...quotaNotices(quota, shownElsewhere, nowMs), remark];
  return {
    names: [label, plan, role].flatMap((name) => name || []),
    lines: (quota?.windows ?? []).map(line),
    others: (quota?.others ?? []).map((family) => ({
      name: familyName(family),
      lines: family.windows.map(line),
    })),
    remarks: remarks.flatMap((sentence) => sentence || []),
    age: originWords(quota, nowMs),
    banked: quota?.resets?.available ?? 0,
  };
}

function billedModel({ label, role, remark }: QuotaAccount): QuotaTooltip {
  return {
    names: [label, role].flatMap((name) => name || []),
    lines: [],
    others: [],
    remarks: [billedSentence(), remark].flatMap((sentence) => sentence || []),
    age: '',
    banked: 0,
  };
}

function toLine(window: QuotaWindow, settings: PercentSettings, nowMs: number): QuotaLine {
  const { label, resetsAtMs } = window;
  const share = percentOf(window, settings);
  const percent = formatPercent(share);
  return {
    title: limitTitle(label),
    // Of the figure beside it, so that the two never say different things.
    bar: quotaBar(share),
    percent: settings.statusBarPercent === 'left' ? l10n.t('{0} left', percent) : percent,
    when:
      resetsAtMs === undefined
        ? ''
        : l10n.t('resets {0}', formatTimeWithDistance(resetsAtMs, nowMs)),
  };
}

const barLength = 14;

/** The share in full blocks; empty only for 0 and full only for 100. */
export function quotaBar(percent: number): string {
  const nearest = Math.round((percent / 100) * barLength);
  const atLeast = percent > 0 ? 1 : 0;
  const atMost = percent >= 100 ? barLength : barLength - 1;
  const full = Math.min(Math.max(nearest, atLeast), atMost);
  return '█'.repeat(full) + '░'.repeat(barLength - full);
}

/** `plus` and `team_annual` come in lower case. */
export function planName(plan: string | undefined): string {
  return (plan ?? '')
    .split(/[_\s-]+/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join(' ');
}
