/** What stands at the head of a summary of thoughts. `pending` until enough has come to tell. */
export type SummaryHead =
  | { readonly kind: 'pending' }
  | { readonly kind: 'none' }
  | { readonly kind: 'found'; readonly heading: string; readonly bodyFrom: number };

const longestHeading = 200;

/**
 * Finds the bold line with which a summary begins (`**Reading the code**`). It becomes the title
 * of the fold, so the body starts after it.
 */
export function summaryHead(text: string): SummaryHead {
  const start = text.length - text.trimStart().length;
  const head = text.slice(start, start + longestHeading);
  if (head.length < 2) return { kind: '**'.startsWith(head) ? 'pending' : 'none' };
  if (!head.startsWith('**')) return { kind: 'none' };
  const match = /^\*\*([^*\n]+)\*\*[ \t]*(\r?\n|$)/.exec(head);
  if (match?.[1] !== undefined)
    return { kind: 'found', heading: match[1].trim(), bodyFrom: start + match[0].length };
  const open =
    head.length < longestHeading && !head.includes('\n') && !/^\*\*[^*]*\*\*./.test(head);
  return { kind: open ? 'pending' : 'none' };
}

const longestLook = 20_000;

/** The newest bold line of a summary: what the model is busy with. */
export function latestHeading(text: string): string | undefined {
  return text
    .slice(-longestLook)
    .match(/^\*\*[^*\n]+\*\*[ \t]*$/gm)
    ?.at(-1)
    ?.trim()
    .slice(2, -2)
    .trim();
}
