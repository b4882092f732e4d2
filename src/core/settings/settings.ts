import { ownValue } from '../../base/lookup.ts';
import * as z from 'zod/mini';

/** True for https, and for http on this very machine: nothing else may carry a token. */
export function isSafeEndpoint(address: string): boolean {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return false;
  }
  if (url.username || url.password || url.search || url.hash) return false;
  if (url.protocol === 'https:') return true;
  return url.protocol === 'http:' && /^(127(\.\d{1,3}){3}|localhost|\[::1\])$/.test(url.hostname);
}

const endpoint = z.pipe(
  z.string().check(z.refine(isSafeEndpoint)),
  z.transform((address: string) => address.replace(/\/+$/, '')),
);

const retries = z.int().check(z.gte(0), z.lte(3));
/** Longer than a minute is not waited for. */
const delayMs = z.int().check(z.gte(0), z.lte(60_000));

/** Figures that are brought within their bounds rather than dropped. */
const bounds = new Map<string, readonly [least: number, most: number]>([
  ['requests.limit', [1, 6]],
  ['requests.retryDelay', [0, 60_000]],
]);

function within(name: string) {
  const [least, most] = bounds.get(name) ?? [0, 0];
  return z.pipe(
    z.number().check(z.refine(Number.isFinite)),
    z.transform((value) => Math.min(most, Math.max(least, Math.round(value)))),
  );
}

/** Every setting with its default. A value that does not parse counts as not set. */
const shape = {
  baseUrl: z.catch(endpoint, 'https://chatgpt.com/backend-api'),
  issuer: z.catch(endpoint, 'https://auth.openai.com'),
  apiBaseUrl: z.catch(endpoint, 'https://api.openai.com/v1'),
  callbackPort: z.catch(z.int().check(z.gte(1024), z.lte(65_535)), 1455),
  accountRotation: z.catch(z.enum(['ask', 'sequential', 'leastUsed', 'off']), 'ask'),
  model: z.catch(z.string(), ''),
  reasoningEffort: z.catch(z.string(), ''),
  reasoningSummary: z.catch(z.enum(['auto', 'concise', 'detailed', 'none']), 'auto'),
  verbosity: z.catch(z.enum(['default', 'low', 'medium', 'high']), 'default'),
  instructions: z.catch(z.string(), ''),
  'requests.limit': z.catch(within('requests.limit'), 6),
  'requests.retryDelay': z.catch(within('requests.retryDelay'), 250),
  'garbledAnswer.retries': z.catch(retries, 3),
  'garbledAnswer.retryDelay': z.catch(delayMs, 250),
  'emptyAnswer.retries': z.catch(retries, 1),
  'emptyAnswer.retryDelay': z.catch(delayMs, 250),
  sendWith: z.catch(z.enum(['enter', 'ctrlEnter']), 'enter'),
  showReasoning: z.catch(z.enum(['collapsed', 'expanded', 'hidden']), 'expanded'),
  statusBarPercent: z.catch(z.enum(['used', 'left']), 'used'),
  statusBarText: z.catch(z.enum(['both', 'tighter', 'icon']), 'both'),
  statusBarWhenSignedOut: z.catch(z.boolean(), true),
  statusBarWarning: z.catch(z.boolean(), true),
};

const schema = z.object(shape);
export type Settings = z.infer<typeof schema>;

export const settingNames: readonly string[] = Object.keys(shape);

/** @param raw - values as VS Code gives them, by setting name without the `codexChat.` prefix. */
export function readSettings(raw: Readonly<Record<string, unknown>>): Settings {
  return schema.parse(Object.fromEntries(settingNames.map((name) => [name, ownValue(raw, name)])));
}

/** A sentence for the log about each figure that is not used as it was set. */
export function settingRemarks(raw: Readonly<Record<string, unknown>>): string[] {
  const used = new Map<string, unknown>(Object.entries(readSettings(raw)));
  return [...bounds].flatMap(([name, [least, most]]) => {
    const value = ownValue(raw, name);
    if (value === undefined || value === used.get(name)) return [];
    const fault =
      typeof value === 'number'
        ? `${value} is not a whole number from ${least} to ${most}`
        : 'is not a number';
    return [`setting codexChat.${name}: ${fault}, so ${String(used.get(name))} is used`];
  });
}
