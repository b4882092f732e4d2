import * as vscode from 'vscode';
import type { Clock } from '../../base/async/clock.ts';
import type { Http } from '../../base/http.ts';
import type { Log } from '../../base/log.ts';
import { createAnswerLimit } from '../../core/auth/answerLimit.ts';
import { checkApiKey, readApiKey, toApiKeyCredential } from '../../core/auth/apiKey.ts';
import {
  credentialLabel,
  type Credential,
  type CredentialStore,
} from '../../core/auth/credential.ts';
import { describeAuthFailure } from '../../core/auth/authFailureText.ts';
import { AuthError } from '../../core/auth/errors.ts';

export interface ApiKeyDeps {
  store: CredentialStore;
  http: Http;
  clock: Clock;
  log: Log;
  userAgent: string;
  /** Address of the OpenAI API. */
  api: () => string;
}

/**
 * Asks for a key of the OpenAI API until one is accepted or the person gives up. Gives the id of
 * the credential; undefined when nothing was stored.
 */
export function createApiKeyEntry(deps: ApiKeyDeps): () => Promise<string | undefined> {
  const { store, clock, log, api } = deps;
  return async () => {
    let problem: string | undefined;
    for (;;) {
      const text = await vscode.window.showInputBox({
        title: vscode.l10n.t('Use an OpenAI API key'),
        prompt:
          problem ??
          vscode.l10n.t(
            'OpenAI bills each request. The key is kept in VS Code’s secret storage and sent only to {0}.',
            new URL(api()).host,
          ),
        placeHolder: 'sk-…',
        password: true,
        ignoreFocusOut: true,
      });
      if (text === undefined) return undefined;
      const key = readApiKey(text);
      const credential = key && (await toApiKeyCredential(key, api(), clock.now()));
      problem = credential
        ? await problemOf(credential, deps)
        : describeAuthFailure({ kind: 'badKey' });
      if (!credential || problem !== undefined) continue;
      await store.put(credential);
      log.info('took a key of the OpenAI API');
      const taken = vscode.l10n.t('Now using {0}.', credentialLabel(credential));
      void vscode.window.showInformationMessage(taken);
      return credential.id;
    }
  };
}

/** Why the API does not take the key, one sentence or two; undefined when it does. */
async function problemOf(
  credential: Credential,
  { http, clock, log, userAgent }: ApiKeyDeps,
): Promise<string | undefined> {
  const location = vscode.ProgressLocation.Window;
  const title = vscode.l10n.t('Checking the API key');
  const headers = { 'user-agent': userAgent };
  const limit = createAnswerLimit(clock);
  const { signal } = new AbortController();
  try {
    await vscode.window.withProgress({ location, title }, () =>
      checkApiKey({ http, headers, limit }, credential, signal),
    );
    return undefined;
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    log.info(`an API key was not taken: ${error.failure.kind}`);
    return error.message;
  }
}
