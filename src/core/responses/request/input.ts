/**
 * An item of the conversation as it goes out: messages, reasoning, calls and outputs in the
 * shapes of WIRE.md b. Items of the backend are replayed as they came, so the shape is open.
 */
export type InputItem = { readonly type: string; readonly [field: string]: unknown };

export function userMessage(...texts: readonly string[]): InputItem {
  return {
    type: 'message',
    role: 'user',
    content: texts.map((text) => ({ type: 'input_text', text })),
  };
}

export function developerMessage(text: string): InputItem {
  return { type: 'message', role: 'developer', content: [{ type: 'input_text', text }] };
}
