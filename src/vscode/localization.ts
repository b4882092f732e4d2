import * as vscode from 'vscode';
import { omitUndefined } from '../base/omitUndefined.ts';
import type { Localization } from '../shared/l10n.ts';

/** The language of the editor and, unless it is English, the translations into it. */
export function editorLocalization(): Localization {
  const bundle = vscode.l10n.bundle;
  return { language: vscode.env.language, ...omitUndefined({ bundle }) };
}
