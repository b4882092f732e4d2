import { afterEach, describe, expect, test } from 'vitest';
import { bundledModels } from '../../../src/core/models/bundled.ts';
import { resolveModel } from '../../../src/core/models/resolve.ts';
import { readSettings } from '../../../src/core/settings/settings.ts';
import { createModelChoice } from '../../../src/vscode/chat/modelChoice.ts';
import { createRequestSettings } from '../../../src/vscode/chat/requestSettings.ts';
import { editor } from '../../support/vscode.ts';

afterEach(() => editor.reset());

function memento(stored?: unknown) {
  const values = new Map<string, unknown>(
    stored === undefined ? [] : [['codexChat.modelChoice', stored]],
  );
  return {
    values,
    get: (key: string) => values.get(key),
    update: async (key: string, value: unknown) => void values.set(key, value),
    keys: () => [...values.keys()],
  };
}

function createWorld(raw: Record<string, unknown> = {}, stored?: unknown) {
  const store = memento(stored);
  const settings = () => readSettings(raw);
  const models = {
    resolve: (slug: string, effort: string) => resolveModel(bundledModels, slug, effort),
  };
  const choice = createModelChoice({ memento: store, models, settings });
  return { store, choice, basis: createRequestSettings(choice, settings) };
}

describe('the model of a chat', () => {
  test('is what was picked in the workspace, over the setting, over the default', () => {
    const slugOf = (...given: Parameters<typeof createWorld>) =>
      createWorld(...given).choice.resolve().model.slug;
    expect(slugOf()).toBe('gpt-6.1-sol');
    expect(slugOf({ model: 'gpt-5.5' })).toBe('gpt-5.5');
    expect(slugOf({ model: 'gpt-5.5' }, { slug: 'gpt-6-luna' })).toBe('gpt-6-luna');
  });

  test('is the setting again when what was stored of a pick cannot be read', () => {
    for (const stored of [{ slug: 5 }, 'gpt-6-luna', null, { effort: 'low' }]) {
      const { choice } = createWorld({ model: 'gpt-5.5' }, stored);
      expect(choice.resolve().model.slug).toBe('gpt-5.5');
    }
  });

  test('and its effort are kept for the workspace once they are picked', async () => {
    const { choice, basis } = createWorld({ reasoningEffort: 'high' });
    await choice.pick('gpt-5.5', undefined);
    expect(basis()).toMatchObject({ model: { slug: 'gpt-5.5' }, effort: 'high' });
    await choice.pick('gpt-5.5', 'low');
    expect(basis()).toMatchObject({ model: { slug: 'gpt-5.5' }, effort: 'low' });
  });

  test('that is not on offer brings a note to the turn', () => {
    const { basis } = createWorld({ model: 'made-up-model' });
    expect(basis().notes).toMatchObject([{ wanted: 'made-up-model' }]);
  });
});

describe('a request', () => {
  test('takes verbosity and summary from the settings, and sends no default', () => {
    expect(createWorld().basis()).toMatchObject({ verbosity: undefined, summary: 'auto' });
    const { basis } = createWorld({ verbosity: 'high', reasoningSummary: 'none' });
    expect(basis()).toMatchObject({ verbosity: 'high', summary: 'none' });
  });

  test('names the workspace and ends with the instructions of the user', () => {
    editor.workspaceName = 'shop';
    const { instructions } = createWorld({ instructions: 'Answer in verse.' }).basis();
    expect(instructions).toContain('shop');
    expect(instructions.endsWith('Answer in verse.')).toBe(true);
  });

  test('of a workspace that is not trusted leaves the instructions out', () => {
    editor.isTrusted = false;
    const { instructions } = createWorld({ instructions: 'Answer in verse.' }).basis();
    expect(instructions).not.toContain('verse');
    expect(instructions).not.toBe('');
  });

  test('knows the part of the context window that can be used', () => {
    const { basis } = createWorld({ model: 'gpt-5.5' });
    expect(basis().windowTokens).toBe(Math.floor(272_000 * 0.95));
  });
});
