/** Bytes of the text in UTF-8; a lone surrogate counts as the mark that replaces it. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (let at = 0; at < text.length; at += unitsAt(text, at)) bytes += bytesAt(text, at);
  return bytes;
}

/** The beginning of the text, at most so many bytes, cut between characters. */
export function utf8Head(text: string, bytes: number): string {
  let at = 0;
  for (let left = bytes; at < text.length; at += unitsAt(text, at)) {
    left -= bytesAt(text, at);
    if (left < 0) break;
  }
  return text.slice(0, at);
}

/** The end of the text, at most so many bytes, cut between characters. */
export function utf8Tail(text: string, bytes: number): string {
  let at = text.length;
  for (let left = bytes; at > 0;) {
    const before = at - (isPair(text, at - 2) ? 2 : 1);
    left -= bytesAt(text, before);
    if (left < 0) break;
    at = before;
  }
  return text.slice(at);
}

function isPair(text: string, at: number): boolean {
  return at >= 0 && (text.codePointAt(at) ?? 0) > 0xffff;
}

const unitsAt = (text: string, at: number) => (isPair(text, at) ? 2 : 1);

function bytesAt(text: string, at: number): number {
  const code = text.codePointAt(at) ?? 0;
  if (code < 0x80) return 1;
  if (code < 0x8_00) return 2;
  return code > 0xffff ? 4 : 3;
}
