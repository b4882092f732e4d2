import { httpErrors } from './fixtures.ts';
import { asRecord, type Json } from './values.ts';

/** Status and body with which the backend turns a request down. */
export interface Refusal {
  status: number;
  body: Json;
}

export const detail = (text: string, status = 400): Refusal => ({
  status,
  body: { detail: text },
});

export function invalid(
  param: string,
  message: string,
  code: string | null = 'invalid_value',
): Refusal {
  return { status: 400, body: { error: { type: 'invalid_request_error', code, param, message } } };
}

/** An entry of http_errors.json as it stands. */
export function known(name: string): Refusal {
  const error = httpErrors.find((entry) => entry.name === name);
  if (!error) throw new Error(`http_errors.json has no entry ${name}`);
  return { status: error.status, body: asRecord(error.body) };
}

/** The first refusal that any of the checks gives. */
export function firstRefusal(
  ...checks: readonly (() => Refusal | undefined)[]
): Refusal | undefined {
  for (const check of checks) {
    const refusal = check();
    if (refusal) return refusal;
  }
  return undefined;
}

export function firstOf<T>(
  items: readonly T[],
  check: (item: T, index: number) => Refusal | undefined,
): Refusal | undefined {
  for (const [index, item] of items.entries()) {
    const refusal = check(item, index);
    if (refusal) return refusal;
  }
  return undefined;
}
