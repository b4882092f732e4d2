import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { userMessage, type InputItem } from '../../../../src/core/responses/request/input.ts';
import { prepareInput } from '../../../../src/core/responses/request/prepareInput.ts';
import {
  buildRequest,
  type ResponsesRequest,
} from '../../../../src/core/responses/request/request.ts';
import { functionTool } from '../../../../src/core/responses/request/toolSchema.ts';
import { classic } from './harness.ts';

const options = {
  baseUrl: 'https://chatgpt.com/backend-api/',
  bearer: { credentialId: 'c1', accountId: 'acct-1', accessToken: 'token-1' },
  identity: { originator: 'codex_chat', userAgent: 'codex_chat/1.2.3 (linux; x64) vscode/1.106.0' },
  headersTimeoutMs: 1000,
  idleTimeoutMs: 1000,
};

const lite: ResponsesRequest = {
  ...classic,
  model: { slug: 'gpt-6.1-sol', lite: true, supportsVerbosity: true, defaultVerbosity: 'low' },
  effort: 'low',
};

const captured = z.object({
  headers: z.array(z.tuple([z.string(), z.string()])),
  body: z.record(z.string(), z.unknown()),
});

function capture(name: string) {
  const text = readFileSync(join(import.meta.dirname, '../../../fixtures/requests', name), 'utf8');
  return captured.parse(JSON.parse(text));
}

function bodyOf(request: ResponsesRequest, more: object = {}): Record<string, unknown> {
  const body: unknown = JSON.parse(buildRequest(request, { ...options, ...more }).body ?? '');
  return z.record(z.string(), z.unknown()).parse(body);
}

const readFile = {
  name: 'read_file',
  description: 'Reads a file.',
  parameters: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
};

/** Fields that the captured client sends and that we leave out on purpose. */
const notOurs = ['client_metadata', 'service_tier'];

describe('a request', () => {
  test.each([
    ['classic', '01_plain_first_turn_gpt-5.5.json', classic],
    ['lite', '02_plain_first_turn_lite_gpt-6.1-sol.json', lite],
  ])('has the fields of the captured %s one, and instructions', (shape, file, request) => {
    const real = capture(file).body;
    const ours = bodyOf({ ...request, summary: 'none', tools: [readFile] });
    const extra = shape === 'classic' ? ['instructions'] : [];
    const wanted = [...Object.keys(real).filter((key) => !notOurs.includes(key)), ...extra];
    expect(Object.keys(ours).toSorted()).toEqual(wanted.toSorted());
    for (const key of ['model', 'stream', 'store', 'include', 'tool_choice', 'text', 'reasoning']) {
      expect(ours[key], key).toEqual(real[key]);
    }
    expect(ours['parallel_tool_calls']).toBe(real['parallel_tool_calls']);
  });

  test('carries its tools in a developer item in the lite shape', () => {
    const input = bodyOf({ ...lite, tools: [readFile] })['input'];
    expect(input).toEqual([
      {
        type: 'additional_tools',
        role: 'developer',
        tools: [
          {
            type: 'namespace',
            name: 'functions',
            description: '',
            tools: [functionTool(readFile)],
          },
        ],
      },
      {
        type: 'message',
        role: 'developer',
        content: [{ type: 'input_text', text: 'Be brief.' }],
      },
      userMessage('Say hello.'),
    ]);
  });

  test('has neither tools nor a tool choice when there are none', () => {
    for (const request of [classic, lite]) {
      expect(bodyOf(request)).not.toHaveProperty('tools');
      expect(bodyOf(request)).not.toHaveProperty('tool_choice');
      expect(JSON.stringify(bodyOf(request))).not.toContain('additional_tools');
    }
  });

  test('goes to the one endpoint with each header once', () => {
    const { url, headers } = buildRequest(
      { ...lite, turnState: { value: 'opaque', credentialId: options.bearer.credentialId } },
      options,
    );
    expect(url).toBe('https://chatgpt.com/backend-api/codex/responses');
    expect(headers).toEqual({
      authorization: 'Bearer token-1',
      'chatgpt-account-id': 'acct-1',
      originator: 'codex_chat',
      'user-agent': 'codex_chat/1.2.3 (linux; x64) vscode/1.106.0',
      accept: 'text/event-stream',
      'content-type': 'application/json',
      'session-id': classic.sessionId,
      'thread-id': classic.sessionId,
      'x-client-request-id': classic.sessionId,
      'x-codex-turn-metadata': '{"request_kind":"turn"}',
      'x-codex-turn-state': 'opaque',
      'x-openai-internal-codex-responses-lite': 'true',
    });
  });

  test('names the session in the cache key, and never what the backend refuses (S2-6)', () => {
    for (const body of [bodyOf(classic), bodyOf(lite)]) {
      expect(body['prompt_cache_key']).toBe(classic.sessionId);
      for (const refused of [
        'max_output_tokens',
        'temperature',
        'top_p',
        'metadata',
        'user',
        'truncation',
        'previous_response_id',
      ]) {
        expect(body).not.toHaveProperty(refused);
      }
    }
  });

  test('omits reasoning without an effort, a summary of none, and says xhigh for ultra', () => {
    expect(bodyOf({ ...classic, effort: undefined })).not.toHaveProperty('reasoning');
    expect(bodyOf({ ...classic, summary: 'none' })['reasoning']).toEqual({ effort: 'medium' });
    expect(bodyOf({ ...lite, effort: 'ultra' })['reasoning']).toEqual({
      effort: 'xhigh',
      summary: 'auto',
      context: 'all_turns',
    });
  });

  test('is refused here when its instructions are blank (S0-14)', () => {
    expect(() => bodyOf({ ...classic, instructions: ' \n' })).toThrow(TypeError);
  });
});

const item = fc.oneof(
  fc.record({ type: fc.constant('message'), role: fc.constantFrom('user', 'system', 'assistant') }),
  fc.record({ type: fc.constant('reasoning'), encrypted_content: fc.constantFrom('x', '') }),
  fc.record({
    type: fc.constantFrom(
      'function_call',
      'function_call_output',
      'custom_tool_call',
      'custom_tool_call_output',
    ),
    id: fc.string(),
    call_id: fc.constantFrom('a', 'b', 'c', 'x'.repeat(80), 'call|item'),
  }),
);

describe('a prepared history', () => {
  test('never holds an orphan, a doubled call, an id, a system role or a long call id', () => {
    fc.assert(
      fc.property(fc.array(item, { maxLength: 30 }), (history: InputItem[]) => {
        const ready = prepareInput(history);
        const calls = ready.filter(({ type }) => type.endsWith('_call')).map(kindAndId);
        const outputs = ready.filter(({ type }) => type.endsWith('_output')).map(kindAndId);
        expect(new Set(calls).size).toBe(calls.length);
        expect(outputs.toSorted()).toEqual(calls.toSorted());
        for (const entry of ready) {
          expect(entry).not.toHaveProperty('id');
          expect(entry['role']).not.toBe('system');
          expect(callIdOf(entry)).toMatch(/^[\w-]{0,64}$/);
          if (entry.type === 'reasoning') expect(entry['encrypted_content']).toBe('x');
        }
      }),
    );
  });

  test('keeps a call before its output and everything else in order', () => {
    const history = [
      userMessage('one'),
      { type: 'function_call', call_id: 'c1', name: 'a', arguments: '{}', id: 'fc_1' },
      { type: 'function_call_output', call_id: 'c1', output: 'done' },
      userMessage('two'),
    ];
    expect(prepareInput(history)).toEqual([
      userMessage('one'),
      { type: 'function_call', call_id: 'c1', name: 'a', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c1', output: 'done' },
      userMessage('two'),
    ]);
  });
});

function kindAndId(entry: InputItem): string {
  return `${entry.type.replace('_output', '').replace('_call', '')} ${callIdOf(entry)}`;
}

function callIdOf(entry: InputItem): string {
  const id = entry['call_id'];
  return typeof id === 'string' ? id : '';
}

describe('a tool', () => {
  test('has no combinator at the root, tells the model what was lost, and is not changed itself', () => {
    const parameters = Object.freeze({
      oneOf: [
        { properties: { a: { type: 'string' } }, required: ['a', 'c'] },
        { properties: { b: { type: 'number' } }, required: ['b', 'c'] },
      ],
      properties: { c: { anyOf: [{ type: 'string' }, { type: 'null' }] } },
    });
    const tool = functionTool({ name: 'pick one!', description: 'Picks.', parameters });
    expect(tool.name).toBe('pick_one_');
    expect(tool.parameters).toEqual({
      type: 'object',
      properties: {
        a: { type: 'string' },
        b: { type: 'number' },
        c: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      },
      required: ['c'],
    });
    expect(tool.description).toContain('oneOf');
  });
});
