import { ownValue } from '../../../base/lookup.ts';
import {
  mostFamilies,
  orderWindows,
  readPromo,
  readLine,
  readWindow,
  type QuotaCredits,
  type QuotaFamily,
  type QuotaSnapshot,
  type QuotaWindow,
} from './quotaSnapshot.ts';

type Headers = Readonly<Record<string, string>>;

const windowHeader = /^x-(.+)-(?:primary|secondary)-used-percent$/;
const mainFamily = 'codex';

/**
 * Reads the rate-limit headers of an answer (WIRE.md d); undefined when it has none that can be
 * read. To be called for refusals too, since they carry the figures that led to them.
 *
 * @param outcome - whether the answer was a 2xx or a refusal for the quota; without it nothing is
 *   said about whether the limit is reached.
 */
export function readQuotaHeaders(
  headers: Headers,
  credentialId: string,
  nowMs: number,
  outcome?: 'accepted' | 'refused',
): QuotaSnapshot | undefined {
  const all = lowerCased(headers);
  const families = [
    ...new Set(Object.keys(all).flatMap((name) => windowHeader.exec(name)?.[1] ?? [])),
  ];
  const windows = readWindows(all, mainFamily, nowMs);
  const others = families
    .filter((family) => family !== mainFamily)
    .slice(0, mostFamilies)
    .map((family) => readFamily(all, family, nowMs))
    .filter((family) => family.windows.length > 0);
  const plan = readLine(all['x-codex-plan-type']);
  const credits = readCredits(all);
  if (windows.length === 0 && others.length === 0 && !plan && !credits) return undefined;
  const promo = readPromo(all['x-codex-promo-message']);
  return {
    credentialId,
    source: 'headers',
    observedAtMs: nowMs,
    windows,
    ...(plan ? { plan } : {}),
    ...(credits ? { credits } : {}),
    ...readOutcome(all, outcome),
    ...(others.length > 0 ? { others } : {}),
    ...(promo ? { promo } : {}),
  };
}

/** A refusal for a limit beside the main one (`x-codex-active-limit`) does not spend the main one. */
function readOutcome(
  all: Headers,
  outcome: 'accepted' | 'refused' | undefined,
): Pick<QuotaSnapshot, 'limitReached' | 'reachedType'> {
  if (outcome === undefined) return {};
  const reachedType = readLine(all['x-codex-rate-limit-reached-type']) ?? '';
  if (outcome === 'accepted') return { limitReached: false, reachedType };
  const isMain = (readLine(all['x-codex-active-limit']) ?? mainFamily) === mainFamily;
  return { reachedType, ...(reachedType && isMain ? { limitReached: true } : {}) };
}

function readFamily(all: Headers, family: string, nowMs: number): QuotaFamily {
  const id = family.replaceAll('-', '_');
  const name = readLine(ownValue(all, `x-${family}-limit-name`)) ?? id;
  return { id, name, windows: readWindows(all, family, nowMs) };
}

function readWindows(all: Headers, family: string, nowMs: number): readonly QuotaWindow[] {
  const slots = ['primary', 'secondary'].map((slot) =>
    readWindow(
      {
        usedPercent: ownValue(all, `x-${family}-${slot}-used-percent`),
        minutes: ownValue(all, `x-${family}-${slot}-window-minutes`),
        resetAt: ownValue(all, `x-${family}-${slot}-reset-at`),
        resetAfterSeconds: ownValue(all, `x-${family}-${slot}-reset-after-seconds`),
      },
      nowMs,
    ),
  );
  return orderWindows(slots);
}

/** Both flags are needed; they come as True, False, 1 or 0 (WIRE.md d). */
function readCredits(all: Headers): QuotaCredits | undefined {
  const hasCredits = readFlag(all['x-codex-credits-has-credits']);
  const unlimited = readFlag(all['x-codex-credits-unlimited']);
  if (hasCredits === undefined || unlimited === undefined) return undefined;
  const balance = readLine(all['x-codex-credits-balance']);
  return { hasCredits, unlimited, ...(balance ? { balance } : {}) };
}

function readFlag(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (/^(true|1)$/i.test(text)) return true;
  return /^(false|0)$/i.test(text) ? false : undefined;
}

function lowerCased(headers: Headers): Headers {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}
