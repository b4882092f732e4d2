import { truncate, shorten } from './truncate.ts';

/**
 * Where a room tells what it did. Never a token and never a prompt: what a caller puts in is
 * redacted once more by {@link redact} before it is written.
 */
export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Where a token may begin: not inside a word, but right behind a percent-encoded character. */
const start = String.raw`(?:(?<![a-zA-Z0-9])|(?<=%[\da-fA-F]{2}))`;
/** Quotation marks as they are, escaped for JSON at any depth, and percent-encoded. */
const quote = String.raw`(?:\\*["']|%22)?`;
const secretNames =
  '(?:access|refresh|id)_token|code_verifier|client_secret|authorization_code|user_code|api[_-]?key|password|code|state';

/**
 * Every pattern either matches or stops after a bounded number of characters, so that the time is
 * linear in the text. They also match the first part of a secret, so that one that a cut
 * has shortened is recognized, too.
 */
const secrets: readonly [RegExp, string][] = [
  [new RegExp(String.raw`${start}eyJ[\w-]{8,}(?:\.[\w-]+){0,4}\.?`, 'g'), '<token>'],
  [/\b(Bearer|Basic)(?:\s+|%20)[^\s"',;]+/gi, '$1 <token>'],
  [new RegExp(String.raw`${start}rt[._][\w.-]{6,}`, 'g'), '<token>'],
  // The API quotes keys with most of their letters covered.
  [new RegExp(String.raw`${start}sk-[\w*-]{4,}`, 'g'), '<token>'],
  [
    new RegExp(
      String.raw`(?:\b|(?<=%[\da-f]{2}))(${secretNames})(${quote}\s*(?:[:=]|%3[ad])\s*${quote})[^\s"'&,;}\\]{6,}`,
      'gi',
    ),
    '$1$2<secret>',
  ],
];

/** The text with everything taken out that could sign someone in or name them. */
export function redact(text: string): string {
  const clean = secrets.reduce((rest, [pattern, mark]) => rest.replace(pattern, mark), text);
  return withoutAddresses(clean);
}

/** The part of an e-mail address from its at sign on. */
const atHost = /(?:@|%40)[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}_-]{1,63}){1,8}/gu;
const localCharacter = /[\p{L}\p{M}\p{N}_.+-]/u;
const longestLocal = 64;

/** Read backwards from the at sign: a pattern would begin anew at each character before it. */
function withoutAddresses(text: string): string {
  let clean = '';
  let done = 0;
  for (const { index, 0: host } of text.matchAll(atHost)) {
    const first = Math.max(done, index - longestLocal);
    let from = index;
    while (from > first && localCharacter.test(text.charAt(from - 1))) from--;
    if (from === index) continue;
    clean += `${text.slice(done, from)}<e-mail>`;
    done = index + host.length;
  }
  return clean + text.slice(done);
}

/** More than a redaction usually removes, so that enough is left to fill what is asked for. */
const spareChars = 1_000;

/**
 * The beginning of a text of any length, redacted: at most `most` UTF-16 code units. The text is
 * cut before anything runs over it. The word at that cut is dropped whole, because the rest of it
 * may be what makes it a secret.
 *
 * @param tidy - runs over the cut text before it is redacted.
 */
export function redactStart(
  text: string,
  most: number,
  tidy: (text: string) => string = (same) => same,
): string {
  const window = most + spareChars;
  if (text.length <= window) return shorten(redact(tidy(text)), most);
  const clean = redact(tidy(withoutLastWord(truncate(text, window))));
  return clean.length > most ? shorten(clean, most) : `${truncate(clean, most - 1)}…`;
}

/** What tokens, addresses and their encoded forms are made of. */
const wordCharacter = /[\p{L}\p{N}_.+%@=:~/*\\-]/u;

function withoutLastWord(text: string): string {
  let end = text.length;
  while (end > 0 && wordCharacter.test(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** Says nothing; for callers that have no log. */
export const silentLog: Log = {
  debug() {},
  info() {},
  warn() {},
  error() {},
};
