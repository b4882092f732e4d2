import { redact } from '../../base/log.ts';

/** So many characters in a row are never let through of a text that is to stay private. */
const windowChars = 12;
/** A shorter text than this says too little to be looked for. */
const leastChars = 4;
const mark = '[withheld]';

/**
 * The texts without whatever stands in `secrets` too: an error may repeat the question, a call or
 * the answer, be it escaped for JSON or laid out anew. Also without markup, tokens and addresses.
 */
export function blotAll(texts: readonly string[], secrets: Iterable<string>): string[] {
  const pages = texts.map(readPage);
  const windows = windowsOf(pages);
  for (const text of secrets) {
    const secret = text.replaceAll(layout, '');
    if (secret.length >= windowChars) markWindows(secret, windows);
    else if (secret.length >= leastChars) markWhole(secret, pages);
  }
  return pages.map((page) => tidy(withoutHits(page)));
}

interface Page {
  text: string;
  /** The text without white space and escapes, and where each sign of it stands. */
  signs: string;
  at: readonly number[];
  /** 1 for each code unit that is to go. */
  hits: Uint8Array;
}

/** White space and the escapes of JSON, at any depth. */
const layout = /\s+|\\+[nrtbf]?/g;

function readPage(text: string): Page {
  const at: number[] = [];
  let signs = '';
  let from = 0;
  const take = (to: number) => {
    signs += text.slice(from, to);
    for (let place = from; place < to; place++) at.push(place);
  };
  for (const match of text.matchAll(layout)) {
    take(match.index);
    from = match.index + match[0].length;
  }
  take(text.length);
  return { text, signs, at, hits: new Uint8Array(text.length) };
}

type Place = readonly [page: Page, from: number];

interface Windows {
  places: ReadonlyMap<string, Place[]>;
  /** 1 where a window may begin, by its first signs: most of a long talk is ruled out by it. */
  starts: Uint8Array;
}

function windowsOf(pages: readonly Page[]): Windows {
  const places = new Map<string, Place[]>();
  const starts = new Uint8Array(65_536);
  for (const page of pages) {
    for (let from = 0; from + windowChars <= page.signs.length; from++) {
      const window = page.signs.slice(from, from + windowChars);
      starts[startOf(window, 0)] = 1;
      const known = places.get(window);
      if (known) known.push([page, from]);
      else places.set(window, [[page, from]]);
    }
  }
  return { places, starts };
}

function startOf(signs: string, at: number): number {
  const second = signs.charCodeAt(at + 1) << 5;
  return (signs.charCodeAt(at) ^ second ^ (signs.charCodeAt(at + 2) << 10)) & 0xffff;
}

function markWindows(secret: string, { places, starts }: Windows): void {
  if (places.size === 0) return;
  for (let at = 0; at + windowChars <= secret.length; at++) {
    if (starts[startOf(secret, at)] !== 1) continue;
    const found = places.get(secret.slice(at, at + windowChars)) ?? [];
    for (const [page, from] of found) hit(page, from, windowChars);
  }
}

function markWhole(secret: string, pages: readonly Page[]): void {
  for (const page of pages) {
    const { signs } = page;
    for (let from = signs.indexOf(secret); from >= 0; from = signs.indexOf(secret, from + 1)) {
      hit(page, from, secret.length);
    }
  }
}

function hit({ hits, at }: Page, from: number, length: number): void {
  hits.fill(1, at[from], (at[from + length - 1] ?? 0) + 1);
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
