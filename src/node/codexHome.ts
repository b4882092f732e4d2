import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

export interface CodexHomeDeps {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly home?: string;
}

/** Where the Codex CLI keeps its files: `CODEX_HOME`, else `~/.codex`. */
export function codexHome({ environment = process.env, home = homedir() }: CodexHomeDeps): string {
  const chosen = environment['CODEX_HOME'] ?? '';
  return isAbsolute(chosen) ? chosen : join(home, '.codex');
}
