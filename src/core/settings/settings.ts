import { ownValue } from '../../base/lookup.ts';
import * as z from 'zod/mini';

/** True for https, and for http on this very machine: nothing else may carry a token (S1-21). */
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

/** Every setting with its default. A value that does not parse counts as not set. */
const shape = {
  baseUrl: z.catch(endpoint, 'https://chatgpt.com/backend-api'),
  issuer: z.catch(endpoint, 'https://auth.openai.com'),
  apiBaseUrl: z.catch(endpoint, 'https://api.openai.com/v1'),
  callbackPort: z.catch(z.int().check(z.gte(1024), z.lte(65_535)), 1455),
  accountRotation: z.catch(z.enum(['sequential', 'leastUsed', 'off']), 'sequential'),
  model: z.catch(z.string(), ''),
  reasoningEffort: z.catch(z.string(), ''),
  reasoningSummary: z.catch(z.enum(['auto', 'concise', 'detailed', 'none']), 'auto'),
  verbosity: z.catch(z.enum(['default', 'low', 'medium', 'high']), 'default'),
  instructions: z.catch(z.string(), ''),
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
