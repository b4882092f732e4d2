/** Hands on texts and steps in their order, a long text in pieces with time for others in between. */
export interface TextQueue {
  /** Hands on the text at once, or in pieces behind all that waits. */
  text(text: string, handle: (piece: string) => void): void;
  /** Takes the step at once, or behind all that waits. */
  step(step: () => void): void;
  isEmpty(): boolean;
  /** Hands on what waits first. */
  next(): void;
  /** The event loop may have run: as much text as one piece has is handed on at once again. */
  refill(): void;
}

/** @param pieceChars - most that is handed on at once, UTF-16 code units */
export function createTextQueue(pieceChars: number): TextQueue {
  const waiting: (() => void)[] = [];
  let room = pieceChars;

  function step(next: () => void): void {
    if (waiting.length === 0) next();
    else waiting.push(next);
  }

  return {
    text(text, handle) {
      if (waiting.length === 0 && text.length <= room) {
        room -= text.length;
        return handle(text);
      }
      if (text === '') return step(() => handle(text));
      for (const piece of piecesOf(text, pieceChars)) waiting.push(() => handle(piece));
    },
    step,
    isEmpty: () => waiting.length === 0,
    next: () => waiting.shift()?.(),
    refill: () => void (room = pieceChars),
  };
}

/** The text in pieces of `chars` UTF-16 code units, one more where a surrogate pair would be split. */
function* piecesOf(text: string, chars: number): Generator<string> {
  for (let at = 0, end = 0; at < text.length; at = end) {
    end = at + chars;
    const last = text.charCodeAt(end - 1);
    if (last >= 0xd800 && last <= 0xdbff) end += 1;
    yield text.slice(at, end);
  }
}
