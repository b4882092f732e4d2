import * as vscode from 'vscode';
import { instructionsFor } from '../../core/chat/instructions.ts';
import type { RequestSettings } from '../../core/chat/requestSettings.ts';
import type { Settings } from '../../core/settings/settings.ts';
import type { ModelChoice } from './modelChoice.ts';

/** Model, effort and instructions as they are chosen now. */
export function createRequestSettings(
  choice: ModelChoice,
  settings: () => Settings,
): () => RequestSettings {
  return () => {
    const { model, effort, notes } = choice.resolve();
    const { instructions, reasoningSummary, verbosity } = settings();
    // A folder that is not trusted may not tell the model what to do.
    const own = vscode.workspace.isTrusted ? instructions : '';
    return {
      model,
      effort,
      notes,
      summary: reasoningSummary,
      verbosity: verbosity === 'default' ? undefined : verbosity,
      instructions: instructionsFor({ workspace: vscode.workspace.name ?? '', own }),
      tools: [],
      windowTokens: Math.floor((model.contextWindow * model.effectivePercent) / 100),
    };
  };
}
