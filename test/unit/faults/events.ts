/** Pieces of a stream, in the wire's own words, for cases that no recorded fixture holds. */
export type Json = Record<string, unknown>;

const place = { output_index: 0, content_index: 0 };

export const created: Json = { type: 'response.created', response: { id: 'resp_1' } };

export function completed(more: Json = {}): Json {
  const usage = { input_tokens: 10, output_tokens: 5, total_tokens: 15 };
  return { type: 'response.completed', response: { id: 'resp_1', output: [], usage, ...more } };
}

export function failed(error: Json | null): Json {
  return { type: 'response.failed', response: { id: 'resp_1', status: 'failed', error } };
}

export function incomplete(reason: string): Json {
  const details = { reason };
  return { type: 'response.incomplete', response: { id: 'resp_1', incomplete_details: details } };
}

export function deltas(text: string, index = 0): Json[] {
  return (text.match(/.{1,4}/gs) ?? []).map((delta) => ({
    type: 'response.output_text.delta',
    ...place,
    output_index: index,
    delta,
  }));
}

export function message(text: string, more: Json = {}): Json {
  const content = [{ type: 'output_text', text, annotations: [] }];
  return { type: 'message', id: 'msg_1', role: 'assistant', content, ...more };
}

export function done(item: Json, index = 0): Json {
  return { type: 'response.output_item.done', output_index: index, item };
}

export function added(item: Json, index = 0): Json {
  return { type: 'response.output_item.added', output_index: index, item };
}

export function call(id: string, name = 'read_file', input = '{"path":"a.ts"}'): Json {
  return { type: 'function_call', id: `fc_${id}`, call_id: id, name, arguments: input };
}

export function thought(text: string): Json {
  const summary = [{ type: 'summary_text', text }];
  return { type: 'reasoning', id: 'rs_1', summary, encrypted_content: 'gAAAA' };
}

/** The events as bytes of a stream, with line ends of one's own. */
export function wire(events: readonly (Json | string)[], end = '\n'): string {
  return events
    .map((event) => {
      if (typeof event === 'string') return `${event}${end}${end}`;
      return `event: ${String(event['type'])}${end}data: ${JSON.stringify(event)}${end}${end}`;
    })
    .join('');
}

/** A clean answer. */
export function answer(text: string): Json[] {
  return [created, ...deltas(text), done(message(text)), completed()];
}
