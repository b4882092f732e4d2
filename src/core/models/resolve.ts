import { lookupTable } from '../../base/lookup.ts';
import type { Model } from './catalogue.ts';
import type { ModelNote } from './modelNote.ts';
import { successorOf } from './successors.ts';

/** The model and effort that a request goes out with. */
export interface ResolvedModel {
  model: Model;
  /** The chosen level as the catalogue lists it; absent when the model is not to reason. */
  level?: string;
  /** The level as the backend takes it; absent together with `level`. */
  effort?: string;
  /** What is another one than was asked for. */
  notes: readonly ModelNote[];
}

const levels = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max', 'ultra'];
const otherNames = lookupTable({
  off: 'none',
  disabled: 'none',
  maximum: 'max',
});

/** `ultra` is a way of working of the client; on the wire it is `xhigh` (WIRE.md b). */
const wireLevel = (level: string) => (level === 'ultra' ? 'xhigh' : level);

/**
 * Finds the wanted model among those on offer. Exact names only, save for case, a provider prefix
 * (`openai/gpt-5.5`) and an effort suffix (`gpt-5.5:high`): a name that is not known is never
 * taken for one that resembles it. A model that is gone leads to its successor, else to the
 * default. Empty text stands for the default.
 *
 * @param models - at least one, ordered by priority.
 * @param gone - slugs, in small letters, that the backend has refused although it lists them.
 */
export function resolveModel(
  models: readonly [Model, ...Model[]],
  wantedSlug: string,
  wantedEffort: string,
  gone: ReadonlySet<string> = new Set(),
): ResolvedModel {
  const [slug, suffix] = splitEffort(wantedSlug.trim());
  const { model, note } = chooseModel(models, slug, gone);
  const effort = resolveEffort(model, wantedEffort.trim().toLowerCase() || suffix);
  const notes = [note, effort.note].filter((one) => one !== undefined);
  return {
    model,
    ...(effort.level ? { level: effort.level, effort: wireLevel(effort.level) } : {}),
    notes,
  };
}

/** Efforts of the model below the resolved one, the highest first. */
export function lowerEfforts({
  model,
  level,
}: Pick<ResolvedModel, 'model' | 'level'>): readonly string[] {
  const at = model.efforts.indexOf(level ?? '');
  return model.efforts.slice(0, Math.max(0, at)).toReversed();
}

function chooseModel(
  models: readonly [Model, ...Model[]],
  slug: string,
  gone: ReadonlySet<string>,
): { model: Model; note?: ModelNote } {
  const isOnOffer = (model: Model) => !gone.has(model.slug.toLowerCase());
  const usual =
    models.find((model) => !model.hidden && isOnOffer(model)) ??
    models.find(isOnOffer) ??
    models[0];
  if (slug === '') {
    const [first] = models.filter(({ hidden }) => !hidden);
    const lost = first && !isOnOffer(first) ? first : undefined;
    return lost
      ? instead(lost.name, usual, successorOf(models, lost.slug, gone))
      : { model: usual };
  }
  const found = findModel(models, slug);
  if (found && isOnOffer(found)) return { model: found };
  return instead(slug, usual, successorOf(models, found?.slug ?? bareSlug(slug), gone));
}

function instead(wanted: string, usual: Model, successor: Model | undefined) {
  const model = successor ?? usual;
  const isSuccessor = successor !== undefined;
  const note: ModelNote = { kind: 'modelReplaced', wanted, used: model.name, isSuccessor };
  return { model, note };
}

/** Without a provider prefix. */
function bareSlug(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

function findModel(models: readonly Model[], name: string): Model | undefined {
  const wanted = name.toLowerCase();
  const bare = bareSlug(wanted);
  return (
    models.find(({ slug }) => slug.toLowerCase() === wanted) ??
    models.find(({ slug }) => slug.toLowerCase() === bare)
  );
}

function splitEffort(name: string): [slug: string, effort: string] {
  const at = name.lastIndexOf(':');
  return at < 0 ? [name, ''] : [name.slice(0, at), name.slice(at + 1).toLowerCase()];
}

function resolveEffort(model: Model, wanted: string): { level?: string; note?: ModelNote } {
  const { efforts, defaultEffort, name } = model;
  if (efforts.length === 0) return {};
  if (!wanted) return { level: defaultEffort ?? nearest(efforts, 'medium') };
  const known = otherNames.get(wanted) ?? wanted;
  if (efforts.includes(known)) return { level: known };
  if (known === 'none') return {};
  const level = nearest(efforts, levels.includes(known) ? known : 'medium');
  return { level, note: { kind: 'effortReplaced', model: name, wanted, used: level } };
}

/** The highest level on offer that is not above the wanted one, else the lowest on offer. */
function nearest(efforts: readonly string[], wanted: string): string {
  const rank = (level: string) => levels.indexOf(level);
  const ordered = efforts.toSorted((a, b) => rank(a) - rank(b));
  return ordered.findLast((level) => rank(level) <= rank(wanted)) ?? ordered[0] ?? wanted;
}
