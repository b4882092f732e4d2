/** A place where text of the backend may stand, and the answer that holds it there. */
export interface HostilePlace {
  readonly name: string;
  /** Characters of text that are put there. */
  readonly length: number;
  readonly answer: (text: string) => HostileAnswer;
}

export interface HostileAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

const long = 1_000_000;
/** A response with longer headers is refused by the HTTP client. */
const header = 12_000;

const json = { 'content-type': 'application/json' };
const refusal = (error: unknown, status = 400): HostileAnswer => ({
  status,
  headers: json,
  body: JSON.stringify({ error }),
});
const stream = (...events: unknown[]): HostileAnswer => ({
  status: 200,
  headers: { 'content-type': 'text/event-stream' },
  body: [...events, { type: 'response.completed', response: { id: 'r' } }]
    .map((event) => `data: ${JSON.stringify(event)}\n\n`)
    .join(''),
});
const raw = (body: string): HostileAnswer => ({ ...stream(), body });
const done = (item: object) => stream({ type: 'response.output_item.done', item });
const delta = (type: string, text: string, pieceLength: number) => {
  const indexes = { output_index: 0, content_index: 0, summary_index: 0 };
  const pieces: object[] = [];
  for (let at = 0; at < text.length; at += pieceLength) {
    pieces.push({ type, ...indexes, delta: text.slice(at, at + pieceLength) });
  }
  return stream(...pieces);
};
/** What a header may hold, so that the server sends it at all. */
const headerText = (text: string) => text.replaceAll(/[^\x20-\x7e]/g, '?');
const withHeader = (name: string, text: string): HostileAnswer => ({
  ...refusal({ message: 'No.' }, 429),
  headers: { ...json, [name]: headerText(text) },
});

/** Every place of an answer to a request for a response. */
export const hostilePlaces: readonly HostilePlace[] = [
  ...[400, 401, 404, 429, 500, 503].map((status) => ({
    name: `message of a refusal with ${status}`,
    length: 90_000,
    answer: (text: string) => refusal({ message: text }, status),
  })),
  { name: 'a refusal as plain text', length: long, answer: (body) => ({ status: 400, body }) },
  { name: 'a page', length: long, answer: (text) => ({ status: 503, body: `<p>${text}` }) },
  {
    name: 'code and type of a refusal',
    length: 40_000,
    answer: (text) => refusal({ code: text, type: text }),
  },
  { name: 'a key of a refusal', length: 90_000, answer: (text) => refusal({ [text]: text }) },
  ...['retry-after', 'x-request-id', 'x-codex-promo-message', 'server', 'x-error-json'].map(
    (name) => ({
      name: `the header ${name}`,
      length: header,
      answer: (text: string) => withHeader(name, text),
    }),
  ),
  {
    name: 'the content type of a 200',
    length: header,
    answer: (text) => ({ ...stream(), headers: { 'content-type': headerText(text) } }),
  },
  {
    name: 'the content encoding',
    length: header,
    answer: (text) => ({ ...stream(), headers: { 'content-encoding': headerText(text) } }),
  },
  {
    name: 'the message of a failed response',
    length: long,
    answer: (text) =>
      stream({
        type: 'response.failed',
        response: { error: { message: text, code: 'invalid_prompt' } },
      }),
  },
  {
    name: 'code and type of an error event',
    length: long,
    answer: (text) =>
      stream({ type: 'error', code: text, error: { code: text, type: text, message: text } }),
  },
  {
    name: 'deltas of text',
    length: long,
    answer: (text) => delta('response.output_text.delta', text, 2_000),
  },
  {
    name: 'one delta of text',
    length: long,
    answer: (text) => delta('response.output_text.delta', text, long),
  },
  {
    name: 'deltas of a summary',
    length: long,
    answer: (text) => delta('response.reasoning_summary_text.delta', text, 2_000),
  },
  {
    name: 'a finished message',
    length: long,
    answer: (text) =>
      done({ type: 'message', phase: text, content: [{ type: 'output_text', text }] }),
  },
  {
    name: 'a finished call',
    length: long,
    answer: (text) => done({ type: 'function_call', call_id: 'c', name: text, arguments: text }),
  },
  {
    name: 'a summary',
    length: long,
    answer: (text) =>
      done({
        type: 'reasoning',
        summary: [{ type: 'summary_text', text }],
        encrypted_content: text,
      }),
  },
  {
    name: 'the type of an event',
    length: long,
    answer: (text) => stream({ type: text, [text]: text }),
  },
  { name: 'the type of an item', length: long, answer: (text) => done({ type: text, [text]: 1 }) },
  {
    name: 'the model and the headers of metadata',
    length: long,
    answer: (text) =>
      stream({ type: 'response.metadata', headers: { 'openai-model': text, [text]: text } }),
  },
  {
    name: 'limits',
    length: long,
    answer: (text) =>
      stream({
        type: 'codex.rate_limits',
        plan_type: text,
        rate_limits: { primary: { used_percent: text } },
      }),
  },
  { name: 'lines of the stream', length: long, answer: raw },
  { name: 'data that is no JSON', length: long, answer: (text) => raw(`data: ${text}\n\n`) },
  {
    name: 'a JSON body of a 200',
    length: long,
    answer: (text) => ({
      status: 200,
      headers: json,
      body: JSON.stringify({ error: text, detail: text }),
    }),
  },
];

/** Bodies of their own kind, beside those that repeat a piece. */
export const hostileBodies: readonly (readonly [string, () => HostileAnswer])[] = [
  [
    'arrays 500,000 deep in an item',
    () =>
      raw(
        `data: {"type":"response.output_item.done","item":{"type":"x","a":${'['.repeat(500_000)}${']'.repeat(500_000)}}}\n\n`,
      ),
  ],
  [
    'arrays 40,000 deep in a refusal',
    () => ({
      status: 400,
      headers: json,
      body: `{"error":${'['.repeat(40_000)}${']'.repeat(40_000)}}`,
    }),
  ],
  ...(
    [
      ['one plain string', `"${'abcdefg '.repeat(1_460_000)}"`],
      ['line ends', `"${'\\n'.repeat(5_800_000)}"`],
      ['quotation marks', `"${'\\"'.repeat(5_800_000)}"`],
      ['wide characters', `"${'漢'.repeat(3_930_000)}"`],
      ['escaped characters', `"${'\\u00e9'.repeat(1_940_000)}"`],
      ['numbers', `[${'1,'.repeat(5_800_000)}1]`],
      ['arrays', `[${'[],'.repeat(3_800_000)}1]`],
      ['29,000 keys', `{${Array.from({ length: 29_000 }, (_, at) => `"key ${at}":1`).join()}}`],
    ] as const
  ).map(([what, value]): readonly [string, () => HostileAnswer] => [
    `an event of nearly the longest length of ${what}`,
    () =>
      raw(
        `data: {"type":"response.output_item.done","item":{"type":"x","a":${value}}}\n\ndata: {"type":"response.completed","response":{"id":"r"}}\n\n`,
      ),
  ]),
  ['an event of 36 MB of wide characters', () => raw(`data: ${'漢'.repeat(12_000_000)}\n\n`)],
  ['a line of 24 MB without an end', () => raw(`data: ${'a'.repeat(24_000_000)}`)],
  ['24 MB of empty data lines', () => raw('data:\n'.repeat(4_000_000))],
  ['24 MB of carriage returns', () => raw('data:\r'.repeat(4_000_000))],
  ['24 MB of comments', () => raw(':\n'.repeat(12_000_000))],
];
