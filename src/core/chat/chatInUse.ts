/** Another window is writing to the chat, so this one must not. */
export class ChatInUseError extends Error {
  override readonly name = 'ChatInUseError';

  constructor() {
    super('Another window is using this chat.');
  }
}
