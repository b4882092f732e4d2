import { traceError } from '../../base/describeError.ts';
import type { Disposable } from '../../base/disposables.ts';
import { createEmitter, type Event } from '../../base/event.ts';
import { abortable } from '../../base/async/abort.ts';
import { loadModule } from '../../base/async/loading.ts';
import { createSingleFlight } from '../../base/async/singleFlight.ts';
import { bundledModels } from './bundled.ts';
import { bareEtag } from './etag.ts';
import type { CatalogueSource, KnownModels } from './fetchCatalogue.ts';
import { resolveModel, type ResolvedModel } from './resolve.ts';

/** The models on offer: those of the live catalogue once it was read, else the bundled ones. */
export interface Models extends Disposable {
  current(): KnownModels;
  /**
   * Reads the live catalogue. Callers at the same time share one request; each may leave on its
   * own. After a failure the models stay as they were.
   * @throws CatalogueError, HttpError, AuthError, or the abort reason.
   */
  refresh(signal: AbortSignal): Promise<void>;
  /** To be told each `x-models-etag` of an answer: the catalogue is read anew when it differs. */
  noteEtag(etag: string): void;
  /** @param effort - empty for the default of the model. */
  resolve(slug: string, effort: string): ResolvedModel;
  /** To be told the model that the backend has refused: until the list changes, others take its place. */
  noteGone(slug: string): void;
  /** Forgets what was read for an account, when another one comes into use. */
  reset(): void;
  readonly onDidChange: Event<void>;
}

export function createModels(options: CatalogueSource): Models {
  const { log } = options;
  const ended = new AbortController();
  const once = createSingleFlight<void>();
  const change = createEmitter<void>((error) => log.error(`models listener: ${traceError(error)}`));
  let known = bundled;
  /** The etag that was last asked for: a backend that announces another than it gives is asked once. */
  let askedFor: string | undefined;
  let generation = 0;
  const gone = new Set<string>();

  const load = async () => {
    const current = generation;
    const { fetchCatalogue } = await loadModule(() => import('./fetchCatalogue.ts'));
    const live = await fetchCatalogue(options, ended.signal);
    if (current !== generation) return;
    const before = known;
    known = live;
    log.info(`models: ${live.models.length} of the live catalogue`);
    if (JSON.stringify(before) === JSON.stringify(live)) return;
    gone.clear();
    change.fire();
  };
  const share = () => once(String(generation), load);

  return {
    current: () => known,
    onDidChange: change.event,
    refresh: (signal) => abortable(share(), signal),
    noteEtag(etag) {
      const wanted = bareEtag(etag);
      if (!wanted || wanted === known.etag || wanted === askedFor) return;
      askedFor = wanted;
      share().catch((error: unknown) => {
        // So that the next answer with this etag tries again.
        askedFor = undefined;
        log.warn(`models: not read again (${nameOf(error)})`);
      });
    },
    resolve: (slug, effort) => resolveModel(known.models, slug, effort, gone),
    noteGone(slug) {
      gone.add(slug.toLowerCase());
      change.fire();
    },
    reset() {
      generation++;
      askedFor = undefined;
      gone.clear();
      const wasLive = known.source === 'live';
      known = bundled;
      if (wasLive) change.fire();
    },
    dispose: () => ended.abort(),
  };
}

const bundled: KnownModels = { models: bundledModels, source: 'bundled' };

const nameOf = (error: unknown) => (error instanceof Error ? error.name : typeof error);
