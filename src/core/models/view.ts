import { omitUndefined } from '../../base/omitUndefined.ts';
import type { ModelsView } from '../../shared/protocol/chat.ts';
import type { KnownModels } from './fetchCatalogue.ts';
import type { ResolvedModel } from './resolve.ts';

/** A hidden model is shown only while it is the chosen one. */
export function toModelsView(known: KnownModels, chosen: ResolvedModel): ModelsView {
  return {
    list: known.models
      .filter(({ hidden, slug }) => !hidden || slug === chosen.model.slug)
      .map(({ slug, name, description, efforts, defaultEffort, seesImages }) => ({
        slug,
        name,
        description,
        efforts: [...efforts],
        ...(defaultEffort ? { defaultEffort } : {}),
        ...omitUndefined({ seesImages }),
      })),
    selected: { slug: chosen.model.slug, ...(chosen.level ? { effort: chosen.level } : {}) },
    source: known.source,
  };
}
