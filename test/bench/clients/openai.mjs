import { importPeer } from '../peers.mjs';
import { instructions, wireInput, wireTool } from '../scenarios.mjs';

export const load = ({ peers }) => importPeer(peers, 'openai');

/** Both ways to stream of the same package: the bare events, and the helper that collects them. */
export function open({ OpenAI }, { base, history, onText, way }) {
  const client = new OpenAI({ baseURL: base, apiKey: 'none' });
  const request = {
    model: 'gpt-5.5',
    instructions,
    input: wireInput(history),
    tools: [wireTool],
    store: false,
  };
  const result = (response) => {
    const call = response.output.find(({ type }) => type === 'function_call');
    return { text: response.output_text ?? '', args: call && JSON.parse(call.arguments) };
  };
  async function create() {
    let text = '';
    let args;
    for await (const event of await client.responses.create({ ...request, stream: true })) {
      if (event.type === 'response.output_text.delta') {
        text += event.delta;
        onText(event.delta);
      } else if (event.type === 'response.function_call_arguments.done') {
        args = JSON.parse(event.arguments);
      }
    }
    return { text, args };
  }
  async function stream() {
    const events = client.responses.stream(request);
    for await (const event of events) {
      if (event.type === 'response.output_text.delta') onText(event.delta);
    }
    return result(await events.finalResponse());
  }
  return { run: way === 'stream' ? stream : create, close() {} };
}
