import * as l10n from '@vscode/l10n';

/** Code that is loaded when it is first needed could not be read from disk. The message is for people. */
export class LoadError extends Error {
  override readonly name = 'LoadError';

  constructor(cause: unknown) {
    super(
      l10n.t(
        'A part of Codex Chat could not be loaded from disk. It was probably updated while this window was open. Reload the window to continue.',
      ),
      { cause },
    );
  }
}

/**
 * Runs an `import()`. Updates and removals of the extension take the files of a running one away.
 * Throws {@link LoadError}; loading can be tried again.
 */
export async function loadModule<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    throw new LoadError(error);
  }
}
