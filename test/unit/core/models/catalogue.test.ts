import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bundledModels } from '../../../../src/core/models/bundled.ts';
import { readCatalogue } from '../../../../src/core/models/catalogue.ts';

const captured: { models: Record<string, unknown>[] } = JSON.parse(
  readFileSync(
    new URL('../../../fixtures/responses/models_catalogue_0.169.0_redacted.json', import.meta.url),
    'utf8',
  ),
);

test('reads the captured catalogue as the bundled one, the default first', () => {
  expect(readCatalogue(captured)).toEqual({ models: bundledModels, skipped: 0 });
});

test('reads what a live entry adds: descriptions, levels as objects, the client it needs', () => {
  const live = {
    slug: 'gpt-7',
    display_name: ' GPT-7 ',
    description: 'For long work.',
    use_responses_lite: true,
    context_window: 400_000,
    effective_context_window_percent: 90,
    supported_reasoning_levels: [{ effort: 'low', description: 'Fast' }, { effort: 'high' }],
    default_reasoning_level: 'high',
    support_verbosity: true,
    default_verbosity: 'medium',
    supports_parallel_tool_calls: false,
    visibility: 'list',
    priority: 3,
    minimal_client_version: '0.144.0',
    base_instructions: 'not kept',
  };
  expect(readCatalogue({ models: [live] })).toEqual({
    skipped: 0,
    models: [
      {
        slug: 'gpt-7',
        name: 'GPT-7',
        description: 'For long work.',
        lite: true,
        contextWindow: 400_000,
        effectivePercent: 90,
        efforts: ['low', 'high'],
        defaultEffort: 'high',
        supportsVerbosity: true,
        defaultVerbosity: 'medium',
        supportsParallel: false,
        hidden: false,
        priority: 3,
        minimalClientVersion: '0.144.0',
      },
    ],
  });
});

test('takes the usual figures for what an entry leaves out', () => {
  expect(readCatalogue({ models: [{ slug: 'new', description: null, visibility: null }] })).toEqual(
    {
      skipped: 0,
      models: [
        {
          slug: 'new',
          name: 'new',
          description: '',
          lite: false,
          contextWindow: 272_000,
          effectivePercent: 95,
          efforts: [],
          supportsVerbosity: false,
          hidden: false,
          priority: Number.MAX_SAFE_INTEGER,
        },
      ],
    },
  );
});

test.each([
  null,
  'gpt',
  {},
  { slug: '' },
  { slug: 7 },
  { slug: 'x', use_responses_lite: 'yes' },
  { slug: 'x', context_window: 0 },
  { slug: 'x', supported_reasoning_levels: [7] },
])('skips an entry that does not parse and keeps the others: %o', (bad) => {
  const read = readCatalogue({ models: [bad, { slug: 'good' }] });
  expect(read).toMatchObject({ skipped: 1, models: [{ slug: 'good' }] });
});

test('an odd word beside the point does not cost a model', () => {
  const odd = { slug: 'x', default_verbosity: 'shouting', minimal_client_version: [0, 144, 0] };
  expect(readCatalogue({ models: [odd] })?.skipped).toBe(0);
});

test('never throws, and every model it gives can be asked for', () => {
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.record({ models: fc.jsonValue() })), (body) => {
      for (const { slug, contextWindow } of readCatalogue(body)?.models ?? []) {
        expect(slug.length > 0 && contextWindow > 0).toBe(true);
      }
    }),
  );
});

test('keeps the model that is recommended in the place of another, as an object or a slug', () => {
  const read = (upgrade: unknown) => readCatalogue({ models: [{ slug: 'a', upgrade }] })?.models[0];
  expect(read({ model: 'b', migration_markdown: '' })?.upgrade).toBe('b');
  expect(read('b')?.upgrade).toBe('b');
  for (const odd of [null, 7, '', {}, { model: 5 }])
    expect(read(odd)).not.toHaveProperty('upgrade');
});
