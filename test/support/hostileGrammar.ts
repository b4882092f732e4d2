/** Gives the next word like `w12x`; each comes once, so that what is lost or moved is seen. */
export type NextWord = () => string;

interface Construct {
  readonly name: string;
  /** The construct around a text of one line. */
  readonly wrap: (inner: string) => string;
  /** What begins it and is never closed. */
  readonly open: string;
  /** The construct around itself, where that differs from `wrap`. */
  readonly nest?: (inner: string) => string;
}

const indented = (inner: string, mark: string, others = mark) =>
  mark + inner.replaceAll('\n', `\n${others}`);
const quoted = (inner: string) => indented(inner, '> ');
const listed = (inner: string) => indented(inner, '- ', '  ');
const fence = (language: string): Construct => ({
  name: `a fence of ${language}`,
  wrap: (inner) => `\`\`\`${language}\n${inner}\n\`\`\``,
  open: `\`\`\`${language}\n`,
  nest: listed,
});

/** Every block and inline construct of an answer. */
export const constructs: readonly Construct[] = [
  { name: 'a paragraph', wrap: (inner) => inner, open: '' },
  { name: 'a heading', wrap: (inner) => `## ${inner}`, open: '# ' },
  { name: 'a list', wrap: listed, open: '- ' },
  { name: 'a numbered list', wrap: (inner) => indented(inner, '1. ', '   '), open: '1. ' },
  { name: 'a nested list', wrap: (inner) => listed(`a\n${listed(inner)}`), open: '- - ' },
  { name: 'a task list', wrap: (inner) => indented(inner, '- [ ] ', '  '), open: '- [ ' },
  { name: 'a quote', wrap: quoted, open: '> ' },
  { name: 'a list in a quote', wrap: (inner) => quoted(listed(inner)), open: '> - ' },
  {
    name: 'a table',
    wrap: (inner) => `|a|b|\n|-|-|\n|${inner}|b|`,
    open: '|a|b|\n|-|',
    nest: quoted,
  },
  ...['ts', 'python', 'markdown', 'html', 'nothing-known'].map(fence),
  { name: 'indented code', wrap: (inner) => indented(inner, '    '), open: '    ' },
  { name: 'a link', wrap: (inner) => `[${inner}](https://a.example/b)`, open: '[a](' },
  {
    name: 'a reference',
    wrap: (inner) => `[${inner}][a]\n\n[a]: https://a.example/`,
    open: '[a][',
  },
  { name: 'an image', wrap: (inner) => `![${inner}](https://a.example/b.png)`, open: '![' },
  {
    name: 'emphasis',
    wrap: (inner) => `*${inner}* and **${inner}**`,
    open: '*a **',
    nest: (inner) => `*${inner}*`,
  },
  { name: 'struck words', wrap: (inner) => `~~${inner}~~`, open: '~~' },
  { name: 'a code span', wrap: (inner) => `\`${inner}\``, open: '`' },
  { name: 'a formula', wrap: (inner) => `$${inner}^2$`, open: '$\\alpha ' },
  {
    name: 'a display formula',
    wrap: (inner) => `$$\n${inner}^2\n$$`,
    open: '$$\n\\alpha ',
    nest: quoted,
  },
  { name: 'HTML', wrap: (inner) => `<div class="a">${inner}</div>`, open: '<div ' },
  { name: 'a comment', wrap: (inner) => `<!-- ${inner} -->`, open: '<!-- ' },
  { name: 'a file name', wrap: (inner) => `\`src/${inner}/b.ts:12\``, open: '`src/' },
  { name: 'a web address', wrap: (inner) => `https://a.example/b?${inner}`, open: 'https://' },
  { name: 'a footnote', wrap: (inner) => `${inner}[^1]\n\n[^1]: see it`, open: '[^' },
];

interface Pattern {
  readonly name: string;
  readonly make: (construct: Construct, word: NextWord, length: number) => string;
}

/** Repeats `part` until the text is about as long. */
function filled(length: number, separator: string, part: () => string): string {
  const parts: string[] = [];
  for (let sum = 0; sum < length;) {
    const next = part();
    parts.push(next);
    sum += next.length + separator.length;
  }
  return parts.join(separator);
}

const nestingDepth = 40;
const combining = `e${'\u0301'.repeat(40)}`;
const astral = '\u{1F469}\u200d\u{1F680}\u{20000}';
const among = (name: string, text: string): Pattern => ({
  name,
  make: ({ wrap }, word, length) =>
    filled(length, '\n\n', () => wrap(filled(300, ' ', () => `${text} ${word()}`))),
});

/** What makes a text hard to draw. */
export const patterns: readonly Pattern[] = [
  {
    name: 'again and again',
    make: ({ wrap }, word, length) => filled(length, '\n\n', () => wrap(word())),
  },
  {
    name: 'on every line',
    make: ({ wrap }, word, length) => filled(length, '\n', () => wrap(word())),
  },
  {
    name: 'all on one line',
    make: ({ wrap }, word, length) => filled(length, ' ', () => wrap(word())),
  },
  {
    name: 'in itself',
    make: ({ wrap, nest = wrap }, word, length) =>
      filled(length, '\n\n', () => {
        let text = wrap(word());
        for (let depth = 1; depth < nestingDepth && text.length < length; depth++)
          text = nest(text);
        return text;
      }),
  },
  {
    name: 'never closed',
    make: ({ open }, word, length) => filled(length, ' ', () => open + word()),
  },
  {
    name: 'with a long line',
    make: ({ wrap }, word, length) => wrap(filled(length, ' ', word)),
  },
  {
    name: 'with many lines',
    make: ({ wrap }, word, length) => wrap(filled(length, '\n', word)),
  },
  among('with control characters', '\u0090\u0000\u001b[31m\u0007'),
  among('with direction marks', '\u202e\u05e9\u05dc\u05d5\u05dd\u2066'),
  among('with combining marks', combining),
  among('with letters beyond the basic plane', astral),
];

/** A text of about `length` units, and its words in the order in which they stand. */
export function hostileText(construct: Construct, pattern: Pattern, length: number): string {
  let count = 0;
  return pattern.make(construct, () => `w${count++}x`, length);
}
