import { siblingScriptUrl } from '../../base/siblingScriptUrl.ts';
import type * as formulaModule from './formula.ts';

export interface Formula {
  readonly tex: string;
  readonly display: boolean;
}

/** Of a frame, in which other things are drawn too. */
const budgetMs = 5;
/** Elements that may be made in a frame; all of them are laid out with it. */
const mostElements = 150;
/** Even on a busy page the next formulas come within this. */
const timeoutMs = 500;

const waiting = new Map<HTMLElement, Formula>();
let asked = false;
let typeset: typeof formulaModule.typeset | undefined;
let loading = false;
let attempts = 0;

/**
 * Typesets the formula before the next frame, or when the page is idle if many wait. The typesetter
 * is a script of its own, fetched for the first formula; without it formulas stay as they were
 * written, and the next one asks for it again.
 */
export function queueFormula(element: HTMLElement, formula: Formula): void {
  waiting.set(element, formula);
  ask(queueMicrotask);
}

function ask(schedule: (work: () => void) => void): void {
  if (asked || waiting.size === 0) return;
  if (typeset === undefined) {
    if (!loading) void load();
    return;
  }
  asked = true;
  schedule(work);
}

/** Never rejects: a failure is told to the panel, which logs it. */
async function load(): Promise<void> {
  loading = true;
  attempts += 1;
  try {
    const [loaded] = await Promise.all([importTypesetter(), loadSheet()]);
    typeset = loaded.typeset;
  } catch (cause) {
    waiting.clear();
    reportError(
      new Error('Formulas are shown as text: the renderer could not be loaded', { cause }),
    );
  }
  loading = false;
  ask(queueMicrotask);
}

function importTypesetter(): Promise<typeof formulaModule> {
  return import(siblingScriptUrl('formula.js', attempts));
}

function loadSheet(): Promise<void> {
  const sheet = document.createElement('link');
  sheet.rel = 'stylesheet';
  sheet.href = siblingScriptUrl('formula.css', attempts);
  return new Promise((done, fail) => {
    sheet.addEventListener('load', () => done());
    sheet.addEventListener('error', () => fail(new Error('The style sheet is not there')));
    document.head.append(sheet);
  });
}

/** Nodes that a later drawing has thrown away are not typeset. */
function work(): void {
  asked = false;
  const start = performance.now();
  let made = 0;
  for (const [element, { tex, display }] of waiting) {
    if (made >= mostElements || performance.now() - start > budgetMs) break;
    waiting.delete(element);
    const nodes = element.isConnected ? typeset?.(tex, display) : undefined;
    if (nodes) element.replaceChildren(nodes);
    made += element.getElementsByTagName('*').length;
  }
  // What was made is laid out before more is.
  ask((next) => {
    requestAnimationFrame(() => requestIdleCallback(next, { timeout: timeoutMs }));
  });
}
