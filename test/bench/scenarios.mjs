// What the simulator streams, and therefore what every client must have delivered at the end.

/** `burst-1000`, `paced-150`, `short-12`, `tool-200000`, `history-2000`: a kind and its size. */
export function scenarioOf(name) {
  const [kind = '', size = '0'] = name.split('-');
  return { kind, size: Number(size) };
}

export const word = (at) => `word${at % 1000} `;

export const textOf = (deltas) => Array.from({ length: deltas }, (_, at) => word(at)).join('');

/** JSON of a call, as long as wanted but for some characters. */
export function argumentsOf(chars) {
  const line = 'const value = compute("input", 42);\n';
  const content = line.repeat(Math.ceil(chars / (line.length + 3)));
  return JSON.stringify({ path: 'src/file.ts', content });
}

export const tool = {
  name: 'write_file',
  description: 'Writes a file.',
  parameters: {
    type: 'object',
    properties: { path: { type: 'string' }, content: { type: 'string' } },
    required: ['path', 'content'],
    additionalProperties: false,
  },
};

export const instructions = 'Be brief.';

/** A neutral history that each client turns into its own form before it is timed. */
export function historyOf({ kind, size }) {
  const last = { type: 'user', text: 'Go on.' };
  if (kind !== 'history') return [last];
  const text = 'A line of "text" as it stands in files, with a number: 12345.\n'.repeat(64);
  const turns = Array.from({ length: size / 4 }, (_, at) => [
    { type: 'user', text: `${at} ${text}` },
    { type: 'assistant', id: `msg_${at}`, text: `${at} ${text}` },
    { type: 'call', callId: `call_${at}`, args: { path: `file${at}.ts`, content: text } },
    { type: 'output', callId: `call_${at}`, text: `${at} ${text}` },
  ]);
  return [...turns.flat(), last];
}

/** The history as the Responses API takes it. */
export function wireInput(history) {
  return history.map((item) => {
    switch (item.type) {
      case 'user':
        return {
          type: 'message',
          role: 'user',
          content: [{ type: 'input_text', text: item.text }],
        };
      case 'assistant':
        return {
          type: 'message',
          role: 'assistant',
          content: [{ type: 'output_text', text: item.text, annotations: [] }],
        };
      case 'call':
        return {
          type: 'function_call',
          call_id: item.callId,
          name: tool.name,
          arguments: JSON.stringify(item.args),
        };
      default:
        return { type: 'function_call_output', call_id: item.callId, output: item.text };
    }
  });
}

export const wireTool = { type: 'function', strict: false, ...tool };
