import { createParser } from 'eventsource-parser';

/** More than any event that a model can mean; a longer one is a fault, not an answer. */
const maxEventChars = 64_000_000;

export interface EventReader {
  /** Takes the next bytes of the body, however they are cut. @throws TypeError on bytes that are not UTF-8. */
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
  const parser = createParser({
    onEvent: ({ data }) => onData(data),
    maxBufferSize: maxEventChars,
  });
  return {
    push(bytes) {
      parser.feed(decoder.decode(bytes, { stream: true }));
    },
    end() {
      parser.feed(decoder.decode());
      parser.feed('\n\n');
    },
  };
}
