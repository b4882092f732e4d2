import { render } from 'katex';
// oxlint-disable-next-line import/no-unassigned-import -- the bundler makes a sheet and fonts of it
import 'katex/dist/katex.min.css';

/** Commands that make new commands: a few characters of them can stand for millions. */
const definitions =
  /\\(?:[gex]?def|g?let|futurelet|global|long|(?:re|provide)?newcommand|providecommand|renewcommand|newenvironment|DeclareMathOperator)(?![A-Za-z])/;
/** The typesetter's time grows with the square of the cells of a row. */
const maxCells = 200;
const maxElements = 4_000;
/** Boxes in boxes: laying out some hundreds of them takes the browser's stack, and the page with it. */
const maxDepth = 100;

/**
 * TeX to nodes, with MathML in them for screen readers; undefined for what is not to be drawn.
 * Nothing is made of a string of HTML, and styles are set by property, as the policy wants.
 */
export function typeset(tex: string, display: boolean): Node | undefined {
  if (definitions.test(tex) || tex.split('&').length > maxCells) return undefined;
  let isRefused = false;
  const place = document.createElement('span');
  try {
    render(tex, place, {
      displayMode: display,
      output: 'htmlAndMathml',
      throwOnError: true,
      strict: 'ignore',
      trust() {
        isRefused = true;
        return false;
      },
      maxExpand: 200,
      maxSize: 10,
    });
  } catch {
    // What is no TeX, or too deep, is shown as it was written.
    return undefined;
  }
  if (isRefused || isTooMuch(place)) return undefined;
  const nodes = document.createDocumentFragment();
  nodes.append(...place.childNodes);
  return nodes;
}

function isTooMuch(place: Element): boolean {
  let level: Element[] = [place];
  let elements = 0;
  for (let depth = 0; level.length > 0; depth++) {
    elements += level.length;
    if (depth > maxDepth || elements > maxElements) return true;
    level = level.flatMap((element) => [...element.children]);
  }
  return false;
}
