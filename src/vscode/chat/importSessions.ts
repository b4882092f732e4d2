import * as vscode from 'vscode';
import { describeError } from '../../base/describeError.ts';
import type { Log } from '../../base/log.ts';
import type {
  RolloutFolder,
  RolloutHead,
  RolloutSession,
} from '../../core/conversations/rollouts/rolloutFiles.ts';
import { sessionsOf } from '../../core/conversations/rollouts/rolloutFiles.ts';
import type { SessionImport } from '../../core/conversations/rollouts/importSession.ts';
import { formatTimeSince, plural } from '../../shared/format.ts';

export interface ImportSessionsDeps {
  readonly folder: Pick<RolloutFolder, 'heads'>;
  readonly importSession: (
    heads: readonly RolloutHead[],
    session: RolloutSession,
    onProgress: (bytes: number) => void,
    signal: AbortSignal,
  ) => Promise<SessionImport>;
  /** Shows a chat. */
  readonly open: (chatId: string) => unknown;
  readonly now: () => number;
  readonly log: Log;
}

interface SessionItem extends vscode.QuickPickItem {
  readonly session: RolloutSession;
}

/** Lets the user pick sessions of the Codex CLI, and says what became of each. */
export async function importSessions(deps: ImportSessionsDeps): Promise<void> {
  const found = await withProgress(vscode.l10n.t('Looking for Codex CLI sessions'), (signal) =>
    deps.folder.heads(signal),
  );
  if (!found) return;
  const { sessions, subagents, unreadable } = sessionsOf(found);
  if (sessions.length === 0) return void say(emptyText(unreadable));
  const picked = await vscode.window.showQuickPick(
    sessions.map((session) => toItem(session, deps.now())),
    {
      canPickMany: true,
      matchOnDescription: true,
      matchOnDetail: true,
      title: vscode.l10n.t('Import from Codex CLI'),
      placeHolder: listText(sessions.length, subagents, unreadable),
    },
  );
  if (!picked || picked.length === 0) return;
  await importAll(deps, found.heads, picked);
}

function toItem(session: RolloutSession, nowMs: number): SessionItem {
  const { title, cwd, changedAtMs, isArchived } = session;
  const when = formatTimeSince(changedAtMs, nowMs);
  const label = title.replaceAll('$(', '$\u200B(') || vscode.l10n.t('Untitled session');
  const description = isArchived ? vscode.l10n.t('{0}, archived', when) : when;
  return { label, description, session, ...(cwd === undefined ? {} : { detail: cwd }) };
}

async function importAll(
  deps: ImportSessionsDeps,
  heads: readonly RolloutHead[],
  items: readonly SessionItem[],
): Promise<void> {
  const done: SessionImport[] = [];
  let failed = 0;
  const total = items.reduce((sum, { session }) => sum + session.size, 0);
  await withProgress(vscode.l10n.t('Importing from Codex CLI'), async (signal, show) => {
    for (const { session, label } of items) {
      show(label, 0);
      const onProgress = (bytes: number) => show(label, (100 * bytes) / Math.max(1, total));
      try {
        done.push(await deps.importSession(heads, session, onProgress, signal));
      } catch (error) {
        if (signal.aborted) return;
        failed++;
        deps.log.warn(`a session was not imported: ${describeError(error)}`);
      }
    }
  });
  await report(deps, done, failed);
}

async function report(
  deps: ImportSessionsDeps,
  done: readonly SessionImport[],
  failed: number,
): Promise<void> {
  const text = resultText(done, failed);
  const chats = done.flatMap(({ outcome, chatId }) =>
    outcome === 'added' || outcome === 'unchanged' ? (chatId ?? []) : [],
  );
  const [chat] = chats;
  const openIt = vscode.l10n.t('Open Chat');
  const actions = chats.length === 1 ? [openIt] : [];
  const shown =
    failed > 0
      ? vscode.window.showWarningMessage(text, ...actions)
      : vscode.window.showInformationMessage(text, ...actions);
  if ((await shown) === openIt && chat !== undefined) await deps.open(chat);
}

/** What happened, in sentences. */
export function resultText(done: readonly SessionImport[], failed: number): string {
  const count = (outcome: SessionImport['outcome']) =>
    done.filter((one) => one.outcome === outcome).length;
  const sum = (of: (one: SessionImport) => number) => done.reduce((all, one) => all + of(one), 0);
  const sentence = (text: string, number: number) => (number > 0 ? [plural(text, number)] : []);
  const sentences = [
    ...sentence(
      vscode.l10n.t('{0, plural, one {Imported # session.} other {Imported # sessions.}}'),
      count('added'),
    ),
    ...sentence(
      vscode.l10n.t(
        '{0, plural, one {# session has nothing new.} other {# sessions have nothing new.}}',
      ),
      count('unchanged'),
    ),
    ...sentence(
      vscode.l10n.t(
        '{0, plural, one {# session has no messages.} other {# sessions have no messages.}}',
      ),
      count('empty'),
    ),
    ...sentence(
      vscode.l10n.t(
        '{0, plural, one {# chat is in use in another window. Try again when its turn is over.} other {# chats are in use in other windows. Try again when their turns are over.}}',
      ),
      count('inUse'),
    ),
    ...sentence(
      vscode.l10n.t(
        '{0, plural, one {# session could not be read; the log says why.} other {# sessions could not be read; the log says why.}}',
      ),
      failed,
    ),
    ...sentence(
      vscode.l10n.t(
        '{0, plural, one {# damaged line was left out.} other {# damaged lines were left out.}}',
      ),
      sum(({ damagedLines }) => damagedLines),
    ),
    ...sentence(
      vscode.l10n.t(
        '{0, plural, one {# turn at the beginning was left out, as the session is too long.} other {# turns at the beginning were left out, as the session is too long.}}',
      ),
      sum(({ cutTurns }) => cutTurns),
    ),
    ...sentence(
      vscode.l10n.t(
        '{0, plural, one {# session is a fork whose original is gone, so its beginning is missing.} other {# sessions are forks whose originals are gone, so their beginnings are missing.}}',
      ),
      done.filter(({ isBaseMissing }) => isBaseMissing).length,
    ),
    ...sentence(
      vscode.l10n.t(
        '{0, plural, one {# chat could not be saved yet and is kept in memory.} other {# chats could not be saved yet and are kept in memory.}}',
      ),
      done.filter(({ isSaved }) => !isSaved).length,
    ),
  ];
  return sentences.join(' ') || vscode.l10n.t('Nothing was imported.');
}

function listText(sessions: number, subagents: number, unreadable: number): string {
  const texts = [
    plural(
      vscode.l10n.t('{0, plural, one {# session} other {# sessions}}. Pick those to import.'),
      sessions,
    ),
  ];
  if (subagents > 0) {
    texts.push(
      plural(
        vscode.l10n.t(
          '{0, plural, one {# session of a subagent is not listed.} other {# sessions of subagents are not listed.}}',
        ),
        subagents,
      ),
    );
  }
  if (unreadable > 0) texts.push(unreadableText(unreadable));
  return texts.join(' ');
}

function emptyText(unreadable: number): string {
  const text = vscode.l10n.t('No Codex CLI sessions were found.');
  return unreadable > 0 ? `${text} ${unreadableText(unreadable)}` : text;
}

const unreadableText = (files: number) =>
  plural(
    vscode.l10n.t(
      '{0, plural, one {# file could not be read.} other {# files could not be read.}}',
    ),
    files,
  );

const say = (text: string) => vscode.window.showInformationMessage(text);

/** Undefined when the user has canceled it. */
function withProgress<T>(
  title: string,
  work: (signal: AbortSignal, report: (message: string, increment: number) => void) => Promise<T>,
): Promise<T | undefined> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return Promise.resolve(
    vscode.window.withProgress(options, async (progress, token) => {
      const abort = new AbortController();
      const subscription = token.onCancellationRequested(() => abort.abort());
      try {
        return await work(abort.signal, (message, increment) =>
          progress.report({ message, increment }),
        );
      } catch (error) {
        if (abort.signal.aborted) return undefined;
        throw error;
      } finally {
        subscription.dispose();
      }
    }),
  );
}
