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

const endpoint = () =>
  z.pipe(
    z.string().check(z.refine(isSafeEndpoint)),
    z.transform((address: string) => address.replace(/\/+$/, '')),
  );

const retries = () => z.int().check(z.gte(0), z.lte(3));
/** Longer than a minute is not waited for. */
const delayMs = () => z.int().check(z.gte(0), z.lte(60_000));

/** Numbers that are brought within their bounds rather than dropped. */
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

/** Each setting's schema is built when a value other than the default is read: most never are. */
const schemas = {
  baseUrl: endpoint,
  issuer: endpoint,
  apiBaseUrl: endpoint,
  callbackPort: () => z.int().check(z.gte(1024), z.lte(65_535)),
  accountRotation: () => z.enum(['ask', 'sequential', 'leastUsed', 'off']),
  model: () => z.string(),
  reasoningEffort: () => z.string(),
  reasoningSummary: () => z.enum(['auto', 'concise', 'detailed', 'none']),
  verbosity: () => z.enum(['default', 'low', 'medium', 'high']),
  instructions: () => z.string(),
  'requests.limit': () => within('requests.limit'),
  'requests.retryDelay': () => within('requests.retryDelay'),
  'garbledAnswer.retries': retries,
  'garbledAnswer.retryDelay': delayMs,
  'emptyAnswer.retries': retries,
  'emptyAnswer.retryDelay': delayMs,
  'titles.enabled': () => z.boolean(),
  'titles.model': () => z.string(),
  sendWith: () => z.enum(['enter', 'ctrlEnter']),
  showReasoning: () => z.enum(['collapsed', 'expanded', 'hidden']),
  'history.keep': () => z.enum(['forever', 'year', 'quarter', 'month', 'nothing']),
  statusBarPercent: () => z.enum(['used', 'left']),
  statusBarText: () => z.enum(['both', 'tighter', 'icon']),
  statusBarWhenSignedOut: () => z.boolean(),
  statusBarWarning: () => z.boolean(),
};
export type Settings = {
  [Name in keyof typeof schemas]: z.output<ReturnType<(typeof schemas)[Name]>>;
};

/** What counts when a setting is not set, or when its value does not parse. */
const defaults: Readonly<Settings> = {
  baseUrl: 'https://chatgpt.com/backend-api',
  issuer: 'https://auth.openai.com',
  apiBaseUrl: 'https://api.openai.com/v1',
  callbackPort: 1455,
  accountRotation: 'ask',
  model: '',
  reasoningEffort: '',
  reasoningSummary: 'auto',
  verbosity: 'default',
  instructions: '',
  'requests.limit': 6,
  'requests.retryDelay': 250,
  'garbledAnswer.retries': 3,
  'garbledAnswer.retryDelay': 250,
  'emptyAnswer.retries': 1,
  'emptyAnswer.retryDelay': 250,
  'titles.enabled': true,
  'titles.model': '',
  sendWith: 'enter',
  showReasoning: 'expanded',
  'history.keep': 'forever',
  statusBarPercent: 'used',
  statusBarText: 'both',
  statusBarWhenSignedOut: true,
  statusBarWarning: true,
};

type SettingName = keyof Settings;
const isSettingName = (name: string): name is SettingName => Object.hasOwn(defaults, name);
export const settingNames: readonly SettingName[] = Object.keys(defaults).filter(isSettingName);

/** @param raw - values as VS Code gives them, by setting name without the `codexChat.` prefix. */
export function readSettings(raw: Readonly<Record<string, unknown>>): Settings {
  const settings = { ...defaults };
  for (const name of settingNames) Object.assign(settings, readSetting(name, ownValue(raw, name)));
  return settings;
}

/** The setting under its name; nothing when its default counts. */
function readSetting(name: SettingName, value: unknown): Partial<Settings> {
  if (value === undefined || value === defaults[name]) return {};
  const parsed = schemas[name]().safeParse(value);
  return parsed.success ? { [name]: parsed.data } : {};
}

/** A sentence for the log about each number that is not used as it was set. */
export function settingRemarks(
  raw: Readonly<Record<string, unknown>>,
  settings = readSettings(raw),
): string[] {
  const used = new Map<string, unknown>(Object.entries(settings));
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
