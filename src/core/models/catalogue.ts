import * as z from 'zod/mini';
import { optionalField, orElse } from '../../base/json/optionalField.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';

/** What Codex Chat needs to know of a model. */
export interface Model {
  slug: string;
  name: string;
  /** One sentence of the backend; empty when it gave none. */
  description: string;
  /** Whether requests take the lite shape (WIRE.md b). */
  lite: boolean;
  /** Tokens that fit into the model. */
  contextWindow: number;
  /** Share of the context window that a conversation may fill. */
  effectivePercent: number;
  /** Reasoning efforts on offer, the lowest first as the backend has them; may be empty. */
  efforts: readonly string[];
  defaultEffort?: string;
  supportsVerbosity: boolean;
  defaultVerbosity?: 'low' | 'medium' | 'high';
  /** Whether the model may call several tools at once, where the backend says it. */
  supportsParallel?: boolean;
  /** False: the model takes no images. Absent: it does, or the backend does not say. */
  seesImages?: boolean;
  /** Usable by name, but not to be listed. */
  hidden: boolean;
  /** Lowest first. */
  priority: number;
  minimalClientVersion?: string;
  /** Slug of the model that the backend recommends in its place. */
  upgrade?: string;
}

export interface Catalogue {
  models: readonly Model[];
  /** How many entries were left out because they did not parse. */
  skipped: number;
}

// Schemas are made when a catalogue is read: a start has no use for them.
const slug = z.lazy(() => z.string().check(z.minLength(1), z.maxLength(100)));
const text = z.lazy(() => optionalField(z.string()));

/** No model takes so many tokens; a higher figure is misread, and sums with it would be, too. */
const mostWindowTokens = 100_000_000;
const windowTokens = z.lazy(() =>
  z.pipe(
    z.number().check(z.positive()),
    z.transform((tokens) => Math.min(tokens, mostWindowTokens)),
  ),
);

/** The live catalogue tells each level as an object with a description. */
const effort = z.lazy(() =>
  z.pipe(
    z.union([z.string(), z.object({ effort: z.string() })]),
    z.transform((level) => (typeof level === 'string' ? level : level.effort)),
  ),
);

/** The recommended model, as an object or as its bare slug. */
const upgrade = z.lazy(() =>
  z.pipe(
    z.union([slug, z.object({ model: slug })]),
    z.transform((value) => (typeof value === 'string' ? value : value.model)),
  ),
);

/**
 * What decides about the shape of a request must parse, or the entry is skipped. Figures that are
 * left out are those that the real client takes for a model it does not know.
 */
const entry = z.lazy(() =>
  z.object({
    slug,
    display_name: text,
    description: text,
    use_responses_lite: orElse(z.boolean(), false),
    context_window: orElse(windowTokens, 272_000),
    effective_context_window_percent: orElse(z.number().check(z.positive(), z.lte(100)), 95),
    supported_reasoning_levels: orElse(z.array(effort), []),
    default_reasoning_level: text,
    support_verbosity: orElse(z.boolean(), false),
    default_verbosity: optionalField(z.enum(['low', 'medium', 'high'])),
    supports_parallel_tool_calls: optionalField(z.boolean()),
    input_modalities: optionalField(z.array(z.string())),
    visibility: orElse(z.string(), 'list'),
    priority: orElse(z.number(), Number.MAX_SAFE_INTEGER),
    minimal_client_version: text,
    upgrade: optionalField(upgrade),
  }),
);

const catalogue = z.lazy(() => z.object({ models: z.array(z.unknown()) }));

/**
 * Reads an answer of `/codex/models` (WIRE.md e). An entry that does not parse is skipped, so that
 * one odd model does not hide the others; undefined when the whole has another shape.
 */
export function readCatalogue(body: unknown): Catalogue | undefined {
  const parsed = catalogue.safeParse(body);
  if (!parsed.success) return undefined;
  const models = new Map<string, Model>();
  let skipped = 0;
  for (const item of parsed.data.models) {
    const one = entry.safeParse(item);
    if (one.success) models.set(one.data.slug, toModel(one.data));
    else skipped++;
  }
  return { models: byPriority([...models.values()]), skipped };
}

function toModel(data: z.infer<typeof entry>): Model {
  const {
    default_reasoning_level: defaultEffort,
    default_verbosity: defaultVerbosity,
    supports_parallel_tool_calls: supportsParallel,
    minimal_client_version: minimalClientVersion,
    input_modalities: modalities,
    upgrade: recommended,
  } = data;
  return {
    slug: data.slug,
    name: data.display_name?.trim() || data.slug,
    description: data.description?.trim() ?? '',
    lite: data.use_responses_lite,
    contextWindow: data.context_window,
    effectivePercent: data.effective_context_window_percent,
    efforts: data.supported_reasoning_levels,
    ...(defaultEffort ? { defaultEffort } : {}),
    supportsVerbosity: data.support_verbosity,
    ...(defaultVerbosity ? { defaultVerbosity } : {}),
    ...omitUndefined({ supportsParallel }),
    ...(modalities?.includes('image') === false ? { seesImages: false } : {}),
    hidden: data.visibility !== 'list',
    priority: data.priority,
    ...(minimalClientVersion ? { minimalClientVersion } : {}),
    ...omitUndefined({ upgrade: recommended }),
  };
}

function byPriority(models: readonly Model[]): readonly Model[] {
  return models.toSorted((a, b) => a.priority - b.priority || (a.slug < b.slug ? -1 : 1));
}
