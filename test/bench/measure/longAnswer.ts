const words =
  'the model keeps a queue of pending edits and flushes it when the editor is idle so that typing stays smooth while a task checks each change before it is written to disk or refused with a reason'.split(
    ' ',
  );

const snippets: readonly (readonly [language: string, line: (n: number) => string])[] = [
  [
    'ts',
    (n) => `export const load${n} = async (id: string): Promise<Item> => fetchItem(id, ${n});`,
  ],
  ['python', (n) => `def run_${n}(items: list[str]) -> int:\n    return len(items) + ${n}  # all`],
  ['rust', (n) => `pub fn next_${n}(&mut self) -> Option<char> { self.chars.nth(${n}) }`],
  ['bash', (n) => `grep -rn "item ${n}" src | sort -u | head -n ${n + 1} >> out.log`],
  ['sql', (n) => `SELECT name, COUNT(*) FROM orders WHERE age > ${n} GROUP BY name;`],
  ['json', (n) => `{ "name": "part-${n}", "private": true, "size": ${n}.5, "next": null }`],
  ['css', (n) => `.row-${n} > .cell:hover { padding: ${n}px calc(1rem + 2%); opacity: 0.9; }`],
  ['', (n) => `plain line ${n} without a language`],
];

export interface LongAnswer {
  readonly text: string;
  /** What each code block holds, in order. */
  readonly code: readonly string[];
}

/** Markdown of all sorts, the same at each call: `blocks` sections with a fence each. */
export function longAnswer(length: number, blocks: number): LongAnswer {
  const share = Math.floor(length / blocks);
  const code: string[] = [];
  let text = '';
  for (let at = 0; at < blocks; at += 1) {
    const [language, line] = snippets[at % snippets.length] ?? ['', String];
    const lines: string[] = [];
    while (lines.join('\n').length < share * 0.55) lines.push(line(at * 100 + lines.length));
    code.push(lines.join('\n'));
    const fence = `\`\`\`${language}\n${lines.join('\n')}\n\`\`\`\n\n`;
    text += `## Part ${at + 1}\n\n${sentence(at, 30)}\n\n${extra(at)}${fence}`;
    while (text.length < share * (at + 1) - 200) text += `${sentence(text.length, 25)}\n\n`;
  }
  return { text: text.trimEnd(), code };
}

function extra(at: number): string {
  switch (at % 3) {
    case 0:
      return `- ${sentence(at, 8)}\n- ${sentence(at + 1, 6)}\n  - ${sentence(at + 2, 5)}\n\n`;
    case 1:
      return `| Option | Default |\n| --- | ---: |\n| \`a${at}\` | ${at} |\n| \`b${at}\` | 0 |\n\n`;
    default:
      return `> ${sentence(at, 12)}\n\n1. ${sentence(at, 7)}\n2. ${sentence(at + 3, 7)}\n\n`;
  }
}

function sentence(from: number, count: number): string {
  const picked = Array.from({ length: count }, (_, at) => marked((from * 7 + at * 5) % 97, at));
  return `${picked.join(' ')}.`;
}

function marked(pick: number, at: number): string {
  const word = words[pick % words.length] ?? 'word';
  if (pick % 23 === 1) return `\`${word}\``;
  if (pick % 23 === 2) return `**${word}**`;
  if (pick % 23 === 3) return `[${word}](https://example.org/${word}?at=${at})`;
  return word;
}
