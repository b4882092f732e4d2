import { createHash } from 'node:crypto';
import { capturedModels } from './fixtures.ts';
import { type Exchange, sendJson } from './http.ts';
import { asList, asText, isRecord, type Json } from './values.ts';

export interface Model {
  slug: string;
  lite: boolean;
  efforts: readonly string[];
  verbosities: readonly string[];
  contextWindow: number;
  seesImages: boolean;
  minimalVersion: string;
}

export interface Catalogue {
  list: (exchange: Exchange) => void;
  /** The model behind a slug, hidden ones included; undefined = not for this account. */
  find(slug: string): Model | undefined;
  etag(): string;
  set(models?: readonly Json[]): void;
}

/** Slugs that are served though the catalogue does not list them (captured request 17). */
const legacy: readonly Model[] = [
  {
    slug: 'gpt-5.1-codex-max',
    lite: false,
    efforts: ['low', 'medium', 'high', 'xhigh'],
    verbosities: ['low', 'medium', 'high'],
    contextWindow: 272_000,
    seesImages: true,
    minimalVersion: '',
  },
  {
    slug: 'gpt-5.1-codex',
    lite: false,
    efforts: ['low', 'medium', 'high'],
    verbosities: ['medium'],
    contextWindow: 272_000,
    seesImages: true,
    minimalVersion: '',
  },
];

export function createCatalogue(): Catalogue {
  const original = capturedModels.map(served);
  let models: readonly Json[] = original;
  const etag = () =>
    `W/"${createHash('sha256').update(JSON.stringify(models)).digest('hex').slice(0, 32)}"`;
  return {
    etag,
    set: (next) => {
      models = next ?? original;
    },
    find(slug) {
      const entry = models.find((model) => model['slug'] === slug);
      return entry ? readModel(entry) : legacy.find((model) => model.slug === slug);
    },
    /** The list leaves out what the client is too old for (WIRE.md e); hidden ones stay in, marked. */
    list(exchange) {
      const version = exchange.url.searchParams.get('client_version') ?? '';
      const fit = models.filter(
        (model) => !isOlder(version, asText(model['minimal_client_version'])),
      );
      sendJson(exchange, 200, { models: fit }, { etag: etag() });
    },
  };
}

/** The captured catalogue is redacted; this gives it the types of the live answer again. */
function served(model: Json): Json {
  const isOld = model['slug'] === 'gpt-5.5';
  return {
    ...model,
    description: `${asText(model['display_name'])}, as the practice backend plays it.`,
    supported_reasoning_levels: asList(model['supported_reasoning_levels']).map((effort) =>
      isRecord(effort) ? effort : { effort, description: effortText[asText(effort)] ?? '' },
    ),
    service_tiers: asList(model['service_tiers']).map((tier) =>
      isRecord(tier) ? { description: 'Answers sooner, counts more', ...tier } : tier,
    ),
    upgrade: isRecord(model['upgrade']) ? { migration_markdown: '', ...model['upgrade'] } : null,
    availability_nux: null,
    model_messages: null,
    minimal_client_version: isOld ? '0.98.0' : '0.144.0',
    base_instructions: 'You are Codex, played by a practice backend. Help with code.',
  };
}

const effortText: Record<string, string> = {
  low: 'Answers fast, thinks briefly',
  medium: 'Balances speed and thought',
  high: 'Thinks longer about hard problems',
  xhigh: 'Thinks much longer',
  max: 'Thinks as long as it helps',
  ultra: 'Thinks as long as it helps and shares the work out',
};

function readModel(entry: Json): Model {
  return {
    slug: asText(entry['slug']),
    lite: entry['use_responses_lite'] === true,
    efforts: asList(entry['supported_reasoning_levels']).map((level) =>
      isRecord(level) ? asText(level['effort']) : asText(level),
    ),
    verbosities: entry['support_verbosity'] === false ? [] : ['low', 'medium', 'high'],
    contextWindow: Number(entry['context_window'] ?? 272_000),
    seesImages:
      entry['input_modalities'] === undefined ||
      asList(entry['input_modalities']).includes('image'),
    minimalVersion: asText(entry['minimal_client_version']),
  };
}

/** True when both are versions and the first is the smaller one. */
export function isOlder(version: string, minimum: string): boolean {
  const [a, b] = [version, minimum].map((text) => /^\d+(\.\d+)*/.exec(text)?.[0].split('.') ?? []);
  if (!a?.length || !b?.length) return false;
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const difference = Number(a[at] ?? 0) - Number(b[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
