import * as z from 'zod/mini';
import { createEmitter, type Event } from '../../base/event.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { Models } from '../../core/models/models.ts';
import type { ResolvedModel } from '../../core/models/resolve.ts';
import type { Settings } from '../../core/settings/settings.ts';

const key = 'codexChat.modelChoice';
const stored = z.object({ slug: z.string(), effort: z.optional(z.string()) });

/** What was picked in this workspace, over the settings, over the default of the catalogue. */
export interface ModelChoice {
  resolve(): ResolvedModel;
  pick(slug: string, effort: string | undefined): Promise<void>;
  /** Keeps the model and takes another effort. */
  pickEffort(effort: string): Promise<void>;
  /** Something was picked. */
  readonly onDidPick: Event<void>;
}

export function createModelChoice(deps: {
  memento: {
    get(key: string): unknown;
    update(key: string, value: unknown): Thenable<void>;
  };
  models: Pick<Models, 'resolve'>;
  settings: () => Settings;
}): ModelChoice {
  const picks = createEmitter<void>();
  const resolve = () => {
    const { model, reasoningEffort } = deps.settings();
    const picked = stored.safeParse(deps.memento.get(key));
    return picked.success
      ? deps.models.resolve(picked.data.slug, picked.data.effort ?? reasoningEffort)
      : deps.models.resolve(model, reasoningEffort);
  };
  const pick = async (slug: string, effort: string | undefined) => {
    await deps.memento.update(key, { slug, ...omitUndefined({ effort }) });
    picks.fire();
  };
  return {
    resolve,
    pick,
    pickEffort: (effort) => pick(resolve().model.slug, effort),
    onDidPick: picks.event,
  };
}
