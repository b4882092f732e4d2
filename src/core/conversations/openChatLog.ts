import { createEmitter } from '../../base/event.ts';
import { traceError } from '../../base/describeError.ts';
import type { Disposable } from '../../base/disposables.ts';
import { ReadOnlyChatError, type ChatLog, type ChatLogDeps } from './chatLog.ts';
import { createChatReader, type ChatReader } from './chatReader.ts';
import { createChatWriter } from './chatWriter.ts';
import { recordVersion, type NewChatRecord } from './records.ts';

/** What a new chat begins with. */
export interface NewChat {
  readonly workspace: string | undefined;
  /** Version of the extension. */
  readonly app: string;
}

/** A chat of which nothing is on the disk until something besides its first record is flushed. */
export function createChatLog(deps: ChatLogDeps, { workspace, app }: NewChat): ChatLog {
  const place = workspace === undefined ? {} : { workspace };
  const head: NewChatRecord = { type: 'chat', v: recordVersion, chat: deps.id, app, ...place };
  return joinLog(deps, createChatReader(deps.id, deps.file, deps.crc32), head);
}

/** Reads the chat from the disk. Rejects as its file does, or with `signal.reason`. */
export async function openChatLog(deps: ChatLogDeps, signal: AbortSignal): Promise<ChatLog> {
  const reader = createChatReader(deps.id, deps.file, deps.crc32);
  await reader.readOn(undefined, signal);
  return joinLog(deps, reader);
}

function joinLog(deps: ChatLogDeps, reader: ChatReader, head?: NewChatRecord): ChatLog {
  const { id, log } = deps;
  const onError = (error: unknown) =>
    log.error(`a listener to a chat failed: ${traceError(error)}`);
  const changes = createEmitter<void>(onError);
  const losses = createEmitter<void>(onError);
  const writer = createChatWriter({
    ...deps,
    reader,
    onDidReload: changes.fire,
    onDidLose: losses.fire,
  });
  const following = createFollower(deps, () => writer.follow());
  if (head) writer.add(head);

  return {
    id,
    conversation: reader.conversation,
    summary: reader.summary,
    damage: reader.state,
    add(record) {
      if (reader.conversation().readOnly) throw new ReadOnlyChatError();
      return writer.add(record);
    },
    flush: () => writer.save(true),
    write: () => writer.save(false),
    unsaved: () => writer.unsaved(),
    onDidChangeUnsaved: writer.onDidChangeUnsaved,
    onDidChange(listener) {
      const listening = changes.event(listener);
      following.begin();
      return {
        dispose() {
          listening.dispose();
          following.end();
        },
      };
    },
    acquire: (signal) => writer.acquire(signal),
    takeOver: (signal) => writer.takeOver(signal),
    onDidLoseWriter: losses.event,
    dispose() {
      following.dispose();
      writer.dispose();
    },
  };
}

/** Watches the file while somebody listens. */
function createFollower({ file }: Pick<ChatLogDeps, 'file'>, onChange: () => void) {
  let listeners = 0;
  let watch: Disposable | undefined;
  let isDisposed = false;
  const dispose = () => {
    isDisposed = true;
    watch?.dispose();
  };
  return {
    begin() {
      listeners++;
      if (!isDisposed) watch ??= file.watch(onChange);
    },
    end() {
      listeners--;
      if (listeners > 0) return;
      watch?.dispose();
      watch = undefined;
    },
    dispose,
  };
}
