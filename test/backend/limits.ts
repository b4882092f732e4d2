import type { Account } from './accounts.ts';
import type { Ledger, WindowState } from './ledger.ts';
import type { Meters, MeterSettings } from './meters.ts';
import type { Json } from './values.ts';

interface Slots {
  primary: WindowState;
  secondary: WindowState | undefined;
}

function slotsOf(account: Account, ledger: Ledger): Slots {
  const { fiveHour, weekly } = ledger.read(account);
  switch (account.windows ?? 'usual') {
    case 'usual':
      return { primary: fiveHour, secondary: weekly };
    case 'swapped':
      return { primary: weekly, secondary: fiveHour };
    case 'weeklyOnly':
      return { primary: weekly, secondary: undefined };
  }
}

interface Books {
  ledger: Ledger;
  meters: Meters;
}

/** The rate-limit headers of every answer (WIRE.md d). */
export function limitHeaders(account: Account, { ledger, meters }: Books): Record<string, string> {
  const { primary, secondary } = slotsOf(account, ledger);
  const told = meters.of(account);
  if (told.headers === 'none') return {};
  const headers = {
    ...windowHeaders('primary', primary),
    ...(secondary && windowHeaders('secondary', secondary)),
    'x-codex-primary-over-secondary-limit-percent': '0',
    'x-codex-credits-has-credits': account.credits === undefined ? 'False' : 'True',
    'x-codex-credits-unlimited': told.unlimitedCredits ? 'True' : 'False',
    'x-codex-credits-balance': account.credits ?? '',
    'x-codex-plan-type': told.plan ?? account.plan,
    'x-codex-active-limit': 'codex',
    ...(ledger.spent(account) && { 'x-codex-rate-limit-reached-type': 'rate_limit_reached' }),
    ...(told.promo !== undefined && { 'x-codex-promo-message': told.promo }),
    ...familyHeaders(told),
  };
  return told.headers === 'broken' ? broken(headers) : headers;
}

function familyHeaders({ families = [] }: MeterSettings): Record<string, string> {
  return Object.assign(
    {},
    ...families.map(({ id, name, usedPercent, minutes }) => {
      const prefix = `x-${id.replaceAll('_', '-')}`;
      return {
        [`${prefix}-limit-name`]: name,
        [`${prefix}-primary-used-percent`]: String(usedPercent),
        [`${prefix}-primary-window-minutes`]: String(minutes),
      };
    }),
  );
}

const broken = (headers: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      name.endsWith('-used-percent') ? 'many' : value,
    ]),
  );

function windowHeaders(slot: string, window: WindowState): Record<string, string> {
  const name = `x-codex-${slot}`;
  return {
    [`${name}-used-percent`]: String(Math.floor(window.usedPercent * 10) / 10),
    [`${name}-window-minutes`]: String(window.minutes),
    [`${name}-reset-at`]: String(window.resetAt),
    [`${name}-reset-after-seconds`]: String(window.resetAfterSeconds),
  };
}

/** Body of the 429 that ends a turn when a window is spent. */
export function usageLimitBody(account: Account, window: WindowState): Json {
  return {
    error: {
      type: 'usage_limit_reached',
      message: 'The usage limit has been reached',
      plan_type: account.plan,
      resets_at: window.resetAt,
      resets_in_seconds: window.resetAfterSeconds,
    },
  };
}

/** Body of GET /wham/usage. Percentages are whole numbers here. */
export function usageBody(account: Account, { ledger, meters }: Books): Json {
  const { primary, secondary } = slotsOf(account, ledger);
  const spent = ledger.spent(account) !== undefined;
  const told = meters.of(account);
  const limits = {
    allowed: !spent,
    limit_reached: spent,
    primary_window: windowBody(primary),
    secondary_window: secondary ? windowBody(secondary) : null,
  };
  return {
    user_id: account.userId,
    account_id:
      told.usage === 'otherAccount' ? '00000000-0000-4000-8000-00000000beef' : account.accountId,
    email: account.email,
    plan_type: told.plan ?? account.plan,
    rate_limit: told.usage === 'otherShape' ? renamed(limits) : limits,
    code_review_rate_limit: reviewBody(told),
    additional_rate_limits: (told.families ?? []).map(familyBody),
    model_usage: {},
    credits: {
      has_credits: account.credits !== undefined,
      unlimited: told.unlimitedCredits ?? false,
      balance: account.credits ?? null,
    },
    spend_control: spendBody(told),
    rate_limit_reached_type: spent ? { type: 'rate_limit_reached' } : null,
    rate_limit_reset_credits: resetsBody(account, meters),
    promo: told.promo ?? null,
  };
}

const renamed = (limits: Json): Json => ({
  ...limits,
  primary_window: { percent: 1 },
  secondary_window: null,
});

const countless = (usedPercent: number, minutes: number) => ({
  allowed: usedPercent < 100,
  limit_reached: usedPercent >= 100,
  primary_window: { used_percent: usedPercent, limit_window_seconds: minutes * 60 },
  secondary_window: null,
});

const reviewBody = ({ codeReviewPercent }: MeterSettings) =>
  codeReviewPercent === undefined ? null : countless(codeReviewPercent, 10_080);

const familyBody = ({
  id,
  name,
  usedPercent,
  minutes,
}: NonNullable<MeterSettings['families']>[number]) => ({
  limit_name: name,
  metered_feature: id,
  rate_limit: countless(usedPercent, minutes),
  normal_model_slug: null,
});

function spendBody({ spend }: MeterSettings): Json {
  if (spend?.limit === undefined)
    return { reached: spend?.reached ?? false, individual_limit: null };
  const { reached, limit, usedPercent = 0 } = spend;
  const own = { limit, used_percent: usedPercent, remaining_percent: 100 - usedPercent };
  return { reached, individual_limit: own };
}

function resetsBody(account: Account, meters: Meters): Json | null {
  if (meters.of(account).resets === undefined) return null;
  return { available_count: availableIn(meters.banked(account)) };
}

/** Body of GET /wham/rate-limit-reset-credits. */
export function bankedBody(account: Account, meters: Meters): Json {
  const credits = meters.banked(account);
  return { credits, available_count: availableIn(credits) };
}

const availableIn = (credits: readonly { status: string }[]) =>
  credits.filter(({ status }) => status === 'available').length;

function windowBody(window: WindowState): Json {
  return {
    used_percent: Math.floor(window.usedPercent),
    limit_window_seconds: window.minutes * 60,
    reset_after_seconds: window.resetAfterSeconds,
    reset_at: window.resetAt,
  };
}
