/** Answers that are long, deep or dense: each has cost a drawing panel more than a frame. */
export interface HostileAnswer {
  readonly name: string;
  readonly text: string;
}

const megabyte = 1_000_000;
const filled = (unit: string, length = megabyte) => unit.repeat(Math.ceil(length / unit.length));
const lines = (count: number, line: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => line(at)).join('\n');
const nested = (depth: number, mark: string) =>
  lines(depth, (at) => `${'  '.repeat(at % 40)}${mark}level ${at}`);

export const hostileAnswers: readonly HostileAnswer[] = [
  { name: '100,000 list items', text: lines(100_000, (at) => `- item ${at}`) },
  { name: '100,000 numbered items', text: lines(100_000, (at) => `${at + 1}. item ${at}`) },
  { name: 'loose list', text: lines(20_000, (at) => `- item ${at}\n`) },
  { name: 'one item with 50,000 in it', text: `- top\n${lines(50_000, (at) => `  - item ${at}`)}` },
  { name: 'items with formulas', text: lines(5_000, (at) => `- $x_{${at}}$ and $y^2$`) },
  { name: 'a paragraph of words', text: filled('some plain words of an answer ') },
  { name: 'a paragraph of lines', text: filled('some plain words of an answer\n') },
  { name: 'a word', text: filled('x') },
  { name: 'letters beyond the basic plane', text: filled('\u{1F469}\u200d\u{1F680}') },
  { name: 'emphasis', text: filled('a *few* **marked** words here ') },
  { name: 'emphasis that stays open', text: filled('a *few **marked words _here ') },
  { name: 'links', text: filled('some [words](https://a.example/b) here ') },
  { name: 'references', text: `${filled('some [words][a] here ')}\n\n[a]: https://a.example/` },
  {
    name: 'paragraphs with references',
    text: `${filled('[a] b\n\n', 300_000)}[a]: https://a.example/`,
  },
  { name: 'brackets', text: filled('[') },
  { name: 'pairs of brackets', text: filled('some [words] and ') },
  { name: 'backticks', text: filled('some `code` here ') },
  { name: 'backticks alone', text: filled('`') },
  { name: 'formulas', text: filled('some $x_1$ here ', 300_000) },
  { name: 'unfinished formulas', text: filled('some $$\\alpha x_1 here ') },
  { name: 'web addresses', text: filled('see https://a.example/b?c=d, ') },
  { name: 'file names', text: filled('see `src/core/a.ts:12` and ', 300_000) },
  { name: 'character references', text: filled('&amp;&#65;&copy; ') },
  { name: 'right-to-left words', text: filled('\u05e9\u05dc\u05d5\u05dd 1 ') },
  { name: 'control characters', text: filled('\u0090') },
  { name: 'small paragraphs', text: lines(30_000, (at) => `p ${at}\n`) },
  { name: 'headings', text: lines(50_000, (at) => `# h ${at}`) },
  { name: 'rules', text: filled('---\n', 200_000) },
  { name: 'line ends', text: filled('\n') },
  { name: 'spaces', text: filled(' ') },
  { name: 'quotes in quotes', text: filled('> '.repeat(30) + 'a\n') },
  { name: 'quote marks', text: filled('>') },
  { name: 'lists in lists', text: nested(20_000, '- ') },
  { name: 'numbered lists in lists', text: nested(20_000, '1. ') },
  { name: 'lists in quotes', text: filled('> - > - > - a\n') },
  { name: 'a table of 10,000 rows', text: `|a|b|\n|-|-|\n${lines(10_000, (at) => `|${at}|b|`)}` },
  {
    name: 'a table of 1,000 columns',
    text: `${filled('|a', 2_000)}|\n${filled('|-', 2_000)}|\n${`${filled('|b', 2_000)}|\n`.repeat(100)}`,
  },
  { name: 'a table of marks', text: `|a|b|\n|-|-|\n${filled('|**a**|`b`|\n')}` },
  {
    name: 'a fence of lines',
    text: `\`\`\`ts\n${filled('const a = 1; // a line of code\n')}\`\`\``,
  },
  { name: 'a fence of one line', text: `\`\`\`js\n${filled('x=1;')}\n\`\`\`` },
  {
    name: 'a fence in a list',
    text: `1. see\n   \`\`\`ts\n${filled('   const a = 1;\n')}   \`\`\`\n2. done`,
  },
  { name: 'a fence without an end', text: `~~~\n${filled('a\n')}` },
  { name: '5,000 fences', text: filled('```js\nf(1)\n```\n', 70_000) },
  { name: 'the line of a fence', text: `\`\`\`${filled('a')}\nx\n\`\`\`` },
  { name: 'indented code', text: filled('    some code\n') },
  { name: 'tags', text: filled('<div a="b"><b>') },
  { name: 'an open comment', text: `<!-- ${filled('a\n')}` },
  { name: 'an HTML block', text: `<div>\n${filled('words <b>here</b>\n')}` },
  { name: 'definitions', text: lines(30_000, (at) => `[a${at}]: https://a.example/${at}`) },
  { name: 'code that colors slowly', text: `\`\`\`c\n${`${'A'.repeat(990)}\n`.repeat(30)}\`\`\`` },
];
