import * as z from 'zod/mini';
import { readText, type Http, type HttpResponse } from '../../base/http.ts';
import { parseJson } from '../../base/json/json.ts';
import type { Log } from '../../base/log.ts';
import { noAnswerLimit, type AnswerLimit } from '../auth/answerLimit.ts';
import type { BearerToken, BearerTokenSource } from '../auth/bearerToken.ts';
import { readApiModels } from './apiModels.ts';
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

/** Why the catalogue could not be had, beside what {@link Http} and {@link BearerTokenSource} throw. */
export class CatalogueError extends Error {
  override readonly name = 'CatalogueError';
  readonly failure: CatalogueFailure;

  constructor(failure: CatalogueFailure) {
    super(
      failure.kind === 'refused'
        ? `Codex did not return its models (status ${failure.status}).`
        : 'Codex returned its models in an unknown format.',
    );
    this.failure = failure;
  }
}

export interface CatalogueSource {
  http: Http;
  baseUrl: () => string;
  tokenProvider: BearerTokenSource;
  log: Log;
  /** Originator and user agent; lower-case names. */
  headers: () => Readonly<Record<string, string>>;
  /** How long an answer may take in all; without it only silence ends one. */
  limit?: AnswerLimit;
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
export function fetchCatalogue(source: CatalogueSource, signal: AbortSignal): Promise<KnownModels> {
  const limit = source.limit ?? noAnswerLimit;
  return limit(source.baseUrl(), signal, (limited) => tryCatalogue(source, limited));
}

async function tryCatalogue(source: CatalogueSource, signal: AbortSignal): Promise<KnownModels> {
  const bearer = await source.tokenProvider.getToken(signal);
  const response = await ask(source, bearer, signal);
  if (response.status !== 401) return readAnswer(response, bearer, source.log);
  await readText(response);
  const renewed = await source.tokenProvider.replaceRejected(bearer, signal);
  return readAnswer(await ask(source, renewed, signal), renewed, source.log);
}

function ask(
  source: CatalogueSource,
  bearer: BearerToken,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const { originator: _originator, ...agent } = source.headers();
  return source.http(
    {
      method: 'GET',
      url:
        bearer.api === undefined
          ? `${source.baseUrl().replace(/\/+$/, '')}/codex/models?client_version=${clientVersion}`
          : `${bearer.api}/models`,
      headers: {
        ...(bearer.api === undefined
          ? { ...source.headers(), 'chatgpt-account-id': bearer.accountId }
          : agent),
        accept: 'application/json',
        authorization: `Bearer ${bearer.accessToken}`,
      },
      headersTimeoutMs: 20_000,
      idleTimeoutMs: 20_000,
    },
    signal,
  );
}

async function readAnswer(
  response: HttpResponse,
  { api }: BearerToken,
  log: Log,
): Promise<KnownModels> {
  const text = await readText(response, largestBody);
  if (response.status !== 200) {
    throw new CatalogueError({ kind: 'refused', status: response.status });
  }
  const catalogue = parseJson(z.unknown(), text);
  const read = api === undefined ? readCatalogue(catalogue) : readApiModels(catalogue);
  if (!read) throw new CatalogueError({ kind: 'unreadable' });
  if (read.skipped > 0) log.warn(`models: ${read.skipped} entries could not be read`);
  const [first, ...others] = read.models;
  if (!first) throw new CatalogueError({ kind: 'empty' });
  const etag = bareEtag(response.headers['etag'] ?? '');
  return { models: [first, ...others], source: 'live', ...(etag ? { etag } : {}) };
}

/** The header of other answers tells the etag with or without its quotes and mark of weakness. */
export function bareEtag(etag: string): string {
  return etag
    .trim()
    .replace(/^W\//, '')
    .replace(/^"(.*)"$/, '$1');
}
