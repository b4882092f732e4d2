/** More than any event that a model can mean; a longer one is a fault, not an answer. */
const maxEventChars = 16_000_000;
/** What each line of an event costs beside its text, counted in characters. */
const lineChars = 16;

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
 * Bytes of a `text/event-stream` body to the data of its events; their other fields mean nothing to
 * us. The standard throws an event away whose blank line is missing; proxies that trim bodies make
 * it worth a try, so it is given out at the end, and whoever parses it finds out whether it is
 * whole. Written here and not taken from a package, because it must stay linear on lines of no
 * known field, on carriage returns and on events of very many lines.
 */
export function createEventReader(onData: (data: string) => void): EventReader {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let data: string[] = [];
  /** Pieces of a line whose end has not come. */
  let line: string[] = [];
  /** Characters since the last event, with what their lines cost. */
  let waiting = 0;
  let endsInReturn = false;

  function feed(text: string): void {
    let from = 0;
    let end = text.indexOf('\n');
    if (end >= 0 && line.length > 0) {
      line.push(text.slice(0, end));
      const whole = line.join('');
      line = [];
      takeLine(whole, 0, whole.length);
      from = end + 1;
      end = text.indexOf('\n', from);
    }
    for (; end >= 0; end = text.indexOf('\n', from)) {
      takeLine(text, from, end);
      from = end + 1;
    }
    if (from === text.length) return;
    line.push(text.slice(from));
    wait(text.length - from);
  }

  function takeLine(text: string, from: number, end: number): void {
    if (from === end) return dispatch();
    wait(end - from + lineChars);
    if (!text.startsWith('data', from)) return;
    const colon = from + 4;
    if (colon === end) data.push('');
    else if (text.charCodeAt(colon) === 58) {
      const isPadded = text.charCodeAt(colon + 1) === 32 && colon + 1 < end;
      data.push(text.slice(colon + (isPadded ? 2 : 1), end));
    }
  }

  function dispatch(): void {
    waiting = 0;
    if (data.length === 0) return;
    const whole = data.length === 1 ? (data[0] ?? '') : data.join('\n');
    data = [];
    onData(whole);
  }

  function wait(chars: number): void {
    waiting += chars;
    if (waiting <= maxEventChars) return;
    const most = maxEventChars / 1_000_000;
    throw new RangeError(`an event of the answer is longer than ${most} million characters`);
  }

  /** Each kind of line end becomes a newline, also one that two pieces share. */
  function withNewlines(text: string): string {
    const rest = endsInReturn && text.startsWith('\n') ? text.slice(1) : text;
    if (text !== '') endsInReturn = text.endsWith('\r');
    return rest.includes('\r') ? rest.replaceAll(/\r\n?/g, '\n') : rest;
  }

  return {
    push(bytes) {
      feed(withNewlines(decoder.decode(bytes, { stream: true })));
    },
    end() {
      feed(`${withNewlines(decoder.decode())}\n\n`);
    },
  };
}
