import { createParser } from 'eventsource-parser';

/** More than any event that a model can mean; a longer one is a fault, not an answer. */
const maxEventChars = 16_000_000;
/** What the parser needs for each line of an event beside its text, counted in characters. */
const lineChars = 16;
/** Lines are counted only in events that are longer than this. */
const shortEventChars = 100_000;

export interface EventReader {
  /**
   * Takes the next bytes of the body, however they are cut.
   *
   * @throws TypeError on bytes that are not UTF-8, RangeError on an event that is too long.
   */
  push(bytes: Uint8Array): void;
  /** The body has ended: gives out a last event that lacks its blank line. */
  end(): void;
}

/**
 * Bytes of a `text/event-stream` body to the data of its events. The standard throws an event
 * away whose blank line is missing; proxies that trim bodies make it worth a try, so it is given
 * out at the end, and whoever parses it finds out whether it is whole.
 */
export function createEventReader(onData: (data: string) => void): EventReader {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  /** Characters that came since the last event, lines at the price of {@link lineChars}. */
  let waiting = 0;
  let endsInReturn = false;
  const parser = createParser({
    onEvent({ data }) {
      waiting = 0;
      onData(data);
    },
  });

  function feed(text: string): void {
    const lines = withNewlines(text);
    waiting += lines.length;
    if (waiting > shortEventChars) waiting += lineChars * countLines(lines);
    if (waiting > maxEventChars) {
      throw new RangeError(
        `an event of the answer is longer than ${maxEventChars / 1_000_000} million characters`,
      );
    }
    parser.feed(lines);
  }

  /** The parser is quadratic in carriage returns, so each kind of line end becomes a newline. */
  function withNewlines(text: string): string {
    const rest = endsInReturn && text.startsWith('\n') ? text.slice(1) : text;
    if (text !== '') endsInReturn = text.endsWith('\r');
    return rest.includes('\r') ? rest.replaceAll(/\r\n?/g, '\n') : rest;
  }

  return {
    push(bytes) {
      feed(decoder.decode(bytes, { stream: true }));
    },
    end() {
      feed(decoder.decode());
      parser.feed('\n\n');
    },
  };
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
