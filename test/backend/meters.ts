import * as z from 'zod/mini';
import type { Account } from './accounts.ts';
import type { Ledger } from './ledger.ts';
import type { Json } from './values.ts';

const share = z.number().check(z.gte(0), z.lte(100));
const maybe = z.exactOptional;

/** What is told about an account's limits beside its two windows, and in which way. */
export const meters = z.object({
  /** `none`: answers bring no figures along. `broken`: theirs are no numbers. */
  headers: maybe(z.enum(['sent', 'none', 'broken'])),
  /** `otherShape`: the limits have other names. `otherAccount`: the answer is about somebody else. */
  usage: maybe(z.enum(['usual', 'otherShape', 'otherAccount'])),
  /** The plan that is told from now on; the token keeps the old one. */
  plan: maybe(z.string()),
  families: maybe(
    z.array(
      z.object({ id: z.string(), name: z.string(), usedPercent: share, minutes: z.number() }),
    ),
  ),
  codeReviewPercent: maybe(share),
  unlimitedCredits: maybe(z.boolean()),
  spend: maybe(
    z.object({ reached: z.boolean(), limit: maybe(z.string()), usedPercent: maybe(share) }),
  ),
  promo: maybe(z.string()),
  /** How many resets are banked. */
  resets: maybe(z.coerce.number().check(z.gte(0), z.lte(20))),
});
export type MeterSettings = z.infer<typeof meters>;

export interface BankedReset extends Json {
  id: string;
  status: 'available' | 'redeemed';
}

/** `code` of an answer to a redemption. */
export type RedeemCode = 'reset' | 'already_redeemed' | 'nothing_to_reset' | 'no_credit';

export interface Meters {
  of(account: Account): MeterSettings;
  /** What is not named stays as it is. */
  set(account: Account, settings: MeterSettings): void;
  banked(account: Account): readonly BankedReset[];
  redeem(account: Account, requestId: string, creditId: string | undefined): RedeemCode;
  reset(): void;
}

const monthMs = 30 * 86_400_000;

export function createMeters(ledger: Ledger, now: () => number): Meters {
  const settings = new Map<string, MeterSettings>();
  const banks = new Map<string, BankedReset[]>();
  const done = new Map<string, RedeemCode>();
  const bankOf = ({ email }: Account) => banks.get(email) ?? [];

  return {
    of: ({ email }) => settings.get(email) ?? {},
    set(account, changed) {
      const { email } = account;
      settings.set(email, { ...settings.get(email), ...changed });
      if (changed.resets !== undefined) {
        banks.set(
          email,
          Array.from({ length: changed.resets }, (_, index) => newReset(email, index, now())),
        );
      }
    },
    banked: bankOf,
    redeem(account, requestId, creditId) {
      if (done.has(requestId)) return 'already_redeemed';
      const credit = bankOf(account).find(
        ({ id, status }) => status === 'available' && (creditId ?? id) === id,
      );
      if (!credit) return 'no_credit';
      const { fiveHour, weekly } = ledger.read(account);
      if (fiveHour.usedPercent === 0 && weekly.usedPercent === 0) return 'nothing_to_reset';
      credit.status = 'redeemed';
      ledger.clear(account);
      done.set(requestId, 'reset');
      return 'reset';
    },
    reset() {
      settings.clear();
      banks.clear();
      done.clear();
    },
  };
}

/** As real ones look to those who have seen them; the first expires first. */
function newReset(email: string, index: number, nowMs: number): BankedReset {
  return {
    id: `RateLimitResetCredit_${email.length}${index}`,
    reset_type: 'codex_rate_limits',
    status: 'available',
    granted_at: new Date(nowMs).toISOString(),
    expires_at: new Date(nowMs + monthMs + index * 86_400_000).toISOString(),
    redeem_started_at: null,
    redeemed_at: null,
    title: 'One free rate limit reset',
    description: 'Thanks for practising.',
  };
}
