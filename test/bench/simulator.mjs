// A backend that does nothing but stream, in a process of its own so that its work counts nowhere.
// POST /<scenario>/…: each event is an HTTP chunk, as the real service sends them.
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { argumentsOf, scenarioOf, textOf, tool, word } from './scenarios.mjs';

const itemId = `msg_${'0123456789abcdef'.repeat(3)}`;
const callId = `fc_${'0123456789abcdef'.repeat(3)}`;
const responseId = `resp_${'0123456789abcdef'.repeat(3)}`;

function responseObject(status, output, tokens) {
  const usage = {
    input_tokens: 10,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: tokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: tokens + 10,
  };
  return {
    id: responseId,
    object: 'response',
    created_at: 1_790_000_000,
    status,
    error: null,
    incomplete_details: null,
    instructions: 'Be brief.',
    model: 'gpt-5.5',
    output,
    parallel_tool_calls: true,
    tool_choice: 'auto',
    tools: [],
    metadata: {},
    usage: status === 'completed' ? usage : null,
  };
}

const head = () => [
  { type: 'response.created', response: responseObject('in_progress', [], 0) },
  { type: 'response.in_progress', response: responseObject('in_progress', [], 0) },
];

const tail = (item, tokens) => [
  { type: 'response.output_item.done', output_index: 0, item },
  { type: 'response.completed', response: responseObject('completed', [item], tokens) },
];

const place = { item_id: itemId, output_index: 0, content_index: 0 };
const partOf = (text) => ({ type: 'output_text', annotations: [], logprobs: [], text });

const messageHead = () => [
  ...head(),
  {
    type: 'response.output_item.added',
    output_index: 0,
    item: { id: itemId, type: 'message', status: 'in_progress', content: [], role: 'assistant' },
  },
  { type: 'response.content_part.added', ...place, part: partOf('') },
];

const textDelta = (delta) => ({
  type: 'response.output_text.delta',
  ...place,
  delta,
  logprobs: [],
  obfuscation: 'Zq3vT8mK1x',
});

function messageTail(text, tokens) {
  const item = {
    id: itemId,
    type: 'message',
    status: 'completed',
    content: [partOf(text)],
    role: 'assistant',
  };
  return [
    { type: 'response.output_text.done', ...place, logprobs: [], text },
    { type: 'response.content_part.done', ...place, part: partOf(text) },
    ...tail(item, tokens),
  ];
}

function messageEvents(deltas) {
  const words = Array.from({ length: deltas }, (_, at) => textDelta(word(at)));
  return [...messageHead(), ...words, ...messageTail(textOf(deltas), deltas)];
}

const reasoningParts = 20;
const reasoningId = `rs_${'0123456789abcdef'.repeat(3)}`;

/** Much thinking before a short answer: summary deltas in 20 parts, then 200 kB of encrypted content. */
function reasoningEvents(deltas) {
  const at = { item_id: reasoningId, output_index: 0 };
  const item = { id: reasoningId, type: 'reasoning', summary: [] };
  const each = Math.ceil(deltas / reasoningParts);
  const parts = Array.from({ length: reasoningParts }, (_, index) => {
    const where = { ...at, summary_index: index };
    const text = textOf(each);
    const part = { type: 'summary_text', text };
    return [
      {
        type: 'response.reasoning_summary_part.added',
        ...where,
        part: { type: 'summary_text', text: '' },
      },
      ...Array.from({ length: each }, (_each, number) => ({
        type: 'response.reasoning_summary_text.delta',
        ...where,
        delta: word(number),
        obfuscation: 'Zq3vT8mK1x',
      })),
      { type: 'response.reasoning_summary_text.done', ...where, text },
      { type: 'response.reasoning_summary_part.done', ...where, part },
    ];
  });
  const summary = parts.map(() => ({ type: 'summary_text', text: textOf(each) }));
  const encrypted_content = 'gAAAAABo'.repeat(25_000);
  const message = messageEvents(12).slice(2);
  return [
    ...head(),
    { type: 'response.output_item.added', output_index: 0, item },
    ...parts.flat(),
    {
      type: 'response.output_item.done',
      output_index: 0,
      item: { ...item, summary, encrypted_content },
    },
    ...message.map((event) => ('output_index' in event ? { ...event, output_index: 1 } : event)),
  ];
}

function callEvents(chars) {
  const json = argumentsOf(chars);
  const item = { id: callId, type: 'function_call', call_id: 'call_1', name: tool.name };
  const at = { item_id: callId, output_index: 0 };
  const deltas = json.match(/.{1,20}/gs).map((delta) => ({
    type: 'response.function_call_arguments.delta',
    ...at,
    delta,
    obfuscation: 'Zq3vT8mK1x',
  }));
  return [
    ...head(),
    {
      type: 'response.output_item.added',
      output_index: 0,
      item: { ...item, status: 'in_progress', arguments: '' },
    },
    ...deltas,
    { type: 'response.function_call_arguments.done', ...at, arguments: json },
    ...tail({ ...item, status: 'completed', arguments: json }, deltas.length),
  ];
}

/** Events in their frames, each in its own chunk of the transfer. */
function chunks(events, first = 0) {
  const framed = events.map((event, at) => {
    const data = JSON.stringify({ ...event, sequence_number: first + at });
    const frame = `event: ${event.type}\ndata: ${data}\n\n`;
    return `${Buffer.byteLength(frame).toString(16)}\r\n${frame}\r\n`;
  });
  return Buffer.from(framed.join(''));
}

const bodies = new Map();

function eventsOf(kind, size) {
  if (kind === 'tool') return callEvents(size);
  if (kind === 'reasoning') return reasoningEvents(size);
  return messageEvents(kind === 'history' ? 12 : size);
}

function bodyOf(name, { kind, size }) {
  if (!bodies.has(name)) {
    bodies.set(name, chunks(eventsOf(kind, size)));
  }
  return bodies.get(name);
}

/** Every delta says when it was sent, by the clock that all processes of a machine share. */
async function pace(socket, deltas) {
  let text = '';
  socket.write(chunks(messageHead()));
  for (let at = 0; at < deltas; at++) {
    await delay(10);
    const stamp = `${process.hrtime.bigint()} `;
    text += stamp;
    socket.write(chunks([textDelta(stamp)], at));
  }
  socket.write(chunks(messageTail(text, deltas), deltas));
}

async function answer(name, response) {
  const scenario = scenarioOf(name);
  response.writeHead(200, { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked' });
  response.flushHeaders();
  const { socket } = response;
  if (scenario.kind === 'paced') await pace(socket, scenario.size);
  else socket.write(bodyOf(name, scenario));
  response.end();
}

const server = createServer((request, response) => {
  const name = /^\/([a-z]+-\d+)\//.exec(request.url ?? '')?.[1];
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    if (request.method !== 'POST' || name === undefined) {
      response.writeHead(404).end();
      return;
    }
    // Whoever runs the call itself comes back with its output: the turn ends there.
    const isFollowUp =
      name.startsWith('tool') && Buffer.concat(parts).includes('"function_call_output"');
    void answer(isFollowUp ? 'short-12' : name, response);
  });
});
// The bodies are made before anyone waits for them.
for (const name of ['short-12', ...process.argv.slice(2)]) bodyOf(name, scenarioOf(name));
server.listen(0, '127.0.0.1', () => process.send?.(server.address().port));
process.once('disconnect', () => process.exit(0));
