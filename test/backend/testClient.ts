import type { Backend, MintedTokens } from './backend.ts';
import type { Json } from './values.ts';

export const ada = 'ada@example.com';

export const userMessage = (text: string): Json => ({
  type: 'message',
  role: 'user',
  content: [{ type: 'input_text', text }],
});

/** A good classic request that says one thing. */
export const classicBody = (text = 'hello', more: Json = {}): Json => ({
  model: 'gpt-5.5',
  instructions: 'Help.',
  input: [userMessage(text)],
  stream: true,
  store: false,
  reasoning: { effort: 'medium', summary: 'auto' },
  ...more,
});

/** A good lite request that says one thing; send it with {@link liteHeader}. */
export const liteBody = (text = 'hello', more: Json = {}): Json => ({
  model: 'gpt-6.1-sol',
  input: [
    { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Help.' }] },
    userMessage(text),
  ],
  stream: true,
  store: false,
  parallel_tool_calls: false,
  reasoning: { effort: 'low', context: 'all_turns' },
  ...more,
});

export const liteHeader = { 'x-openai-internal-codex-responses-lite': 'true' };

export function send(
  backend: Backend,
  tokens: MintedTokens,
  body: unknown,
  headers: Record<string, string> = {},
  signal?: AbortSignal,
): Promise<Response> {
  return fetch(`${backend.baseUrl}/codex/responses`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${tokens.accessToken}`,
      'chatgpt-account-id': tokens.accountId,
      'content-type': 'application/json',
      ...headers,
    },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  });
}

export const get = (backend: Backend, tokens: MintedTokens, path: string): Promise<Response> =>
  fetch(`${backend.baseUrl}${path}`, {
    headers: {
      authorization: `Bearer ${tokens.accessToken}`,
      'chatgpt-account-id': tokens.accountId,
    },
  });
