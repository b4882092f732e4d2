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

const secrets: readonly [RegExp, string][] = [
  [/\beyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?/g, '<token>'],
  [/\b(Bearer|Basic)\s+[^\s"',;]+/gi, '$1 <token>'],
  [/\brt[._][\w.-]{6,}/g, '<token>'],
  // The API quotes keys with most of their letters covered.
  [/\bsk-[\w*-]{4,}/g, '<token>'],
  [
    /\b((?:access|refresh|id)_token|code_verifier|client_secret|authorization_code|user_code|code|state)(["']?\s*[:=]\s*["']?)[^\s"'&,;}]{6,}/gi,
    '$1$2<secret>',
  ],
  [/[\w.+-]+@[\w-]+\.[\w.-]+/g, '<e-mail>'],
];

/** The text with everything taken out that could sign someone in or name them. */
export function redact(text: string): string {
  return secrets.reduce((clean, [pattern, mark]) => clean.replace(pattern, mark), text);
}

/** Says nothing; for callers that have no log. */
export const silentLog: Log = {
  debug() {},
  info() {},
  warn() {},
  error() {},
};
