import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { parseCodexLogin, type ReadCodexLogin } from '../../core/auth/codexLogin.ts';

/** A real `auth.json` has a few kilobytes. */
const mostBytes = 1_000_000;

export interface CodexLoginDeps {
  readonly now: () => number;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly home?: string;
}

/**
 * Reads the Codex CLI's login from `auth.json` in `CODEX_HOME` or `~/.codex`. Only ever reads. A
 * file that is missing or not to be read counts as no login.
 */
export function createCodexLogin(deps: CodexLoginDeps): ReadCodexLogin {
  const { now, environment = process.env, home = homedir() } = deps;
  return async (signal) => {
    const chosen = environment['CODEX_HOME'] ?? '';
    const file = join(isAbsolute(chosen) ? chosen : join(home, '.codex'), 'auth.json');
    try {
      const { size } = await stat(file);
      if (size > mostBytes) return undefined;
      return parseCodexLogin(await readFile(file, { encoding: 'utf8', signal }), now());
    } catch {
      signal.throwIfAborted();
      return undefined;
    }
  };
}
