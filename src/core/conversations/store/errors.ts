export class MissingChatError extends Error {
  override readonly name = 'MissingChatError';

  constructor() {
    super('There is no such chat.');
  }
}

/** A turn runs in the chat, in this or another window. */
export class BusyChatError extends Error {
  override readonly name = 'BusyChatError';

  constructor() {
    super('The chat is being written.');
  }
}

/** The disk did not take the change, which is lost with the window unless it does later. */
export class UnsavedChatError extends Error {
  override readonly name = 'UnsavedChatError';
  /** The code of the operating system. */
  readonly code: string | undefined;

  constructor(code: string | undefined) {
    super(`The chat could not be saved${code === undefined ? '' : ` (${code})`}.`);
    this.code = code;
  }
}
