import * as fc from 'fast-check';

const blocks = [
  'para one\nline two\n\n',
  '# head\n\n',
  'title\n===\n\n',
  'sub\n---\n\n',
  '- a\n- b\n\n',
  '- a\n\n- b\n\n',
  '1. x\n2. y\n\n',
  '1. x\n\n   more\n\n2. y\n\n',
  '- a\n  - b\n    - c\n- d\n\n',
  '> q\n> r\n\n',
  '> q\nlazy\n\n',
  '```js\nlet a = 1;\n\n\nlet b;\n```\n\n',
  '```\nplain\n```\n',
  '```\na```\n  ~~~\nb ```\n```\n',
  '```\n```\n',
  '~~~py\nx\n~~~\n\n',
  '````md\n```js\nin\n```\n````\n\n',
  '  ```ts a.ts\n  x\n    y\n z\n  ```\n',
  '- item\n\n  ```sh\n  ls\n\n  ls\n  ```\n\n- next\n\n',
  '1. one\n   ```ts\n   a\n   ```\n2. two\n',
  '| a | b |\n|---|--:|\n| 1 | 2 |\n\n',
  '| a | b |\n|---|---|\n| 1 | 2 |\ntext after\n\n',
  '***\n\n',
  '    indented code\n\n',
  '    code\n\n    more code\n\ntext\n\n',
  '<div>\nhtml\n</div>\n\n',
  '<!-- c\n\nd -->\n\n',
  'a **b** `c` [d](https://e.f) ~~g~~ https://h.i/j\n\n',
  'text\n```ts\nx\n```\nafter\n\n',
  '- [x] t\n- [ ] u\n\n',
  'hard  \nbreak\\\nagain\n\n',
  '* a\n* b\n\n- c\n\n',
  '1) a\n2) b\n\n',
  '\\# esc &amp; &lt;b&gt; &#8238; &copy;\n\n',
  '> - in\n>   quote\n>\n> ```js\n> x\n> ```\n\n',
  'see [ref] and [that][other]\n\n',
  '- see [ref]\n\n',
  '[ref]: https://r.example/a\n\n',
  '[other]: https://o.example/ "title"\n',
  '![alt](https://img.example/x.png)\n\n',
  'a\r\nb\r\n\r\n',
  'em\u{1F469}\u200D\u{1F680}oji \u202Ebidi\u202C \u200B zero\n\n',
  '\u001b[31mred\u001b[0m \u001b]0;title\u0007 text\n\n',
  '\n\n\n\n',
];

/** Plausible answers made of all kinds of blocks, in any order, the last one cut short. */
export const documents = fc
  .tuple(
    fc.array(fc.constantFrom(...blocks), { minLength: 1, maxLength: 9 }),
    fc.integer({ min: 0, max: 8 }),
  )
  .map(([parts, cut]) => parts.join('').slice(0, -cut || undefined));

// prettier-ignore
const marks = [
  '\n', '\n', '\n\n', ' ', '  ', '    ', 'a', 'b c', '- ', '1. ', '> ', '# ', '```', '~~~', '`',
  '*', '**', '_', '|', '|-|-|', '[', ']', '(', ')', '](x)', '[r]: /u', '[r]: https://r.example',
  '[r]', '<', '>', '<div>', '---', '===', '\\', '&lt;', '!', '\t', '\r', '\u001b', '\u001b[', 'm',
  '\ud83d', '\ude00', '\u200d', '\ufe0f', '\u{e0041}', '\u202e',
];

/** Marks without any sense. */
export const soup = fc
  .array(fc.constantFrom(...marks), { minLength: 1, maxLength: 60 })
  .map((parts) => parts.join(''));
