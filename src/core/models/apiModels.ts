import * as z from 'zod/mini';
import { bundledModels } from './bundled.ts';
import type { Catalogue, Model } from './catalogue.ts';

/** An answer of the API's `GET /models`: names and nothing else that is of use. */
const list = z.lazy(() => z.object({ data: z.array(z.unknown()) }));
const item = z.lazy(() => z.object({ id: z.string().check(z.minLength(1), z.maxLength(100)) }));

/** The API lists models of every sort; those that think and write are known by their names. */
const writes = /^(gpt-[5-9]|codex|o[1-9])/;
const isElse = /audio|realtime|image|transcribe|tts|search|embedding|moderation|chat-latest/;
/** A model of one day, beside the name that always means the latest. */
const isDated = /-\d{4}-\d{2}-\d{2}$/;

/**
 * The models that a key of the API may use, as far as Codex Chat can use them; undefined when the
 * answer has another shape.
 */
export function readApiModels(body: unknown): Catalogue | undefined {
  const parsed = list.safeParse(body);
  if (!parsed.success) return undefined;
  const read = parsed.data.data.map((one) => item.safeParse(one));
  const ids = [...new Set(read.flatMap(({ data }) => data?.id ?? []))];
  const models = ids.filter((id) => writes.test(id) && !isElse.test(id)).map(toModel);
  return {
    models: models.toSorted((a, b) => a.priority - b.priority || (a.slug < b.slug ? 1 : -1)),
    skipped: read.length - read.filter(({ success }) => success).length,
  };
}

/** What the API does not tell is as the ChatGPT backend has it, or as most models have it. */
function toModel(slug: string): Model {
  const known = bundledModels.find((model) => model.slug === slug);
  if (known) return { ...known, lite: false, hidden: false };
  return {
    slug,
    name: slug,
    description: '',
    lite: false,
    contextWindow: 272_000,
    effectivePercent: 95,
    efforts: ['low', 'medium', 'high'],
    defaultEffort: 'medium',
    supportsVerbosity: slug.startsWith('gpt-'),
    hidden: isDated.test(slug),
    priority: 1000,
  };
}
