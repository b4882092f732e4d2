import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { functionTool } from '../../../../src/core/responses/request/toolSchema.ts';
import { refuseTools } from '../../../backend/refuseTools.ts';

const read = (name: string): unknown =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../../fixtures/requests', name), 'utf8'));

const object = z.custom<Record<string, unknown>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);
const given = z
  .array(z.object({ name: z.string(), description: z.string(), inputSchema: object }))
  .parse(read('mcp_input_schemas.json'));

const realTool = z.object({ name: z.string(), parameters: object });
const namespaces = z
  .object({ body: z.object({ tools: z.array(z.looseObject({ type: z.string() })) }) })
  .parse(read('18_mcp_tools_schema_after_sanitising.json')).body.tools;
const real = new Map(
  namespaces
    .filter(({ name }) => name === 'mcp__schem')
    .flatMap(({ tools }) => z.array(realTool).parse(tools))
    .map((tool) => [tool.name, tool.parameters]),
);

const parametersOf = (parameters: Record<string, unknown>) =>
  functionTool({ name: 'tool', description: '', parameters }).parameters;
const property = (schema: unknown) =>
  object.parse(parametersOf({ type: 'object', properties: { p: schema } })['properties'])['p'];

/** Where the backend's rule for the root differs from what the real client sends (WIRE.md g). */
const ruledByBackend: Record<string, unknown> = {
  root_oneof: { type: 'object', properties: { a: { type: 'string' }, b: { type: 'number' } } },
  root_anyof: { type: 'object', properties: { a: { type: 'string' }, b: { type: 'string' } } },
  root_allof: { type: 'object', properties: { a: { type: 'string' }, c: { type: 'boolean' } } },
  root_enum_not: { type: 'object', properties: { a: { type: 'string' } } },
  root_array: { type: 'object', properties: {} },
};

describe('the schema of a tool', () => {
  test.each(given)(
    '$name is, byte for byte, what the real client sends or the backend asks for',
    (tool) => {
      const safeName = tool.name.replaceAll(/[^\w-]/g, '_');
      const ours = functionTool({ ...tool, parameters: tool.inputSchema });
      const theirs = ruledByBackend[tool.name] ?? real.get(safeName);
      expect(theirs).toBeDefined();
      // The real client loses the description of a property that has no type.
      const sent = JSON.stringify(ours.parameters).replace('{"description":"no type"}', '{}');
      expect(sent).toBe(JSON.stringify(theirs));
      expect(ours.name).toBe(safeName.slice(0, 64));
    },
  );

  test.each([
    [
      'title, default and examples go',
      { type: 'string', title: 'T', default: 1, examples: [] },
      { type: 'string' },
    ],
    [
      'limits go',
      { type: 'number', minimum: 1, maximum: 2, multipleOf: 3, exclusiveMinimum: 0 },
      { type: 'number' },
    ],
    [
      'formats go',
      { type: 'string', format: 'uri', pattern: '^a', minLength: 1 },
      { type: 'string' },
    ],
    ['not goes', { not: { type: 'null' } }, {}],
    [
      'patternProperties go',
      { type: 'object', patternProperties: { a: {} } },
      { type: 'object', properties: {} },
    ],
    ['const becomes enum', { const: 'K' }, { type: 'string', enum: ['K'] }],
    ['a number const keeps its type', { const: 5 }, { type: 'number', enum: [5] }],
    ['a boolean schema becomes a string', true, { type: 'string' }],
    ['an array gets items', { type: 'array' }, { type: 'array', items: { type: 'string' } }],
    [
      'a nullable array gets items',
      { type: ['array', 'null'] },
      { type: ['array', 'null'], items: { type: 'string' } },
    ],
    [
      'a tuple becomes any of its items',
      { type: 'array', items: [{ type: 'string' }, { type: 'number' }] },
      { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'number' }] } },
    ],
    ['an object gets properties', { type: 'object' }, { type: 'object', properties: {} }],
    [
      'type and enum beside a combinator go',
      { type: 'string', enum: ['a'], oneOf: [{ type: 'string' }] },
      { oneOf: [{ type: 'string' }] },
    ],
    [
      'a name that is required and not there goes',
      { type: 'object', properties: { a: {} }, required: ['a', 'b', 'a'] },
      { type: 'object', properties: { a: {} }, required: ['a'] },
    ],
    [
      'a name as odd as __proto__ is a property',
      JSON.parse(
        '{"type":"object","properties":{"__proto__":{"type":"string"}},"required":["__proto__","toString"]}',
      ),
      JSON.parse(
        '{"type":"object","properties":{"__proto__":{"type":"string"}},"required":["__proto__"]}',
      ),
    ],
    ['a reference to nothing means anything', { $ref: '#/$defs/Nobody' }, {}],
    ['a reference elsewhere means anything', { $ref: 'https://example.com/schema' }, {}],
    ['a type that nobody knows goes', { type: 'date' }, {}],
  ])('%s', (_, schema, wanted) => {
    expect(property(schema)).toEqual(wanted);
  });

  test('of a root that is a reference is what it refers to', () => {
    const $defs = { Args: { type: 'object', properties: { a: { const: 1 } }, required: ['a'] } };
    expect(parametersOf({ $ref: '#/$defs/Args', $defs })).toMatchObject({
      type: 'object',
      properties: { a: { type: 'number', enum: [1] } },
      required: ['a'],
    });
  });

  test('of branches that describe a property differently allows each of them', () => {
    const branch = (kind: string, name: string) => ({
      properties: { kind: { const: kind }, [name]: { type: 'string' } },
      required: ['kind', name],
    });
    expect(parametersOf({ oneOf: [branch('a', 'x'), branch('b', 'y')] })).toEqual({
      type: 'object',
      properties: {
        kind: {
          anyOf: [
            { type: 'string', enum: ['a'] },
            { type: 'string', enum: ['b'] },
          ],
        },
        x: { type: 'string' },
        y: { type: 'string' },
      },
      required: ['kind'],
    });
  });

  test('of any depth and size is bounded, takes linear time and stays within the stack', () => {
    let deep: Record<string, unknown> = { type: 'string' };
    for (let level = 0; level < 20_000; level++) {
      deep = { type: 'object', properties: { a: deep }, anyOf: [deep] };
    }
    const wide = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, at) => [
        `p${at}`,
        { type: 'string', description: 'd'.repeat(90) },
      ]),
    );
    const branches = (level: number): object =>
      level === 0 ? {} : { anyOf: Array.from({ length: 40 }, () => branches(level - 1)) };
    for (const schema of [
      deep,
      { type: 'object', properties: wide },
      { oneOf: [deep] },
      { not: deep },
      branches(3),
    ]) {
      const tool = functionTool({ name: 'x1', description: '', parameters: { ...schema } });
      expect(JSON.stringify(tool).length).toBeLessThan(110_000);
      expect(refuseTools({ tools: [tool] })).toBeUndefined();
    }
  });
});

const anySchema = fc.letrec<{ schema: unknown }>((tie) => {
  const list = fc.array(tie('schema'), { maxLength: 2 });
  const held = fc.dictionary(
    fc.constantFrom('a', 'b', 'c', '__proto__', 'toString'),
    tie('schema'),
  );
  return {
    schema: fc.oneof(
      { maxDepth: 3, depthSize: 'small', withCrossShrink: true },
      fc.boolean(),
      fc.constantFrom(null, 3, 'x'),
      fc.record(
        {
          type: fc.constantFrom(
            'object',
            'array',
            'string',
            ['object', 'null'],
            ['array'],
            'odd',
            5,
          ),
          properties: held,
          required: fc.array(fc.constantFrom('a', 'b', 'gone', 5)),
          items: fc.oneof(tie('schema'), list),
          enum: fc.array(fc.constantFrom('a', 1, null, {})),
          const: fc.constantFrom('a', 1, null),
          anyOf: list,
          oneOf: list,
          allOf: list,
          not: tie('schema'),
          $ref: fc.constantFrom('#/$defs/a', '#/$defs/zzz', '#', 'x'),
          $defs: held,
          additionalProperties: tie('schema'),
          title: fc.string(),
          description: fc.constantFrom('d', 5),
          format: fc.string(),
        },
        { requiredKeys: [] },
      ),
    ),
  };
});

const droppedKeys = new Set([
  'title',
  'default',
  'examples',
  'format',
  'pattern',
  'not',
  'const',
  '$schema',
]);

/** Every schema in a schema, wherever one may stand. */
function* schemasIn(schema: unknown): Generator<Record<string, unknown>> {
  const parsed = object.safeParse(schema);
  if (!parsed.success) return;
  yield parsed.data;
  for (const key of ['properties', '$defs', 'definitions']) {
    for (const inner of Object.values(object.safeParse(parsed.data[key]).data ?? {}))
      yield* schemasIn(inner);
  }
  for (const key of ['anyOf', 'oneOf', 'allOf', 'items', 'additionalProperties']) {
    for (const inner of [parsed.data[key]].flat()) yield* schemasIn(inner);
  }
}

test('no schema becomes one that the backend refuses or answers with nothing (S1-14)', () => {
  fc.assert(
    fc.property(anySchema.schema, (schema) => {
      const parameters = object.safeParse(schema).data ?? {};
      const before = JSON.stringify(parameters);
      const tool = functionTool({ name: 'x1', description: '', parameters });
      expect(JSON.stringify(parameters)).toBe(before);
      expect(refuseTools({ tools: [tool] })).toBeUndefined();
      for (const one of schemasIn(tool.parameters)) {
        expect(Object.keys(one).filter((key) => droppedKeys.has(key))).toEqual([]);
        const names = Object.keys(object.safeParse(one['properties']).data ?? {});
        const required = z.array(z.string()).parse(one['required'] ?? []);
        for (const name of required) expect(names).toContain(name);
        expect(new Set(required).size).toBe(required.length);
        if ('anyOf' in one || 'oneOf' in one || 'allOf' in one) {
          expect(one).not.toHaveProperty('type');
          expect(one).not.toHaveProperty('enum');
        }
      }
    }),
    { numRuns: 400 },
  );
});
