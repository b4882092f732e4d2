import type { Account } from './accounts.ts';
import type { Ledger, WindowState } from './ledger.ts';
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

/** The rate-limit headers of every answer (WIRE.md d). */
export function limitHeaders(account: Account, ledger: Ledger): Record<string, string> {
  const { primary, secondary } = slotsOf(account, ledger);
  return {
    ...windowHeaders('primary', primary),
    ...(secondary && windowHeaders('secondary', secondary)),
    'x-codex-primary-over-secondary-limit-percent': '0',
    'x-codex-credits-has-credits': account.credits === undefined ? 'False' : 'True',
    'x-codex-credits-unlimited': 'False',
    'x-codex-credits-balance': account.credits ?? '',
    'x-codex-plan-type': account.plan,
    'x-codex-active-limit': 'codex',
    ...(ledger.spent(account) && { 'x-codex-rate-limit-reached-type': 'rate_limit_reached' }),
  };
}

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
export function usageBody(account: Account, ledger: Ledger): Json {
  const { primary, secondary } = slotsOf(account, ledger);
  const spent = ledger.spent(account) !== undefined;
  return {
    user_id: account.userId,
    account_id: account.accountId,
    email: account.email,
    plan_type: account.plan,
    rate_limit: {
      allowed: !spent,
      limit_reached: spent,
      primary_window: windowBody(primary),
      secondary_window: secondary ? windowBody(secondary) : null,
    },
    code_review_rate_limit: null,
    additional_rate_limits: [],
    model_usage: {},
    credits: {
      has_credits: account.credits !== undefined,
      unlimited: false,
      balance: account.credits ?? null,
    },
    spend_control: { reached: false, individual_limit: null },
    rate_limit_reached_type: spent ? { type: 'rate_limit_reached' } : null,
    rate_limit_reset_credits: null,
    promo: null,
  };
}

function windowBody(window: WindowState): Json {
  return {
    used_percent: Math.floor(window.usedPercent),
    limit_window_seconds: window.minutes * 60,
    reset_after_seconds: window.resetAfterSeconds,
    reset_at: window.resetAt,
  };
}
