import { createParser } from 'eventsource-parser';
import { longestPart } from '../retry/failure.ts';

/** What each line of an event costs beside its text, counted in bytes. */
const lineBytes = 16;

export interface EventReader {
  /**
   * Takes the next bytes of the body, however they are cut.
   *
   * @throws TypeError on bytes that are not UTF-8, {@link EventTooLongError} on an event that is
   * longer than `longestPart`.
   */
  push(bytes: Uint8Array): void;
  /** The body has ended: gives out a last event that lacks its blank line. */
  end(): void;
}

export class EventTooLongError extends Error {
  override readonly name = 'EventTooLongError';
}

/**
 * Bytes of a `text/event-stream` body to the data of its events; their other fields mean nothing to
 * us. The standard throws an event away whose blank line is missing; proxies that trim bodies make
 * it worth a try, so it is given out at the end, and whoever parses it finds out whether it is
 * whole. The parser gets whole lines of data alone: it makes an error of each line of no known field
 * and is quadratic in carriage returns, so what it has no use for is taken out before.
 */
export function createEventReader(onData: (data: string) => void): EventReader {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const parser = createParser({ onEvent: ({ data }) => onData(data) });
  /** Pieces of a line whose end has not come. */
  let pieces: string[] = [];
  /** Bytes since the last blank line, with what the lines cost. */
  let waiting = 0;
  /** Bytes for each UTF-16 unit of the text that is read now. */
  let unitBytes = 1;
  let endsInReturn = false;

  function feed(text: string): void {
    const end = text.lastIndexOf('\n') + 1;
    if (end > 0) {
      const first = pieces.join('');
      pieces = [];
      // The pieces of the first line were counted as they came.
      const lines = dataLines(first + text.slice(0, end), first.length);
      if (lines !== '') parser.feed(lines);
    }
    if (end === text.length) return;
    pieces.push(text.slice(end));
    wait((text.length - end) * unitBytes);
  }

  /** @param counted - characters at the start that have been counted already */
  function dataLines(text: string, counted: number): string {
    let kept = '';
    let known = counted;
    for (let from = 0, end = 0; from < text.length; from = end + 1) {
      end = text.indexOf('\n', from);
      if (end === from) waiting = 0;
      else wait((end - from - known) * unitBytes + lineBytes);
      known = 0;
      if (end === from || isData(text, from)) kept += text.slice(from, end + 1);
    }
    return kept;
  }

  function isData(text: string, from: number): boolean {
    const next = text[from + 4];
    return text.startsWith('data', from) && (next === ':' || next === '\n');
  }

  function wait(bytes: number): void {
    waiting += bytes;
    if (waiting > longestPart) throw new EventTooLongError();
  }

  /** Each kind of line end becomes a newline, also one that two pieces share. */
  function withNewlines(text: string): string {
    const rest = endsInReturn && text.startsWith('\n') ? text.slice(1) : text;
    if (text !== '') endsInReturn = text.endsWith('\r');
    return rest.includes('\r') ? rest.replaceAll(/\r\n?/g, '\n') : rest;
  }

  return {
    push(bytes) {
      const text = decoder.decode(bytes, { stream: true });
      if (text !== '') unitBytes = Math.max(1, bytes.byteLength / text.length);
      feed(withNewlines(text));
    },
    end() {
      feed(`${withNewlines(decoder.decode())}\n\n`);
    },
  };
}
