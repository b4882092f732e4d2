import { createTextSanitizer } from './sanitizeText.ts';
import { countLineEnds, wholeCharacters } from './textUnits.ts';

/** Text that has come and is not drawn yet. It is cleaned piece by piece, since that takes time. */
export interface Incoming {
  /** UTF-16 units that were not taken. */
  readonly length: number;
  /** Line ends of all that was added. */
  readonly lines: number;
  /** Whether all was taken, and no more comes. */
  readonly isWhole: boolean;
  /** Whether a text without end was cut. */
  readonly isCut: boolean;
  add(text: string): void;
  end(): void;
  /** The next piece, cleaned; it may be empty. */
  take(): string;
}

/** UTF-16 units of one message. */
const maxLength = 2_000_000;
const pieceLength = 16_384;

export function createIncoming(): Incoming {
  const cleaner = createTextSanitizer();
  let raw = '';
  let room = maxLength;
  let lines = 0;
  let isEnded = false;
  let isFlushed = false;

  return {
    get length() {
      return raw.length + (isEnded && !isFlushed ? 1 : 0);
    },
    get lines() {
      return lines;
    },
    get isWhole() {
      return isFlushed && raw === '';
    },
    get isCut() {
      return room < 0;
    },
    add(text) {
      if (isEnded || room < 0) return;
      const fitting = text.length > room ? text.slice(0, wholeCharacters(text, room)) : text;
      room -= text.length;
      raw += fitting;
      lines += countLineEnds(fitting);
      isEnded = room < 0;
    },
    end() {
      isEnded = true;
    },
    take() {
      const length = raw.length > pieceLength ? pieceLength : raw.length;
      const piece = cleaner.push(raw.slice(0, length));
      raw = raw.slice(length);
      if (!isEnded || raw !== '') return piece;
      isFlushed = true;
      return piece + cleaner.flush();
    },
  };
}
