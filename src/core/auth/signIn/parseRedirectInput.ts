import { truncate } from '../../../base/truncate.ts';
import type { PasteProblem } from './redirectInputProblem.ts';
import type { Redirect } from './redirect.ts';

export type RedirectInput =
  Extract<Redirect, { kind: 'code' | 'error' }> | { kind: 'unusable'; why: PasteProblem };

/** Longer than any address that a browser shows, UTF-16 code units. */
const longestPaste = 16_384;

/** Shorter than any code of an issuer, longer than a word that somebody types by mistake. */
const shortestBareCode = 16;

/**
 * What somebody copied from the browser at the end of a sign-in whose callback port the browser
 * cannot reach, as in a remote window: the whole address, its query, `code#state`, or the code
 * alone. All but the last must bear the state of this sign-in. Spaces and line ends are ignored:
 * terminals and mails break long lines.
 */
export function parseRedirectInput(text: string, state: string): RedirectInput {
  const plain = withoutQuotes(truncate(text, longestPaste).replaceAll(/\s+/g, ''));
  if (plain === '') return unusable('empty');
  const query = queryIn(plain);
  if (query) return fromQuery(query, state);
  const pair = /^([^#]+)#([^#]+)$/.exec(plain);
  if (pair?.[1] && isCode(pair[1])) {
    return pair[2] === state ? { kind: 'code', code: pair[1] } : unusable('otherState');
  }
  return isCode(plain) && plain.length >= shortestBareCode
    ? { kind: 'code', code: plain }
    : unusable('noCode');
}

function withoutQuotes(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && `"'<(`.includes(text.charAt(from))) from++;
  while (to > from && `"'>)`.includes(text.charAt(to - 1))) to--;
  return text.slice(from, to);
}

const unusable = (why: PasteProblem): RedirectInput => ({ kind: 'unusable', why });

const isCode = (text: string) => /^[\w.~+/%-]+$/.test(text);

/** The fields of an address or of a query alone; undefined when the text is neither. */
function queryIn(text: string): URLSearchParams | undefined {
  const hasScheme = /^[a-z][a-z\d+.-]*:\/\//i.test(text);
  const mark = text.indexOf('?');
  if (mark >= 0) return new URLSearchParams(withoutHash(text.slice(mark + 1)));
  if (hasScheme) return new URLSearchParams();
  return /(^|[&#])(code|error|state)=/.test(text)
    ? new URLSearchParams(withoutHash(text))
    : undefined;
}

const withoutHash = (text: string) => text.replace(/#.*$/s, '');

function fromQuery(query: URLSearchParams, state: string): RedirectInput {
  const [code, error] = [query.get('code'), query.get('error')];
  if (!code && !error) return unusable('noCode');
  const given = query.get('state');
  if (!given) return unusable('noState');
  if (given !== state) return unusable('otherState');
  const description = query.get('error_description');
  if (error) return { kind: 'error', error, ...(description ? { description } : {}) };
  return { kind: 'code', code: code ?? '' };
}
