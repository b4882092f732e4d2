import * as l10n from '@vscode/l10n';

/** For people, where a part of the extension cannot be loaded (`LoadError`). */
export const loadErrorText = (): string =>
  l10n.t(
    'A part of Codex Chat could not be loaded from disk. It was probably updated while this window was open. Reload the window to continue.',
  );
