import type { TextAttachment, TextKind } from './attachment.ts';

/** A text attachment as the model reads it, whatever characters are in it. */
export function attachmentText({ kind, path, language }: TextAttachment, text: string): string {
  const fence = fenceFor(text);
  return `${headings[kind](oneLine(path))}:\n${fence}${oneLine(language)}\n${text}\n${fence}`;
}

const headings: Record<TextKind, (path: string) => string> = {
  file: (path) => `The file ${path}`,
  selection: (path) => `The lines selected in the editor, ${path}`,
  folder: (path) => `The files in the folder ${path}`,
  problems: (path) => `The problems that the editor shows, ${path}`,
  terminal: (path) => `Output of the terminal ${path}`,
  paste: () => 'Text that the user pasted',
};

/** A name within one line and without the marks that the text around it is made of. */
export function oneLine(name: string): string {
  return name.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}`"<>]+/gu, ' ').trim();
}

/** A fence that is longer than any in the text, so that the text cannot end it. */
function fenceFor(text: string): string {
  let longest = 2;
  for (const [run] of text.matchAll(/`{3,}/g)) longest = Math.max(longest, run.length);
  return '`'.repeat(longest + 1);
}
