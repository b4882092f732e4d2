/** A title is one line of at most so many characters as a reader counts them. */
export const longestTitle = 60;

/** No character of a title needs more, UTF-16 code units: a letter may carry any number of marks. */
const longestCharacter = 16;

/**
 * Characters that are not seen and change how others are: controls, and marks of the direction of
 * text, which could make a list read differently from what it says.
 */
const unseen =
  /[\p{Cc}\p{Co}\p{Cs}\u00AD\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/gu;

/** The text in one line, without what is not seen. */
export function inOneLine(text: string): string {
  return text.replaceAll(/\s+/gu, ' ').replaceAll(unseen, '').trim();
}

/** The first line of a prompt that says something, as the title of its chat; empty if none does. */
export function promptTitle(prompt: string): string {
  for (const line of firstLines(prompt)) {
    const title = inOneLine(line);
    if (/[\p{L}\p{N}\p{S}\p{P}]/u.test(title)) return cutTitle(title);
  }
  return '';
}

/** Looks no further than this for a line, UTF-16 code units; a title is made of much less. */
const mostRead = 4000;

const firstLines = (text: string) => text.slice(0, mostRead).split(/[\n\r\u2028\u2029]/u);

/** The title with at most {@link longestTitle} characters; none is cut in two. */
export function cutTitle(title: string): string {
  const characters = [...new Intl.Segmenter().segment(title.slice(0, mostRead))].map(
    ({ segment }) =>
      segment.length > longestCharacter
        ? String.fromCodePoint(segment.codePointAt(0) ?? 0x20)
        : segment,
  );
  if (characters.length <= longestTitle) return characters.join('');
  return `${characters
    .slice(0, longestTitle - 1)
    .join('')
    .trimEnd()}…`;
}
