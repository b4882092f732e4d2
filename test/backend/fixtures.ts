import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asList, asRecord, asText, isRecord, type Json } from './values.ts';

const folder = join(import.meta.dirname, '..', 'fixtures');

/** A fixture as parsed JSON, by its path below test/fixtures. */
export function readJsonFixture(path: string): unknown {
  return JSON.parse(readFileSync(join(folder, path), 'utf8'));
}

/** Bytes of an event stream of test/fixtures/sse; the ending `.sse` may be left out. */
export function readSseFixture(name: string): Buffer {
  const file = name.endsWith('.sse') ? name : `${name}.sse`;
  if (!/^[\w.-]+$/.test(file)) throw new Error(`Not a fixture name: ${name}`);
  return readFileSync(join(folder, 'sse', file));
}

export interface HttpErrorFixture {
  name: string;
  status: number;
  headers: Readonly<Record<string, string>>;
  body: unknown;
}

export const httpErrors: readonly HttpErrorFixture[] = asList(
  readJsonFixture('responses/http_errors.json'),
)
  .map(asRecord)
  .map((entry) => ({
    name: asText(entry['name']),
    status: Number(entry['status']),
    headers: Object.fromEntries(
      Object.entries(asRecord(entry['headers'])).map(([name, value]) => [name, String(value)]),
    ),
    body: entry['body'],
  }));

/** What each file of test/fixtures/sse means. */
export const sseIndex: readonly { file: string; meaning: string }[] = asList(
  readJsonFixture('sse/INDEX.json'),
)
  .map(asRecord)
  .map((entry) => ({ file: asText(entry['file']), meaning: asText(entry['meaning']) }));

export const capturedModels: readonly Json[] = asList(
  asRecord(readJsonFixture('responses/models_catalogue_0.169.0_redacted.json'))['models'],
).filter(isRecord);
