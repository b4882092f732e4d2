import { redact } from '../../base/log.ts';

/** So many characters in a row are never let through of a text that is to stay private. */
const windowChars = 12;
/** A shorter text than this says too little to be looked for. */
const leastChars = 4;
const mark = '[withheld]';

/**
 * The texts without whatever stands in `secrets` too: an error may repeat the question, a call or
 * the answer. Also without markup, tokens and addresses.
 */
export function blotAll(texts: readonly string[], secrets: Iterable<string>): string[] {
  const hits = texts.map(({ length }) => new Uint8Array(length));
  const places = windowsOf(texts);
  for (const secret of withEscapes(secrets)) {
    if (secret.length >= windowChars) markWindows(secret, places, hits);
    else if (secret.length >= leastChars) markWhole(secret, texts, hits);
  }
  return texts.map((text, at) => tidy(withoutHits(text, hits[at] ?? new Uint8Array())));
}

type Place = readonly [text: number, at: number];

function windowsOf(texts: readonly string[]): Map<string, Place[]> {
  const places = new Map<string, Place[]>();
  for (const [index, text] of texts.entries()) {
    for (let at = 0; at + windowChars <= text.length; at++) {
      const window = text.slice(at, at + windowChars);
      const known = places.get(window);
      if (known) known.push([index, at]);
      else places.set(window, [[index, at]]);
    }
  }
  return places;
}

/** A text may be repeated inside JSON, where its quotes and line ends look different. */
function* withEscapes(secrets: Iterable<string>): Generator<string> {
  for (const text of secrets) {
    const secret = text.trim();
    yield secret;
    const escaped = JSON.stringify(secret).slice(1, -1);
    if (escaped !== secret) yield escaped;
  }
}

function markWindows(secret: string, places: ReadonlyMap<string, Place[]>, hits: Uint8Array[]) {
  if (places.size === 0) return;
  for (let at = 0; at + windowChars <= secret.length; at++) {
    for (const [text, from] of places.get(secret.slice(at, at + windowChars)) ?? []) {
      hits[text]?.fill(1, from, from + windowChars);
    }
  }
}

function markWhole(secret: string, texts: readonly string[], hits: Uint8Array[]): void {
  for (const [index, text] of texts.entries()) {
    for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + 1)) {
      hits[index]?.fill(1, at, at + secret.length);
    }
  }
}

function withoutHits(text: string, hits: Uint8Array): string {
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
