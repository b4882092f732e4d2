const maxLength = 30_000;
/** Several grammars read a long line more than once from each of its characters. */
const maxLine = 1_000;
/** The grammar of Markdown takes time with the cube of a length of brackets. */
const maxMarkdown = 4_000;

/** Whether a grammar may be let loose on the code: no language of it is slow within these bounds. */
export function isHighlightable(code: string, grammar: string | undefined): boolean {
  if (grammar === undefined || code.length > maxLength) return false;
  if (grammar === 'markdown' && code.length > maxMarkdown) return false;
  return code.split('\n').every((line) => line.length <= maxLine);
}
