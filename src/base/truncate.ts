/** The first `most` UTF-16 code units of the text, one less where a surrogate pair would be split. */
export function truncate(text: string, most: number): string {
  if (text.length <= most) return text;
  const last = text.charCodeAt(most - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? most - 1 : most);
}

/** The text, or its beginning and an ellipsis: at most `most` UTF-16 code units together. */
export function shorten(text: string, most: number): string {
  return text.length <= most ? text : `${truncate(text, most - 1)}…`;
}
