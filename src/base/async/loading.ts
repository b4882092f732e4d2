/** Code that is loaded when it is first needed could not be read from disk; `loadErrorText` is for people. */
export class LoadError extends Error {
  override readonly name = 'LoadError';

  constructor(cause: unknown) {
    super('a part of the extension could not be loaded', { cause });
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
