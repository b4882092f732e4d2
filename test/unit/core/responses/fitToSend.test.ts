import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { truncate } from '../../../../src/base/truncate.ts';
import { wellFormedJson } from '../../../../src/base/json/wellFormed.ts';
import { userMessage, type InputItem } from '../../../../src/core/responses/request/input.ts';
import { prepareInput } from '../../../../src/core/responses/request/prepareInput.ts';
import {
  buildRequest,
  type ResponsesRequest,
} from '../../../../src/core/responses/request/request.ts';
import { createToolNames } from '../../../../src/core/responses/request/toolNames.ts';
import { scriptedHttp, sseBytes, streamOf } from '../../../support/streams.ts';
import { classic, run } from './harness.ts';

const options = {
  baseUrl: 'https://chatgpt.com/backend-api',
  bearer: { credentialId: 'c1', accountId: 'acct-1', accessToken: 'token-1' },
  identity: { originator: 'codex_chat', userAgent: 'codex_chat/1.2.3' },
  headersTimeoutMs: 1000,
  idleTimeoutMs: 1000,
};
const bodyOf = (request: ResponsesRequest) => buildRequest(request, options).body ?? '';

/** Any text, halves of surrogate pairs among its signs. */
const oddText = fc
  .array(fc.constantFrom('\ud83d', '\ude00', '\ud83d\ude00', 'a', '\\ud83d', '"', '\n', '日'), {
    maxLength: 8,
  })
  .map((pieces) => pieces.join(''));

function* stringsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      yield key;
      yield* stringsIn(inner);
    }
  }
}

describe('a request', () => {
  test('never holds half of a surrogate pair, wherever the text stands', () => {
    const texts = fc.tuple(oddText, oddText, oddText, oddText, oddText, oddText);
    fc.assert(
      fc.property(texts, fc.boolean(), ([a, b, c, d, e, f], lite) => {
        const request: ResponsesRequest = {
          ...classic,
          model: { ...classic.model, slug: `m${a}`, lite },
          instructions: `Be brief.${b}`,
          input: [
            userMessage(c),
            { type: 'function_call', call_id: d, name: e, arguments: f },
            { type: 'function_call_output', call_id: d, output: a },
            { type: 'reasoning', encrypted_content: `x${b}`, summary: [] },
          ],
          tools: [
            {
              name: `t${c}`,
              description: d,
              parameters: { properties: { [e]: { description: f } } },
            },
          ],
          effort: `low${a}`,
          verbosity: `low${b}`,
        };
        const body = bodyOf(request);
        expect(body.isWellFormed()).toBe(true);
        for (const text of stringsIn(JSON.parse(body))) expect(text.isWellFormed()).toBe(true);
      }),
    );
  });

  test('keeps whole pairs, and text that only speaks of half ones', () => {
    const text = 'a 😀 \\ud83d b';
    const body: unknown = JSON.parse(bodyOf({ ...classic, input: [userMessage(text)] }));
    expect([...stringsIn(body)]).toContain(text);
  });

  test('has each half pair replaced by one replacement character', () => {
    expect(JSON.parse(wellFormedJson({ 'k\udc00': ['a\ud83db', 'c\ud83d'] }))).toEqual({
      'k\uFFFD': ['a\uFFFDb', 'c\uFFFD'],
    });
  });

  test.each([
    ['classic, unknown', false, undefined, true],
    ['classic, able', false, true, true],
    ['classic, not able', false, false, false],
    ['lite, able', true, true, false],
    ['lite, not able', true, false, false],
  ])(
    'asks for parallel calls as model and shape allow: %s',
    (_, lite, supportsParallel, wanted) => {
      const model = { ...classic.model, lite, supportsParallel };
      expect(JSON.parse(bodyOf({ ...classic, model }))['parallel_tool_calls']).toBe(wanted);
    },
  );
});

describe('a text that is cut', () => {
  test('is never longer than asked for, keeps its beginning and never ends inside a pair', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(12), (text, chars) => {
        const cut = truncate(text, chars);
        expect(text.startsWith(cut)).toBe(true);
        expect(cut.length).toBeLessThanOrEqual(chars);
        expect(cut.length).toBeGreaterThanOrEqual(Math.min(text.length, chars) - 1);
        expect(cut.isWellFormed()).toBe(true);
      }),
    );
    expect(truncate('a😀', 2)).toBe('a');
    expect(truncate('a😀', 3)).toBe('a😀');
  });
});

const oddId = fc.oneof(
  fc
    .array(fc.constantFrom('a', '_', '-', '|', ' ', 'é', '\ud83d', '\n', '.'), { maxLength: 6 })
    .map((pieces) => pieces.join('')),
  fc.constantFrom('call_1', 'call_1_', 'call_1__', '____', '', 'x'.repeat(64), 'x'.repeat(65)),
  fc.constantFrom(
    'x'.repeat(80),
    `${'x'.repeat(63)}_`,
    `${'x'.repeat(70)}_`,
    `${'x'.repeat(63)}__`,
  ),
);

describe('call ids', () => {
  test('obey every rule, and each call keeps its own output', () => {
    fc.assert(
      fc.property(fc.uniqueArray(oddId, { maxLength: 12 }), fc.boolean(), (ids, isCustom) => {
        const type = isCustom ? 'custom_tool_call' : 'function_call';
        const calls = ids.map((id, at): InputItem => ({ type, call_id: id, name: `${at}` }));
        const outputs = ids.map((id, at): InputItem => ({
          type: `${type}_output`,
          call_id: id,
          output: `${at}`,
        }));
        const ready = prepareInput([...calls, ...outputs]);
        expect(ready.length).toBe(2 * ids.length);
        const byId = new Map<unknown, InputItem[]>();
        for (const item of ready) {
          byId.set(item['call_id'], [...(byId.get(item['call_id']) ?? []), item]);
        }
        expect(byId.size).toBe(ids.length);
        for (const [id, pair] of byId) {
          expect(id).toMatch(/^[A-Za-z0-9_-]{0,63}[A-Za-z0-9-]$/);
          expect(pair[0]?.['name']).toBe(pair[1]?.['output']);
        }
      }),
    );
  });

  test('that are fit stay as they are, and those that only end in underscores lose these', () => {
    const ids = ['call_ab-1', 'call_2_', 'call_3__'];
    const calls = ids.map((id): InputItem => ({ type: 'function_call', call_id: id, name: 'a' }));
    const sent = prepareInput(calls).map((item) => item['call_id']);
    expect([...new Set(sent)]).toEqual(['call_ab-1', 'call_2', 'call_3']);
  });

  test('are the same in each request of a chat that grows', () => {
    const call = (id: string): InputItem => ({ type: 'function_call', call_id: id, name: 'a' });
    const first = prepareInput([call('a|b'), call('c_')]);
    const later = prepareInput([call('a|b'), call('c_'), call('d|e'), call('c')]);
    expect(later.slice(0, first.length)).toEqual(first);
    expect(new Set(later.map((item) => item['call_id'])).size).toBe(4);
  });

  test('are made for calls that came without one', () => {
    const [call, output] = prepareInput([{ type: 'function_call', name: 'a', arguments: '{}' }]);
    expect(call?.['call_id']).toMatch(/^call_\w+$/);
    expect(output?.['call_id']).toBe(call?.['call_id']);
  });
});

describe('names of tools', () => {
  const oddName = fc.oneof(
    fc.string(),
    fc.constantFrom('a.b', 'a b', 'a_b', 'a:b', 'é', 'ü', '', '__proto__', 'constructor'),
    fc.constantFrom(...['x', 'y', 'z!'].map((end) => 'long_'.repeat(14) + end)),
  );

  test('are fit on the wire, never the same for two, and find the way back', () => {
    fc.assert(
      fc.property(fc.uniqueArray(oddName, { maxLength: 12 }), (list) => {
        const names = createToolNames(list);
        const wire = list.map(names.toWire);
        expect(new Set(wire).size).toBe(list.length);
        for (const [at, name] of wire.entries()) {
          expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
          const item = { type: 'function_call', call_id: 'c', name, arguments: '{}' };
          const event = names.fromWire({
            type: 'response.output_item.done',
            output_index: 0,
            item,
          });
          expect(event).toMatchObject({ item: { name: list[at] } });
        }
      }),
    );
  });

  test('that are fit stay as they are, wherever they stand in the list', () => {
    const names = createToolNames(['a.b', 'a b', 'a_b']);
    expect(names.toWire('a_b')).toBe('a_b');
    expect(names.toWire('a.b')).toMatch(/^a_b_[0-9a-f]{16}$/);
  });

  test.each([false, true])(
    'come back as they were offered, and go out as they were (lite: %s)',
    async (lite) => {
      const tool = (name: string) => ({ name, description: '', parameters: { type: 'object' } });
      const tools = [tool('files.read'), tool('files read')];
      const names = createToolNames(tools.map(({ name }) => name));
      const call = {
        type: 'function_call',
        call_id: 'call_1',
        name: names.toWire('files read'),
        arguments: '{}',
      };
      const { http } = scriptedHttp(() =>
        streamOf(
          sseBytes([
            {
              type: 'response.output_item.added',
              output_index: 0,
              item: { ...call, arguments: '' },
            },
            { type: 'response.output_item.done', output_index: 0, item: call },
            { type: 'response.completed', response: { id: 'r', output: [call] } },
          ]),
        ),
      );
      const request = { ...classic, model: { ...classic.model, lite }, tools };
      const { answer, events } = await run(http, request);
      expect(answer?.items[0]?.['name']).toBe('files read');
      const parts = events.flatMap((event) => (event.type === 'put' ? [event.part.tool] : []));
      expect(new Set(parts)).toEqual(new Set(['files read']));
      const next = bodyOf({ ...request, input: [...(answer?.items ?? [])] });
      expect([...stringsIn(JSON.parse(next))]).toContain(names.toWire('files read'));
      expect([...stringsIn(JSON.parse(next))]).not.toContain('files read');
    },
  );
});
