import { noteText } from '../../../../src/core/chat/messages/noteText.ts';
import type { ModelNote } from '../../../../src/core/models/modelNote.ts';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bundledModels } from '../../../../src/core/models/bundled.ts';
import { resolveModel } from '../../../../src/core/models/resolve.ts';
import { toModelsView } from '../../../../src/core/models/view.ts';
import { toWebview } from '../../../../src/shared/protocol/messages.ts';

/** As people read them. */
const textOf = (notes: readonly ModelNote[]) =>
  notes.length === 0 ? undefined : notes.map((note) => noteText(note, 0)).join(' ');

const resolve = (slug: string, effort = '') => {
  const { model, level, effort: sent, notes } = resolveModel(bundledModels, slug, effort);
  return [model.slug, level, sent, textOf(notes)];
};

test.each([
  ['', 'gpt-6.1-sol', 'low'],
  ['gpt-5.5', 'gpt-5.5', 'medium'],
  [' GPT-5.5 ', 'gpt-5.5', 'medium'],
  ['openai/gpt-5.5', 'gpt-5.5', 'medium'],
  ['gpt-5.5:high', 'gpt-5.5', 'high'],
  ['openai/gpt-5.5:xhigh', 'gpt-5.5', 'xhigh'],
  ['codex-auto-review', 'codex-auto-review', 'medium'],
])('finds “%s” without a word', (slug, found, effort) => {
  expect(resolve(slug)).toEqual([found, effort, effort, undefined]);
});

test.each(['gpt-5.5-pro', 'gpt-5', 'gpt-7', 'codex-maxi'])(
  'does not take “%s” for a model that resembles it, and says what it uses',
  (slug) => {
    const note = `The model “${slug}” isn’t available. Using GPT-6.1-Sol.`;
    expect(resolve(slug)).toEqual(['gpt-6.1-sol', 'low', 'low', note]);
  },
);

const clamped = (name: string, wanted: string, used: string) =>
  `${name} doesn’t support the effort “${wanted}”. Using “${used}”.`;

test.each([
  ['gpt-5.5', 'minimal', 'low', 'low', clamped('GPT-5.5', 'minimal', 'low')],
  ['gpt-5.5', 'xhigh', 'xhigh', 'xhigh', undefined],
  ['gpt-5.5', 'max', 'xhigh', 'xhigh', clamped('GPT-5.5', 'max', 'xhigh')],
  ['gpt-5.5', 'maximum', 'xhigh', 'xhigh', clamped('GPT-5.5', 'maximum', 'xhigh')],
  ['gpt-5.5', 'ultra', 'xhigh', 'xhigh', clamped('GPT-5.5', 'ultra', 'xhigh')],
  ['gpt-5.5', 'wild', 'medium', 'medium', clamped('GPT-5.5', 'wild', 'medium')],
  ['gpt-5.5', 'HIGH', 'high', 'high', undefined],
  ['gpt-6-luna', 'ultra', 'max', 'max', clamped('GPT-6-Luna', 'ultra', 'max')],
  ['gpt-6.1-sol', 'max', 'max', 'max', undefined],
  ['gpt-6.1-sol', 'ultra', 'ultra', 'xhigh', undefined],
  ['gpt-5.5:low', 'high', 'high', 'high', undefined],
  ['gpt-5.5', 'off', undefined, undefined, undefined],
  ['gpt-5.5', 'none', undefined, undefined, undefined],
  ['gpt-5.5', 'disabled', undefined, undefined, undefined],
])('%s with effort “%s” works at %s and sends %s', (slug, wanted, level, sent, note) => {
  expect(resolve(slug, wanted).slice(1)).toEqual([level, sent, note]);
});

test('sends no effort for a model that has none', () => {
  const model = { ...bundledModels[0], efforts: [] };
  expect(resolveModel([model], '', 'high')).toEqual({ model, notes: [] });
});

test('prefers a listed model for the default, and takes a hidden one when there is no other', () => {
  const hidden = { ...bundledModels[0], slug: 'h', hidden: true };
  expect(resolveModel([hidden, bundledModels[1]!], '', '').model.slug).toBe('gpt-6-astra');
  expect(resolveModel([hidden], '', '').model.slug).toBe('h');
});

test('always gives a model on offer, and an effort that it has', () => {
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom('gpt-5.5', 'x/gpt-6-sol:ultra', 'ultra', 'none', 'minimal', ':', '/'),
  );
  fc.assert(
    fc.property(word, word, (slug, effort) => {
      const { model, level, effort: sent } = resolveModel(bundledModels, slug, effort);
      expect(bundledModels).toContain(model);
      if (level !== undefined) expect(model.efforts).toContain(level);
      expect(sent).not.toBe('ultra');
      if (sent !== undefined) expect(model.efforts).toContain(sent);
    }),
  );
});

test('the picker lists what is not hidden, and the chosen one', () => {
  const known = { models: bundledModels, source: 'bundled' as const };
  const view = toModelsView(known, resolveModel(bundledModels, 'codex-auto-review', 'off'));
  expect(view.list.map(({ slug }) => slug)).toEqual([
    'gpt-6.1-sol',
    'gpt-6-astra',
    'gpt-6-sol',
    'gpt-6-luna',
    'gpt-5.6-sol',
    'gpt-6.1-terra',
    'gpt-5.6-terra',
    'gpt-5.6-luna',
    'gpt-5.5',
    'codex-auto-review',
  ]);
  expect(view.selected).toEqual({ slug: 'codex-auto-review' });
  expect(toWebview.safeParse({ type: 'models', seq: 1, models: view }).success).toBe(true);
});

const listed = (slug: string, more: object = {}) => ({
  ...bundledModels[0],
  slug,
  name: slug,
  ...more,
});
const chain = [listed('default'), listed('new', { priority: 9 })] as const;

test.each([
  ['codex-mini', 'gpt-5.6-luna'],
  ['openai/gpt-5.1-codex-mini:low', 'gpt-5.6-luna'],
  ['gpt-5-codex', 'gpt-5.5'],
  ['gpt-5.1-codex', 'gpt-5.5'],
  ['GPT-5.1-codex-max', 'gpt-5.5'],
  ['gpt-5.2', 'gpt-5.5'],
  ['gpt-5.2-codex', 'gpt-5.5'],
  ['gpt-5.3-codex', 'gpt-5.5'],
  ['spark', 'gpt-5.6-luna'],
])('leads from %s, which is gone, to its successor %s, and says so', (slug, successor) => {
  const { model, notes } = resolveModel(bundledModels, slug, '');
  expect(model.slug).toBe(successor);
  expect(textOf(notes)).toContain(`isn’t available. Using its successor ${model.name}.`);
});

test('follows the upgrades of the catalogue over refused and hidden models to a listed one', () => {
  const models = [
    chain[0],
    listed('a', { upgrade: 'B', priority: 2 }),
    listed('b', { upgrade: 'c', hidden: true, priority: 3 }),
    listed('c', { upgrade: 'new', priority: 4 }),
    chain[1],
  ] as const;
  const gone = new Set(['a', 'c']);
  expect(resolveModel([...models], 'a', '', gone).model.slug).toBe('new');
  expect(resolveModel([...models], 'a', '').model.slug).toBe('a');
});

test('takes the default where upgrades turn in a circle or lead nowhere', () => {
  const circle = [
    chain[0],
    listed('a', { upgrade: 'b', hidden: true }),
    listed('b', { upgrade: 'a', hidden: true }),
  ] as const;
  const { model, notes } = resolveModel([...circle], 'a', '', new Set(['a']));
  expect([model.slug, textOf(notes)]).toEqual([
    'default',
    'The model “a” isn’t available. Using default.',
  ]);
});

test('leads on from a default that was refused, and stays with it where nothing else is left', () => {
  const { model, notes } = resolveModel([...chain], '', '', new Set(['default']));
  expect(model.slug).toBe('new');
  expect(textOf(notes)).toContain('“default”');
  expect(resolveModel([...chain], '', '', new Set(['default', 'new'])).model.slug).toBe('default');
});

test('always ends at a model on offer, whatever the upgrades are (S2-11)', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'spark', '__proto__', 'constructor');
  const model = fc.record({ slug: name, upgrade: name, hidden: fc.boolean() });
  const lists = fc.array(model, { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(lists, name, fc.array(name), (found, wanted, refused) => {
      const [first, ...others] = found.map((one) => listed(one.slug, one));
      if (!first) return;
      const result = resolveModel([first, ...others], wanted, '', new Set(refused));
      expect([first, ...others]).toContain(result.model);
    }),
  );
});
