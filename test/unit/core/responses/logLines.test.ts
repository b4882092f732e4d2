import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Log } from '../../../../src/base/log.ts';
import type { HttpResponse } from '../../../../src/base/http.ts';
import { userMessage } from '../../../../src/core/responses/request/input.ts';
import { scriptedHttp, sseBytes, statusOf, streamOf } from '../../../support/streams.ts';
import { classic, run } from './harness.ts';

/** Words of the prompt that nothing but the prompt and what repeats it can hold. */
const secret = 'hunter-blue-horse passphrase_of_mine';
const words = secret.split(/[ -]/);

/** A request whose prompt holds the words. */
const about = (said: string) => ({
  ...classic,
  instructions: `Guard ${said}.`,
  input: [userMessage(`My ${said} is a secret.`)],
});

function linesOf(log: string[]): Log {
  const write = (line: string) => void log.push(line);
  return { debug: write, info: write, warn: write, error: write };
}

async function linesAfter(answer: () => HttpResponse, said = secret): Promise<string> {
  const lines: string[] = [];
  await run(scriptedHttp(answer).http, about(said), { log: linesOf(lines) });
  expect(lines.length).toBeGreaterThan(0);
  return lines.join('\n');
}

const failed = (error: object) =>
  streamOf(sseBytes([{ type: 'response.failed', response: { error } }]));
const item = (text: string) => ({
  type: 'response.output_item.done',
  output_index: 0,
  item: { type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] },
});
const message = (text: string) =>
  streamOf(sseBytes([item(text), { type: 'response.completed', response: { id: 'r' } }]));

const spots: [string, (words: string) => HttpResponse][] = [
  ['a refusal', (said) => statusOf(400, { error: { message: `Invalid input: ${said}` } })],
  ['the detail of a refusal', (said) => statusOf(422, { detail: said })],
  ['a refusal that is no JSON', (said) => statusOf(500, said)],
  ['the code of a refusal', (said) => statusOf(400, { error: { code: said, message: 'no' } })],
  ['the type of a refusal', (said) => statusOf(400, { error: { type: said } })],
  ['the request id', (said) => statusOf(400, {}, { 'x-request-id': said })],
  ['a failed answer', (said) => failed({ code: 'server_error', message: said })],
  ['the code of a failed answer', (said) => failed({ code: said, message: said })],
  ['an event that is no JSON', (said) => streamOf(new TextEncoder().encode(`data: ${said}\n\n`))],
  ['the type of an event', (said) => streamOf(sseBytes([{ type: said }]))],
  [
    'an event of the wrong shape',
    (said) => streamOf(sseBytes([{ type: 'response.output_text.delta', delta: [said] }])),
  ],
  ['the kind of another answer', (said) => statusOf(200, said, { 'content-type': `json/${said}` })],
  [
    'a call that was written as text',
    (said) => message(`Yes.\nassistant to=functions.run {"say":"${said}"}`),
  ],
];

describe('no log line repeats the prompt', () => {
  test.each(spots)('when it stands in %s', async (_, answer) => {
    const told = await linesAfter(() => answer(secret));
    for (const word of words) expect(told).not.toContain(word);
  });

  test('when it is the name of a tool in a call that was written as text', async () => {
    const leak = 'Yes.\nassistant to=functions.passphrase_of_mine {"a":1}';
    const told = await linesAfter(() => message(leak));
    expect(told).toContain('reason=garbled');
    expect(told).not.toContain('passphrase');
  });

  test('whatever the words and wherever they stand', async () => {
    const prompt = fc.stringMatching(/^[a-zA-Z][\w ._:-]{11,60}[a-z]$/);
    await fc.assert(
      fc.asyncProperty(prompt, fc.constantFrom(...spots), async (said, [, answer]) => {
        const canary = `Zq${said}`;
        expect(await linesAfter(() => answer(canary), canary)).not.toContain('Zq');
      }),
      { numRuns: 60 },
    );
  });
});

test('the last line of a failed turn tells kind, status, code and request id', async () => {
  const error = { code: 'unknown_parameter', message: 'Unknown parameter: x' };
  const told = await linesAfter(() => statusOf(400, { error }, { 'x-request-id': 'req_01-AB' }));
  expect(told).toBe(
    'request given up after 1: badRequest · 400 · unknown_parameter · request req_01-AB',
  );
});
