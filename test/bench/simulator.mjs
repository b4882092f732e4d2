// A backend that does nothing but stream: POST / with {deltas, chunk} gives that many text deltas.
import { createServer } from 'node:http';
import { parentPort } from 'node:worker_threads';

const bodies = new Map();

function eventsOf(deltas) {
  const line = (event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
  const words = Array.from({ length: deltas }, (_, at) => `word${at % 1000} `);
  const text = words.join('');
  let seq = 0;
  const item = { id: 'msg_1', type: 'message', role: 'assistant' };
  const place = { item_id: 'msg_1', output_index: 0, content_index: 0 };
  const part = { type: 'output_text', text, annotations: [] };
  const usage = { input_tokens: 10, output_tokens: deltas, total_tokens: deltas + 10 };
  return [
    { type: 'response.created', response: { id: 'resp_1' } },
    { type: 'response.output_item.added', output_index: 0, item: { ...item, content: [] } },
    ...words.map((delta) => ({ type: 'response.output_text.delta', ...place, delta })),
    { type: 'response.output_text.done', ...place, text },
    { type: 'response.output_item.done', output_index: 0, item: { ...item, content: [part] } },
    { type: 'response.completed', response: { id: 'resp_1', output: [], usage } },
  ]
    .map((event) => line({ ...event, sequence_number: seq++ }))
    .join('');
}

function bodyOf(deltas) {
  if (!bodies.has(deltas)) bodies.set(deltas, Buffer.from(eventsOf(deltas)));
  return bodies.get(deltas);
}

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    const deltas = Number(/\/d(\d+)\//.exec(request.url ?? '')?.[1] ?? 1000);
    const body = bodyOf(deltas);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (let at = 0; at < body.length; at += 16_384) {
      response.write(body.subarray(at, at + 16_384));
    }
    response.end();
  });
});
server.listen(0, '127.0.0.1', () => parentPort?.postMessage(server.address().port));
