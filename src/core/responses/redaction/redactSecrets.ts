import { redact } from '../../../base/log.ts';
import { spellingsOf, type Spelling } from './spellings.ts';

/** So many characters in a row are never let through of a text that is to stay private. */
const windowChars = 12;
/** A shorter text than this says too little to be looked for. */
const leastChars = 4;
const mark = '[withheld]';

/**
 * The texts without whatever stands in `secrets` too: an error may repeat the question, a call or
 * the answer, be it laid out anew, in other case, escaped for JSON or HTML, percent-encoded or in
 * base64. Also without markup, tokens and addresses. Linear in the secrets and in the texts.
 */
export function redactSecrets(texts: readonly string[], secrets: Iterable<string>): string[] {
  const redactor = createRedactor(texts);
  for (const secret of secrets) for (const piece of piecesOf(secret)) redactor.look(piece);
  return redactor.clean();
}

/**
 * The same where the secrets may be of any length: after each piece of them it waits for `pause`,
 * which may reject.
 */
export async function redactSecretsInPieces(
  texts: readonly string[],
  secrets: Iterable<string>,
  pause: () => Promise<void> | undefined,
): Promise<string[]> {
  const blot = createRedactor(texts);
  for (const secret of secrets) {
    for (const piece of piecesOf(secret)) {
      blot.look(piece);
      await pause();
    }
  }
  return blot.clean();
}

/** A stretch of a secret, and whether it is all of it. */
interface SecretPiece {
  text: string;
  isWhole: boolean;
}

const pieceChars = 64_000;
/** No window with its layout is longer, so each lies in one piece as a whole. */
const overlapChars = 4_000;

function* piecesOf(secret: string): Generator<SecretPiece> {
  if (secret.length <= pieceChars) return yield { text: secret, isWhole: true };
  for (let at = 0; at + overlapChars < secret.length; at += pieceChars - overlapChars) {
    yield { text: secret.slice(at, at + pieceChars), isWhole: false };
  }
}

function createRedactor(texts: readonly string[]) {
  const pages = texts.map((text) => ({ text, hits: new Uint8Array(text.length) }));
  const views = pages.flatMap(viewsOf);
  const search = createSearch(views);
  return {
    look({ text, isWhole }: SecretPiece): void {
      for (const layout of layoutsOf(text)) {
        const signs = signsOf(text, layout);
        if (isWhole) search.add(signs);
        else search.find(signs);
      }
    },
    clean(): string[] {
      for (const view of views) markFound(view, search);
      return pages.map((page) => tidy(withoutHits(page)));
    },
  };
}

interface Page {
  text: string;
  /** 1 for each code unit that is to go. */
  hits: Uint8Array;
}

/** One way to read a page: what is compared of it, and where each sign comes from. */
interface View {
  page: Page;
  signs: string;
  from: readonly number[];
  to: readonly number[];
}

/** White space and the escapes of JSON, at any depth. */
const whiteSpace = /\s+|\\+[nrtbf]?/g;
/** The same, and the plus sign, which is a space in form data. */
const formSpace = /[\s+]+|\\+[nrtbf]?/g;

/** What counts as layout of a text: a plus sign may be a space, or a sign like any other. */
function layoutsOf(text: string): readonly RegExp[] {
  return text.includes('+') ? [whiteSpace, formSpace] : [whiteSpace];
}

/** What is compared of a text: neither its layout nor its case. */
function signsOf(text: string, layout: RegExp): string {
  return foldCase(text.replaceAll(layout, ''));
}

/** The final sigma is the one letter whose lower case depends on its place. */
function foldCase(text: string): string {
  return text.toLowerCase().replaceAll('ς', 'σ');
}

function viewsOf(page: Page): View[] {
  return spellingsOf(page.text).flatMap((spelling) =>
    layoutsOf(spelling.text).map((layout) => viewOf(page, spelling, layout)),
  );
}

function viewOf(page: Page, { text, from, to }: Spelling, layout: RegExp): View {
  const view = { page, signs: '', from: new Array<number>(), to: new Array<number>() };
  let at = 0;
  const take = (end: number) => {
    for (; at < end; at++) {
      const sign = foldCase(text.charAt(at));
      view.signs += sign;
      for (let unit = 0; unit < sign.length; unit++) {
        view.from.push(from[at] ?? 0);
        view.to.push(to[at] ?? 0);
      }
    }
  };
  for (const match of text.matchAll(layout)) {
    take(match.index);
    at = match.index + match[0].length;
  }
  take(text.length);
  return view;
}

interface Search {
  /** Looks for the signs of a secret. */
  add(secret: string): void;
  /** The same for a part of a long one. */
  find(secret: string): void;
  isFound(window: string): boolean;
  /** Secrets shorter than a window, by their length. */
  short: ReadonlyMap<number, ReadonlySet<string>>;
}

function createSearch(views: readonly View[]): Search {
  const wanted = new Set<string>();
  const found = new Set<string>();
  /** How many wanted windows begin so: most of a long talk is ruled out by it. */
  const starts = new Uint32Array(65_536);
  const short = new Map<number, Set<string>>();
  for (const { signs } of views) {
    for (let at = 0; at + windowChars <= signs.length; at++) {
      const window = signs.slice(at, at + windowChars);
      if (wanted.has(window)) continue;
      wanted.add(window);
      count(window, 1);
    }
  }

  function count(window: string, by: number): void {
    const start = startOf(window, 0);
    starts[start] = (starts[start] ?? 0) + by;
  }

  function find(secret: string): void {
    for (let at = 0; at + windowChars <= secret.length; at++) {
      if (starts[startOf(secret, at)] === 0) continue;
      const window = secret.slice(at, at + windowChars);
      if (!wanted.delete(window)) continue;
      count(window, -1);
      found.add(window);
    }
  }

  return {
    short,
    find,
    isFound: (window) => found.has(window),
    add(secret) {
      if (secret.length >= windowChars) return find(secret);
      if (secret.length < leastChars) return;
      const same = short.get(secret.length) ?? new Set();
      short.set(secret.length, same.add(secret));
    },
  };
}

function startOf(signs: string, at: number): number {
  const second = signs.charCodeAt(at + 1) << 5;
  return (signs.charCodeAt(at) ^ second ^ (signs.charCodeAt(at + 2) << 10)) & 0xffff;
}

function markFound(view: View, { isFound, short }: Search): void {
  markAll(view, windowChars, isFound);
  for (const [length, secrets] of short) markAll(view, length, (signs) => secrets.has(signs));
}

/** Marks every stretch of so many signs that is to go, each code unit at most once for a length. */
function markAll(view: View, length: number, isHit: (signs: string) => boolean): void {
  const { page, signs, from, to } = view;
  let done = 0;
  for (let at = 0; at + length <= signs.length; at++) {
    if (!isHit(signs.slice(at, at + length))) continue;
    const begin = Math.max(done, from[at] ?? 0);
    done = Math.max(done, to[at + length - 1] ?? 0);
    page.hits.fill(1, begin, done);
  }
}

function withoutHits({ text, hits }: Page): string {
  let clean = '';
  let at = 0;
  while (at < text.length) {
    const isHit = hits[at] === 1;
    const next = hits.indexOf(isHit ? 0 : 1, at);
    const end = next < 0 ? text.length : next;
    clean += isHit ? mark : text.slice(at, end);
    at = end;
  }
  return clean;
}

function tidy(text: string): string {
  return redact(text.replaceAll(/<[a-z/!][^>]{0,200}>/gi, ' '));
}
