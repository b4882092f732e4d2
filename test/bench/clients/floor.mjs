// The least that any client must do on the same bytes; every other figure is a ratio to it.
import { instructions, wireInput, wireTool } from '../scenarios.mjs';

export const load = () => import('eventsource-parser');

export function open({ createParser }, { base, history, onText }) {
  const body = {
    model: 'gpt-5.5',
    instructions,
    input: wireInput(history),
    tools: [wireTool],
    store: false,
    stream: true,
  };
  return {
    async run() {
      const response = await fetch(`${base}/responses`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      const decoder = new TextDecoder();
      let text = '';
      let json = '';
      const parser = createParser({
        onEvent({ data }) {
          const event = JSON.parse(data);
          if (event.type === 'response.output_text.delta') {
            text += event.delta;
            onText(event.delta);
          } else if (event.type === 'response.function_call_arguments.delta') json += event.delta;
        },
      });
      for await (const chunk of response.body) parser.feed(decoder.decode(chunk, { stream: true }));
      return { text, args: json === '' ? undefined : JSON.parse(json) };
    },
    close() {},
  };
}
