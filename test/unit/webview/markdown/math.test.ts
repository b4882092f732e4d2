import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLexer } from '../../../../webview/markdown/parse/lexer.ts';

/** The formulas of a text in order, those that are not whole as undefined. */
function formulasOf(source: string): (string | undefined)[] {
  const found: (string | undefined)[] = [];
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('type' in value && value.type === 'math') {
      found.push('tex' in value && typeof value.tex === 'string' ? value.tex.trim() : undefined);
    }
    for (const each of Object.values(value)) look(each);
  };
  look(createLexer().lex(source));
  return found;
}

test.each([
  ['$x$', ['x']],
  ['so $a_1$ and *then* $b_2$.', ['a_1', 'b_2']],
  ['$5\\,\\mathrm{h}$', ['5\\,\\mathrm{h}']],
  ['$a * b$ and $c * d$', ['a * b', 'c * d']],
  ['**bold $a**b$ end**', ['a**b']],
  ['$$ t = t_0 + 5\\,\\mathrm{h} $$', ['t = t_0 + 5\\,\\mathrm{h}']],
  [
    '$$\n\\begin{aligned}\na &= b \\\\\n- c &= d\n= e\n\\end{aligned}\n$$\n',
    [expect.stringMatching(/^\\begin\{aligned\}[^]*\n- c[^]*\n= e\n/)],
  ],
  ['The result:\n$$\n+ x\n$$\nis clear.', ['+ x']],
  ['\\(a_i\\) and \\[ b^2 \\]', ['a_i', 'b^2']],
  ['\\[\nx = 1\n\\]\n', ['x = 1']],
  ['- item $x^2$\n- $$y$$', ['x^2', 'y']],
  ['> quote \\(q_1\\)', ['q_1']],
  ['| a | b |\n|---|---|\n| $x_1$ | 2 |', ['x_1']],
  ['# Head $h$', ['h']],
  ['open $\\alpha_{1', [undefined]],
  ['open \\[ \\frac{1}{2', [undefined]],
  ['$$\n\\frac{1}\n= 2', [undefined]],
])('%j holds the formulas %j', (source, formulas) => {
  expect(formulasOf(source)).toEqual(formulas);
});

test.each([
  'It costs $5 and $10.',
  'From $5-$10, or US$5 to US$7 $',
  'Between $ 5 and 6 $ a month',
  'Set $HOME and $PATH, then $HOME/$USER or $PATH:$HOME',
  '`$x$` and ``$y$``',
  '```\n$x$\n```',
  '    $indented$',
  '\\$x\\$ and \\$5$',
  'The process is $$ and $$ again',
  'Call f\\(see below\\) with \\[optional\\] words',
  '- \\[x\\] done',
  'a $x\n\ny$ b',
  '$x `code$` y',
  'echo "$(date) $1" and ${a}$b',
  `$${'x'.repeat(1_001)}$`,
  `$$${'x'.repeat(1_501)}$$`,
])('%j holds no formula', (source) => {
  expect(formulasOf(source)).toEqual([]);
});

test('nothing of a formula is taken for Markdown, wherever it stands', () => {
  const piece = fc.constantFrom(
    'x',
    '_',
    '*',
    '\\,',
    '\\{',
    '~',
    '^',
    '[a](b)',
    '<b>',
    '!',
    ' ',
    '\\alpha',
    '&',
  );
  const tex = fc
    .array(piece, { minLength: 1, maxLength: 12 })
    .map((pieces) => `x${pieces.join('')}x`);
  const marks = fc.constantFrom<[string, string]>(['$', '$'], ['\\(', '\\)'], ['$$', '$$']);
  const around = fc.constantFrom<[string, string]>(
    ['', ''],
    ['a ', ' b'],
    ['*a* ', ' *b*'],
    ['- ', ''],
    ['> ', ''],
    ['_a ', ' b_'],
  );
  fc.assert(
    fc.property(tex, marks, around, (inner, [open, close], [before, after]) => {
      const whole = `${inner}=\\frac12`;
      expect(formulasOf(before + open + whole + close + after)).toEqual([whole]);
    }),
    { numRuns: 1_000 },
  );
});
