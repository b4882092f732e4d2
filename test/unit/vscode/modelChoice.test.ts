import { expect, test } from 'vitest';
import { bundledModels } from '../../../src/core/models/bundled.ts';
import { lowerEfforts, resolveModel } from '../../../src/core/models/resolve.ts';
import { readSettings } from '../../../src/core/settings/settings.ts';
import { createModelChoice } from '../../../src/vscode/chat/modelChoice.ts';

function open(settings: Record<string, unknown> = {}) {
  const stored = new Map<string, unknown>();
  let isBroken = false;
  const choice = createModelChoice({
    memento: {
      get: (key) => stored.get(key),
      async update(key, value) {
        if (isBroken) throw new Error('full');
        stored.set(key, value);
      },
    },
    models: { resolve: (slug, effort) => resolveModel(bundledModels, slug, effort) },
    settings: () => readSettings(settings),
  });
  let picks = 0;
  choice.onDidPick(() => picks++);
  return {
    choice,
    break: () => (isBroken = true),
    picks: () => picks,
    chosen: () => [choice.resolve().model.slug, choice.resolve().level],
  };
}

const [first, second] = bundledModels.filter(({ hidden }) => !hidden);

test('another effort keeps the picked model, and both are announced', async () => {
  const { choice, chosen, picks } = open();
  const slug = second?.slug ?? '';
  await choice.pick(slug, 'high');
  expect([chosen(), picks()]).toEqual([[slug, 'high'], 1]);
  await choice.pickEffort('low');
  expect([chosen(), picks()]).toEqual([[slug, 'low'], 2]);
});

test('what cannot be stored is not announced', async () => {
  const world = open();
  world.break();
  await expect(world.choice.pick(first?.slug ?? '', 'low')).rejects.toThrow('full');
  expect(world.picks()).toBe(0);
});

test.each([
  ['high', ['medium', 'low']],
  ['low', []],
])('below the effort %s are %j, the highest first', (level, expected) => {
  const model = { ...bundledModels[0], efforts: ['low', 'medium', 'high'] };
  expect(lowerEfforts({ model, level })).toEqual(expected);
});

test('a model that does not reason has no lower effort', () => {
  expect(lowerEfforts({ model: { ...bundledModels[0], efforts: [] } })).toEqual([]);
});
