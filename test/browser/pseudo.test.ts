import { expect, test } from 'vitest';
import { extractBundle } from '../support/messages.ts';
import {
  bareWords,
  pseudoBundle,
  pseudoLanguage,
  pseudoText,
  shownTexts,
} from '../support/pseudo.ts';
import { usageSamples } from '../support/usageSample.ts';
import { scenes, snapshot } from './panelScenes.ts';
import { usePanels } from './panels.ts';
import { receiptTurns } from './receiptScenes.ts';
import { usageScene } from './usageScenes.ts';

const panels = usePanels();
const localization = { language: pseudoLanguage, bundle: pseudoBundle(extractBundle()) };

test('the pseudo translation keeps arguments, icons, links and the frame of a plural', () => {
  expect(pseudoText('Use {0} of $(graph) [Usage](command:codex.usage)')).toBe(
    'Úšé {0} óƒ $(graph) [Úšáğé](command:codex.usage)',
  );
  expect(pseudoText('{0, plural, one {# row of {1}} other {# rows of {1}}}')).toBe(
    '{0, plural, one {# ŕóŵ óƒ {1}} other {# ŕóŵš óƒ {1}}}',
  );
});

/** Fields that say what a message is, not what it shows. */
const kinds = new Set(['type', 'kind', 'state', 'status', 'actions', 'scope', 'span', 'source']);

/** The words of the messages that the host sent: none of them is a text of the panel. */
function hostWords(messages: readonly unknown[]): Set<string> {
  const words = new Set<string>();
  const visit = (value: unknown) => {
    if (typeof value === 'string')
      for (const word of value.match(/[A-Za-z]+/g) ?? []) words.add(word);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) if (!kinds.has(key)) visit(inner);
    }
  };
  messages.forEach(visit);
  return words;
}

/** Languages of code are called so everywhere; an address is the example in the field for one. */
const names = /\b(?:TypeScript|JavaScript|Python|JSON|Bash|Diff|Text)\b|https?:\S+/g;

async function bareIn(messages: readonly Parameters<typeof panels.open>[1][]): Promise<string[]> {
  const sent = messages.filter((message) => message !== undefined);
  const panel = await panels.open({ localization }, ...sent);
  const fromHost = hostWords(sent);
  const lines = await panel.page.evaluate<string[]>(shownTexts);
  expect(lines.join(' ')).toMatch(/[áéíóú]/);
  return lines.flatMap((line) =>
    bareWords(line, [names]).filter((run) =>
      run.split(/[ ’'-]/).some((word) => word.length > 1 && !fromHost.has(word)),
    ),
  );
}

const allScenes = { ...scenes, receipts: snapshot({ turns: [...receiptTurns] }) };

test.each(Object.entries(allScenes))(
  'no text of the panel is left untranslated: %s',
  async (_, scene) => {
    expect(await bareIn([scene])).toEqual([]);
  },
);

test.each(usageSamples)('no text of the Usage page is left untranslated: %s', async (name) => {
  const open = { type: 'usage/open' } as const;
  expect(await bareIn([snapshot(), open, ...usageScene(name)])).toEqual([]);
});
