import { importPeer } from '../peers.mjs';
import { instructions, tool } from '../scenarios.mjs';

export const load = ({ peers }) => importPeer(peers, '@mariozechner/pi-ai/openai-codex-responses');

const origin = { api: 'openai-codex-responses', provider: 'openai-codex', model: 'gpt-5.5' };

export function open({ streamOpenAICodexResponses }, { base, history, token, onText }) {
  const model = {
    id: 'gpt-5.5',
    name: 'gpt-5.5',
    ...origin,
    baseUrl: base,
    reasoning: false,
    input: ['text'],
    cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
    contextWindow: 4_000_000,
    maxTokens: 1_000_000,
  };
  const context = { systemPrompt: instructions, messages: history.map(messageOf), tools: [tool] };
  const options = { apiKey: token, transport: 'sse' };
  return {
    async run() {
      const stream = streamOpenAICodexResponses(model, context, options);
      for await (const event of stream) {
        if (event.type === 'text_delta') onText(event.delta);
        else if (event.type === 'error') throw new Error(event.error.errorMessage);
      }
      const { content } = await stream.result();
      const texts = content.filter(({ type }) => type === 'text');
      return {
        text: texts.map(({ text }) => text).join(''),
        args: content.find(({ type }) => type === 'toolCall')?.arguments,
      };
    },
    close() {},
  };
}

function messageOf(item) {
  const timestamp = 1_790_000_000_000;
  const made = { role: 'assistant', ...origin, usage, stopReason: 'stop', timestamp };
  const call = { id: item.callId, name: tool.name };
  switch (item.type) {
    case 'user':
      return { role: 'user', content: item.text, timestamp };
    case 'assistant':
      return { ...made, content: [{ type: 'text', text: item.text }] };
    case 'call':
      return { ...made, content: [{ type: 'toolCall', ...call, arguments: item.args }] };
    default:
      return {
        role: 'toolResult',
        toolCallId: item.callId,
        toolName: tool.name,
        content: [{ type: 'text', text: item.text }],
        isError: false,
        timestamp,
      };
  }
}

const cost = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0 };
const usage = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, totalTokens: 0, cost };
