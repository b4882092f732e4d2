import { Readable } from 'node:stream';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAhead } from '../../../src/node/http/readAhead.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Gives chunks when told to, as a socket does. */
function source() {
  const body = new Readable({ read() {} });
  return { body, give: (text: string) => void body.push(Buffer.from(text)) };
}

async function readAll(chunks: AsyncIterable<Uint8Array>, isSlow: boolean) {
  let text = '';
  try {
    for await (const chunk of chunks) {
      text += Buffer.from(chunk).toString();
      if (isSlow) await turn();
    }
    return { text };
  } catch (error) {
    return { text, error };
  }
}

test('never loses a chunk that came before a fault, however slow the reader is', async () => {
  const step = fc.oneof(fc.string({ minLength: 1, maxLength: 5 }), fc.constant(undefined));
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 12 }),
      fc.constantFrom('end', 'fault'),
      fc.boolean(),
      async (steps, ending, isSlow) => {
        const { body, give } = source();
        const read = readAll(
          readAhead(body, () => {}),
          isSlow,
        );
        await turn();
        for (const text of steps) {
          if (text === undefined) await turn();
          else give(text);
        }
        // A chunk and the error after it arrive in different turns of the event loop.
        await turn();
        const fault = new Error('reset');
        if (ending === 'end') body.push(null);
        else body.destroy(fault);
        const text = steps.join('');
        expect(await read).toEqual(ending === 'end' ? { text } : { text, error: fault });
      },
    ),
    { numRuns: 200 },
  );
});

test('a body that closes without an end is a fault', async () => {
  const { body, give } = source();
  const read = readAll(
    readAhead(body, () => {}),
    false,
  );
  give('half');
  await turn();
  body.destroy();
  expect(await read).toMatchObject({ text: 'half', error: { code: 'ERR_STREAM_PREMATURE_CLOSE' } });
});

test('takes no more from a body than a bound while the reader waits, and the rest later', async () => {
  const chunk = 'x'.repeat(65_536);
  let given = 0;
  const body = new Readable({
    read() {
      given += 1;
      this.push(given <= 64 ? chunk : null);
    },
  });
  const chunks = readAhead(body, () => {});
  const first = await chunks.next();
  await turn();
  expect(given).toBeLessThan(32);
  let length = first.done ? 0 : first.value.byteLength;
  for await (const { byteLength } of chunks) length += byteLength;
  expect(length).toBe(64 * chunk.length);
});
