import type { KnownModels } from './fetchCatalogue.ts';
import type { ResolvedModel } from './resolve.ts';

/** What the picker shows; of the shape that the protocol has for it. */
export interface ModelsShown {
  list: {
    slug: string;
    name: string;
    description: string;
    efforts: string[];
    defaultEffort?: string;
  }[];
  selected: { slug: string; effort?: string };
  source: 'live' | 'bundled';
}

/** A hidden model is shown only while it is the chosen one. */
export function toModelsView(known: KnownModels, chosen: ResolvedModel): ModelsShown {
  return {
    list: known.models
      .filter(({ hidden, slug }) => !hidden || slug === chosen.model.slug)
      .map(({ slug, name, description, efforts, defaultEffort }) => ({
        slug,
        name,
        description,
        efforts: [...efforts],
        ...(defaultEffort ? { defaultEffort } : {}),
      })),
    selected: { slug: chosen.model.slug, ...(chosen.level ? { effort: chosen.level } : {}) },
    source: known.source,
  };
}
