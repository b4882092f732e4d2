import { lookupTable } from '../../base/lookup.ts';
import type { Model } from './catalogue.ts';

/**
 * What followed models that no catalogue lists any more; for listed models the catalogue says it
 * itself. From OpenAI's announcements and the catalogue of client version 0.169.0 (WIRE.md e).
 */
const successors = lookupTable<string>({
  'codex-mini': 'gpt-5.1-codex-mini',
  'codex-mini-latest': 'gpt-5.1-codex-mini',
  'gpt-5-codex': 'gpt-5.1-codex',
  'gpt-5-codex-mini': 'gpt-5.1-codex-mini',
  'gpt-5.1': 'gpt-5.2',
  'gpt-5.1-codex': 'gpt-5.1-codex-max',
  'gpt-5.1-codex-max': 'gpt-5.2-codex',
  'gpt-5.1-codex-mini': 'gpt-5.4-mini',
  'gpt-5.2': 'gpt-5.4',
  'gpt-5.2-codex': 'gpt-5.3-codex',
  'gpt-5.3-codex': 'gpt-5.4',
  'gpt-5.3-codex-spark': 'gpt-5.4-mini',
  'codex-spark': 'gpt-5.4-mini',
  spark: 'gpt-5.4-mini',
  'gpt-5.4': 'gpt-5.5',
  'gpt-5.4-mini': 'gpt-5.6-luna',
  'gpt-5.5': 'gpt-6-sol',
  'gpt-5.6-sol': 'gpt-6-sol',
  'gpt-5.6-terra': 'gpt-6-sol',
  'gpt-5.6-luna': 'gpt-6-luna',
  'gpt-6-sol': 'gpt-6.1-sol',
});

/**
 * The listed model that follows one that is gone: by the `upgrade` of the catalogue, else by our
 * table, from one to the next until a listed one is found. Undefined when the way ends or turns
 * back on itself.
 *
 * @param gone - slugs, in small letters, that the backend has refused although it lists them.
 */
export function successorOf(
  models: readonly Model[],
  slug: string,
  gone: ReadonlySet<string>,
): Model | undefined {
  const bySlug = new Map(models.map((model) => [model.slug.toLowerCase(), model]));
  const seen = new Set<string>();
  let current = slug.toLowerCase();
  while (!seen.has(current)) {
    seen.add(current);
    const next = (bySlug.get(current)?.upgrade ?? successors.get(current))?.toLowerCase();
    if (next === undefined) return undefined;
    const found = bySlug.get(next);
    if (found && !found.hidden && !gone.has(next)) return found;
    current = next;
  }
  return undefined;
}
