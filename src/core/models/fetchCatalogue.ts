import * as z from 'zod/mini';
import { parseJson } from '../../base/json/json.ts';
import type { Log } from '../../base/log.ts';
import { fetchBackend, type BackendAnswer, type BackendSource } from '../auth/backendRequest.ts';
import { readApiModels } from './apiModels.ts';
import { bareEtag } from './etag.ts';
import { readCatalogue, type Model } from './catalogue.ts';

/** The models on offer and where they come from. */
export interface KnownModels {
  /** Ordered by priority, hidden ones among them. Never empty. */
  models: readonly [Model, ...Model[]];
  /** `bundled` until the live catalogue was read. */
  source: 'live' | 'bundled';
  /** Of the answer that the models came with. */
  etag?: string;
}

export type CatalogueFailure =
  { kind: 'refused'; status: number } | { kind: 'unreadable' } | { kind: 'empty' };

/** Why the catalogue could not be had, beside what {@link fetchBackend} throws. */
export class CatalogueError extends Error {
  override readonly name = 'CatalogueError';
  readonly failure: CatalogueFailure;

  constructor(failure: CatalogueFailure) {
    super(failure.kind);
    this.failure = failure;
  }
}

export interface CatalogueSource extends Omit<BackendSource, 'baseUrl' | 'headers'> {
  baseUrl: () => string;
  log: Log;
  /** Originator and user agent; lower-case names. */
  headers: () => Readonly<Record<string, string>>;
}

/**
 * The backend lists only what a Codex client of this version can use, so it is told the version
 * whose wire we speak (WIRE.md e).
 */
const clientVersion = '0.169.0';

/** Each entry brings some 20 kB of instructions that we do not use. */
const largestBody = 8_000_000;

/**
 * Reads the live catalogue. A rejected token is renewed once.
 * @throws {@link CatalogueError}, HttpError, AuthError, or the abort reason.
 */
export async function fetchCatalogue(
  source: CatalogueSource,
  signal: AbortSignal,
): Promise<KnownModels> {
  const baseUrl = source.baseUrl();
  const answer = await fetchBackend(
    { ...source, baseUrl, headers: source.headers() },
    { url: ({ api }) => catalogueUrl(baseUrl, api), largestBody },
    signal,
  );
  return readAnswer(answer, source.log);
}

function catalogueUrl(baseUrl: string, api: string | undefined): string {
  return api === undefined
    ? `${baseUrl.replace(/\/+$/, '')}/codex/models?client_version=${clientVersion}`
    : `${api}/models`;
}

function readAnswer(
  { status, headers, text, bearer: { api } }: BackendAnswer,
  log: Log,
): KnownModels {
  if (status !== 200) throw new CatalogueError({ kind: 'refused', status });
  const catalogue = parseJson(z.unknown(), text);
  const read = api === undefined ? readCatalogue(catalogue) : readApiModels(catalogue);
  if (!read) throw new CatalogueError({ kind: 'unreadable' });
  if (read.skipped > 0) log.warn(`models: ${read.skipped} entries could not be read`);
  const [first, ...others] = read.models;
  if (!first) throw new CatalogueError({ kind: 'empty' });
  const etag = bareEtag(headers['etag'] ?? '');
  return { models: [first, ...others], source: 'live', ...(etag ? { etag } : {}) };
}
