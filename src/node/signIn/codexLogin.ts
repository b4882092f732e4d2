import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCodexLogin, type ReadCodexLogin } from '../../core/auth/codexLogin.ts';
import { codexHome, type CodexHomeDeps } from '../codexHome.ts';

/** A real `auth.json` has a few kilobytes. */
const mostBytes = 1_000_000;

export interface CodexLoginDeps extends CodexHomeDeps {
  readonly now: () => number;
}

/**
 * Reads the Codex CLI's login from `auth.json` in `CODEX_HOME` or `~/.codex`. Only ever reads. A
 * file that is missing or not to be read counts as no login.
 */
export function createCodexLogin(deps: CodexLoginDeps): ReadCodexLogin {
  const { now } = deps;
  return async (signal) => {
    const file = join(codexHome(deps), 'auth.json');
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
