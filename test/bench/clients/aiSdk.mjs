import { importPeer } from '../peers.mjs';
import { instructions, tool } from '../scenarios.mjs';

export async function load({ peers }) {
  const [ai, openai] = await Promise.all([
    importPeer(peers, 'ai'),
    importPeer(peers, '@ai-sdk/openai'),
  ]);
  return { ...ai, ...openai };
}

export function open({ createOpenAI, jsonSchema, streamText }, { base, history, onText }) {
  const openai = createOpenAI({ baseURL: base, apiKey: 'none' });
  const messages = history.map(messageOf);
  const tools = {
    [tool.name]: { description: tool.description, inputSchema: jsonSchema(tool.parameters) },
  };
  return {
    async run() {
      let text = '';
      let args;
      const { fullStream } = streamText({
        model: openai.responses('gpt-5.5'),
        system: instructions,
        messages,
        tools,
        providerOptions: { openai: { store: false } },
        onError: ({ error }) => {
          throw error;
        },
      });
      for await (const part of fullStream) {
        if (part.type === 'text-delta') {
          text += part.text;
          onText(part.text);
        } else if (part.type === 'tool-call') args = part.input;
      }
      return { text, args };
    },
    close() {},
  };
}

function messageOf(item) {
  const call = { toolCallId: item.callId, toolName: tool.name };
  switch (item.type) {
    case 'user':
      return { role: 'user', content: item.text };
    case 'assistant':
      return { role: 'assistant', content: item.text };
    case 'call':
      return { role: 'assistant', content: [{ type: 'tool-call', ...call, input: item.args }] };
    default: {
      const output = { type: 'text', value: item.text };
      return { role: 'tool', content: [{ type: 'tool-result', ...call, output }] };
    }
  }
}
