import { abortable, withTimeout } from '../../base/async/abort.ts';
import { traceError } from '../../base/describeError.ts';
import type { Disposable } from '../../base/disposables.ts';
import { createEmitter, type Emitter, type Event } from '../../base/event.ts';
import { chatLease, createChatHold, type ChatHold } from './chatHold.ts';
import type { ChatLogDeps } from './chatLog.ts';
import type { ChatReader } from './chatReader.ts';
import { createChatRetry, type ChatRetry } from './chatRetry.ts';
import { createChatTerm, type ChatTerm } from './chatTerm.ts';
import { changedElsewhere, type UnsavedRecords } from './logWriter.ts';
import type { StoredRecord } from './recordLine.ts';
import type { NewChatRecord } from './records.ts';

/** How long a caller waits for the disk, ms. The writing goes on. */
const patienceMs = 2_000;
/** How long another window is waited for that may just be leaving the chat, ms. */
const leaveMs = 300;
/** How long a window is waited for that was asked to leave the chat, ms. */
const takeOverMs = 10_000;
const betweenAsksMs = 1_000;
/** How long a window that was asked for a chat may still write to it, ms. */
const lastRecordsMs = 2_000;
/** A chat that was acquired is left when nothing has been added to it after so long, ms. */
const unusedMs = 5_000;
/** How often the chat is taken when other processes write to it at the same time. */
const mostTakes = 5;

export interface ChatWriterDeps extends ChatLogDeps {
  readonly reader: ChatReader;
  /** The conversation is another one, since other windows have written to the chat. */
  readonly onDidReload: () => void;
  /** This window may no longer write, or not for long. */
  readonly onDidLose: () => void;
}

/** The part of a chat's log that writes. It holds the chat while there is something to write. */
export interface ChatWriter extends Disposable {
  add(record: NewChatRecord): StoredRecord;
  save(isSynced: boolean): Promise<boolean>;
  unsaved(): UnsavedRecords;
  readonly onDidChangeUnsaved: Event<UnsavedRecords>;
  acquire(signal: AbortSignal): Promise<boolean>;
  takeOver(signal: AbortSignal): Promise<boolean>;
  /** The file may have changed: reads on, unless this window is the one that writes. */
  follow(): void;
}

export const createChatWriter = (deps: ChatWriterDeps): ChatWriter => new HeldChatWriter(deps);

class HeldChatWriter implements ChatWriter {
  readonly onDidChangeUnsaved: Event<UnsavedRecords>;
  readonly #changes: Emitter<UnsavedRecords>;
  readonly #deps: ChatWriterDeps;
  readonly #lifetime = new AbortController();
  readonly #term: ChatTerm;
  readonly #hold: ChatHold;
  readonly #retry: ChatRetry;
  /** Turns that this window has begun and not ended. */
  readonly #running = new Set<string>();
  /** Whether nothing but the first record of a new chat was added. */
  #isUnbegun = false;
  #asking: Disposable | undefined;
  /** Why the files that the records name were not written. */
  #blobFault: string | undefined;
  #reading: Promise<unknown> = Promise.resolve();

  constructor(deps: ChatWriterDeps) {
    const { id, file, clock, leases, log } = deps;
    this.#deps = deps;
    this.#changes = createEmitter((error) => log.error(traceError(error)));
    this.onDidChangeUnsaved = this.#changes.event;
    this.#term = createChatTerm({ ...deps, onDidChangeUnsaved: () => this.#tellUnsaved() });
    this.#hold = createChatHold({
      name: chatLease(id),
      leases,
      onBegin: () => {
        file.clearAsking().catch(() => {});
        this.#asking = file.watchAsking(() => this.#giveUp());
      },
      onEnd: () => this.#asking?.dispose(),
    });
    this.#retry = createChatRetry({
      clock,
      signal: this.#lifetime.signal,
      isNeeded: () => this.unsaved().count > 0,
      attempt: () => this.#saveAtLast(true),
    });
  }

  add(record: NewChatRecord): StoredRecord {
    this.#isUnbegun = record.type === 'chat';
    const stored = this.#term.add(record);
    this.#deps.reader.fold(stored);
    if (record.type === 'turn') this.#running.add(record.turn);
    if (record.type === 'end') this.#running.delete(record.turn);
    if (!this.#isUnbegun) this.#hold.begin().catch(() => {});
    return stored;
  }

  save(isSynced: boolean): Promise<boolean> {
    return this.#patiently(this.#saveAtLast(isSynced), false);
  }

  unsaved(): UnsavedRecords {
    if (this.#isUnbegun) return { count: 0, code: undefined };
    const { count, code } = this.#term.unsaved();
    return { count, code: code ?? this.#blobFault };
  }

  async acquire(signal: AbortSignal): Promise<boolean> {
    if (this.#deps.reader.conversation().readOnly) return false;
    return (await this.#holdWithin(leaveMs, signal)) && this.#takePatiently(signal);
  }

  async takeOver(signal: AbortSignal): Promise<boolean> {
    if (this.#deps.reader.conversation().readOnly) return false;
    for (let ms = 0; ms < takeOverMs; ms += betweenAsksMs) {
      // A disk that takes no such file leaves a window that is about to leave by itself.
      await this.#deps.file.ask().catch(() => {});
      if (await this.#holdWithin(betweenAsksMs, signal)) return this.#takePatiently(signal);
    }
    await this.#deps.file.clearAsking().catch(() => {});
    return false;
  }

  follow(): void {
    if (!this.#hold.isHere())
      this.#readOn(this.#lifetime.signal).catch((error) => this.#warn(error));
  }

  dispose(): void {
    const leave = () => this.#hold.leave();
    this.#patiently(this.#saveAtLast(true), false).then(leave, leave);
    this.#lifetime.abort(new Error('The chat was closed.'));
  }

  async #saveAtLast(isSynced: boolean): Promise<boolean> {
    try {
      return await this.#save(isSynced);
    } catch {
      // The chat was left before it was this window's turn to write.
      return false;
    }
  }

  async #save(isSynced: boolean): Promise<boolean> {
    if (this.#isUnbegun || this.#term.epoch() === undefined) return true;
    await this.#hold.begin();
    const isSaved = (await this.#saveBlobs()) && (await this.#term.save(isSynced));
    if (isSaved) this.#leaveIfDone();
    else if (this.unsaved().code === changedElsewhere) await this.#lose();
    else this.#retry.begin();
    return isSaved;
  }

  async #saveBlobs(): Promise<boolean> {
    const before = this.#blobFault;
    this.#blobFault = await this.#deps.blobs.flush();
    if (this.#blobFault !== before) this.#tellUnsaved();
    return this.#blobFault === undefined;
  }

  #tellUnsaved(): void {
    this.#changes.fire(this.unsaved());
  }

  #leaveIfDone(): void {
    if (this.unsaved().count === 0 && this.#running.size === 0) this.#hold.leave();
  }

  /** Another window writes to the chat by now: what was not written is given up. */
  async #lose(): Promise<void> {
    const { reader, onDidLose, onDidReload } = this.#deps;
    if (this.#term.epoch() === undefined) return;
    this.#term.end();
    this.#running.clear();
    this.#hold.leave();
    await reader.reload(this.#lifetime.signal).catch((error) => this.#warn(error));
    onDidLose();
    onDidReload();
  }

  #giveUp(): void {
    const epoch = this.#term.epoch();
    this.#deps.onDidLose();
    this.#leaveIfDone();
    this.#later(lastRecordsMs, () => {
      if (this.#hold.isHere() && this.#term.epoch() === epoch) void this.#lose();
    });
  }

  /** Reads what others have written; one call after the other. */
  #readOn(signal: AbortSignal): Promise<void> {
    const next = this.#reading.then(() => this.#readOnce(signal));
    this.#reading = next.catch(() => {});
    return next;
  }

  async #readOnce(signal: AbortSignal): Promise<void> {
    if (!(await this.#deps.reader.readOn(this.#term.epoch(), signal))) return;
    if (this.#term.hasUnsavedRecords()) return this.#lose();
    this.#term.end();
    this.#deps.onDidReload();
  }

  async #holdWithin(ms: number, signal: AbortSignal): Promise<boolean> {
    const reason = () => new Error('Another window writes to this chat.');
    const limit = { clock: this.#deps.clock, ms, reason };
    try {
      await withTimeout(limit, signal, (late) => abortable(this.#hold.begin(), late));
      this.#later(unusedMs, () => this.#leaveIfDone());
      return true;
    } catch {
      if (!this.#term.hasUnsavedRecords()) this.#hold.leave();
      signal.throwIfAborted();
      return false;
    }
  }

  /** A disk that hangs does not keep the chat from going on in memory. */
  #takePatiently(signal: AbortSignal): Promise<boolean> {
    return this.#patiently(abortable(this.#take(signal), signal), true);
  }

  async #take(signal: AbortSignal): Promise<boolean> {
    for (let takes = 0; takes < mostTakes; takes++) {
      await this.#readOn(signal).catch((error) => this.#warn(error));
      signal.throwIfAborted();
      if (this.#deps.reader.conversation().readOnly) break;
      this.#term.begin();
      if (this.#isUnbegun || (await this.#term.save(true))) return true;
      if (this.unsaved().code !== changedElsewhere) {
        this.#retry.begin();
        return true;
      }
      if (this.#term.hasUnsavedRecords()) await this.#lose();
      else this.#term.end();
    }
    this.#hold.leave();
    return false;
  }

  async #patiently(work: Promise<boolean>, late: boolean): Promise<boolean> {
    const done = new AbortController();
    const waited = this.#deps.clock.delay(patienceMs, done.signal).then(
      () => late,
      () => late,
    );
    try {
      return await Promise.race([work, waited]);
    } finally {
      done.abort();
    }
  }

  #later(ms: number, work: () => void): void {
    this.#deps.clock.delay(ms, this.#lifetime.signal).then(work, () => {});
  }

  #warn(error: unknown): void {
    this.#deps.log.warn(`a chat could not be read: ${traceError(error)}`);
  }
}
