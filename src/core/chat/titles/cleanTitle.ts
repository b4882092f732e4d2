import { cutTitle, inOneLine } from '../../conversations/promptTitle.ts';

/** The model is asked for six; a few more are no reason to refuse a good title. */
const mostWords = 10;
/** A title in a script without blanks between words is one word, however long. */
const longestAnswer = 120;

/** Marks of markdown and quotation around a title, with blanks between them. */
const wrapping =
  /^[\s#>*_`~"'“”„‟«»‹›‘’‚「」『』《》〈〉-]+|[\s*_`~"'“”„‟«»‹›‘’‚「」『』《》〈〉.。:-]+$/gu;
const label = /^(title|titel|titre|título|titolo|标题|タイトル|заголовок)\s*[:：]\s*/iu;
/** Starts of structured text: a model that answers so has not understood the task. */
const structured = /^[{[<|]|```/u;

/**
 * The title in an answer of the model: one line without markdown, quotation marks and characters
 * that cannot be seen. Undefined when the answer is something else, such as a reply to the prompt.
 */
export function cleanTitle(answer: string): string | undefined {
  const lines = answer
    .slice(0, 4000)
    .split(/[\n\r\u2028\u2029]+/u)
    .map(inOneLine)
    .filter((line) => line !== '' && line !== '```');
  const [first = '', second] = lines;
  const line = lines.length === 2 && first.endsWith(':') && second ? second : first;
  if (lines.length > 1 && line === first) return undefined;
  if (structured.test(line)) return undefined;
  const title = bare(bare(line).replace(label, ''));
  const isOdd =
    title.length > longestAnswer ||
    title.split(' ').length > mostWords ||
    !/[\p{L}\p{N}]/u.test(title);
  return isOdd ? undefined : cutTitle(title);
}

function bare(title: string): string {
  return title.replaceAll(wrapping, '');
}
