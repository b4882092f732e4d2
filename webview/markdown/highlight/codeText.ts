import { h } from '../../base/dom.ts';
import { wholeCharacters } from '../parse/textUnits.ts';

/** The code of a block on the page: a row of pieces, made of the text alone, however it came. */
export interface CodeText {
  append(text: string): void;
  clear(): void;
}

/**
 * UTF-16 units that are laid out together. Pieces are boxes of their own, or else all code of a block
 * would be laid out for each text that is added to it; a long line has boxes within its line.
 */
const pieceLength = 2_048;
/** A line is laid out by itself, however short it is: it counts as so many units more. */
const lineUnits = 8;

/** Gives the pieces of a code element that `createCodeText` fills. */
export function codePieces(code: HTMLElement): readonly HTMLElement[] {
  return [...code.children].filter((child) => child instanceof HTMLElement);
}

export function createCodeText(code: HTMLElement): CodeText {
  let piece: HTMLElement | undefined;
  /** The box that holds the end of a long line. */
  let box: HTMLElement | undefined;
  let inPiece = 0;
  let inBox = 0;

  function add(text: string): void {
    piece ??= code.appendChild(h('span', { class: 'stretch' }));
    const place = box ?? piece;
    if (place.lastChild instanceof Text) place.lastChild.appendData(text);
    else place.append(text);
    inPiece += text.length;
    inBox += text.length;
  }

  function addLineEnd(): void {
    box = undefined;
    add('\n');
    inBox = 0;
    inPiece += lineUnits;
    if (inPiece < pieceLength) return;
    piece = undefined;
    inPiece = 0;
  }

  function addToLine(text: string): void {
    let rest = text;
    while (rest !== '') {
      const room = pieceLength - inBox;
      const length = rest.length <= room ? rest.length : wholeCharacters(rest, room);
      if (length > 0) add(rest.slice(0, length));
      rest = rest.slice(length);
      if (rest === '') return;
      box = piece?.appendChild(h('span', { class: 'stretch is-in-line' }));
      inBox = 0;
    }
  }

  return {
    append(text) {
      for (let at = 0; at < text.length;) {
        const end = text.indexOf('\n', at);
        addToLine(text.slice(at, end < 0 ? text.length : end));
        if (end < 0) return;
        addLineEnd();
        at = end + 1;
      }
    },
    clear() {
      code.replaceChildren();
      [piece, box, inPiece, inBox] = [undefined, undefined, 0, 0];
    },
  };
}
