import * as z from 'zod/mini';
import type { Localization } from '../../src/shared/l10n.ts';

const translations = z.record(
  z.string(),
  z.union([z.string(), z.object({ message: z.string(), comment: z.array(z.string()) })]),
);

/** The language and the translations that came with the page (`src/vscode/chat/chatHtml.ts`). */
export function pageLocalization(): Localization {
  const text = document.getElementById('translations')?.textContent;
  return readLocalization(document.documentElement.lang, text);
}

/**
 * English where the translations cannot be read, for a mix of languages helps nobody.
 *
 * @param text - JSON of the translations; undefined when the page has none
 */
export function readLocalization(language: string, text: string | undefined): Localization {
  if (text === undefined) return { language };
  const parsed = translations.safeParse(parseJson(text));
  return parsed.success ? { language, bundle: parsed.data } : { language: 'en' };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
