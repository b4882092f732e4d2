import * as l10n from '@vscode/l10n';
import { setLanguage } from './format.ts';

/** What decides how texts read. The page of the panel gets it from the host. */
export interface Localization {
  /** As in `vscode.env.language`. */
  readonly language: string;
  /**
   * Translations by English message, as VS Code reads them from
   * `media/l10n/bundle.l10n.<language>.json`. Absent in English, the language of the source.
   */
  readonly bundle?: Translations | undefined;
}

export type Translations = Record<string, string | { message: string; comment: string[] }>;

/**
 * Sets the language of all texts that `l10n.t` and `format.ts` return from now on.
 * Each script calls it before anything else: texts must not be computed while modules load.
 */
export function configureLocalization({ language, bundle = {} }: Localization): void {
  l10n.config({ contents: bundle });
  setLanguage(language);
}
