/** Deterministic text like a long answer of a model: prose, lists, tables, quotes and code. */
export function longAnswer(length: number, fences: number): string {
  const random = createRandom(1);
  let text = '# Plan\n\n';
  for (let i = 0; i < fences; i++) text += section(random, i, 1_350);
  while (text.length < length) text += `${paragraph(random, 4)}\n\n`;
  return text.slice(0, length);
}

/** Cuts `text` into about `count` pieces of uneven length. */
export function cutIntoDeltas(text: string, count: number): string[] {
  const random = createRandom(2);
  const mean = text.length / count;
  const deltas: string[] = [];
  for (let i = 0; i < text.length;) {
    const length = Math.max(1, Math.round(mean * (0.4 + 1.2 * random())));
    deltas.push(text.slice(i, i + length));
    i += length;
  }
  return deltas;
}

type Random = () => number;

function createRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const words =
  'the model keeps a queue of pending edits and flushes it when the editor becomes idle so that typing stays smooth while a background task validates each change against the schema before it is written to disk or rejected with a reason'.split(
    ' ',
  );

const snippets: Record<string, (n: number) => string> = {
  typescript: (n) =>
    `export async function load${n}(id: string, signal?: AbortSignal): Promise<Item | undefined> {\n  const response = await fetch(\`/api/items/\${id}?v=${n}\`, { signal });\n  if (!response.ok) throw new Error("status " + response.status); // retry ${n}\n  return parse(await response.json());\n}\n`,
  javascript: (n) =>
    `const cache${n} = new Map();\nexport const get${n} = (key, fallback = null) => {\n  if (cache${n}.has(key)) return cache${n}.get(key); /* hit */\n  cache${n}.set(key, fallback ?? [1, 2.5, 0x${n + 16}, "x"]);\n  return cache${n}.get(key);\n};\n`,
  python: (n) =>
    `class Worker${n}(Base):\n    """Runs job ${n}."""\n    def run(self, items: list[str], *, limit: int = ${n}) -> dict[str, int]:\n        out = {k: len(k) for k in items if k and not k.startswith("_")}\n        return dict(sorted(out.items(), key=lambda kv: -kv[1])[:limit])\n`,
  bash: (n) =>
    `for f in src/**/*.ts; do\n  if grep -q "FIX(${n})" "$f"; then echo "found in $f" >> "out${n}.log"; fi\ndone | sort -u | head -n ${n + 3}\n`,
  json: (n) =>
    `{ "name": "pkg-${n}", "version": "1.${n}.0", "private": true, "limits": { "a": ${n}, "b": null, "c": -1.5e3 } }\n`,
  css: (n) =>
    `.row-${n} > .cell:hover { color: var(--vscode-foreground); padding: ${n}px calc(1rem + 2%); }\n`,
  html: (n) =>
    `<section class="card wide" data-n="${n}"><h2>Title ${n}</h2><p>Text &amp; <a href="/x/${n}">link</a></p></section>\n`,
  go: (n) =>
    `func (s *Store) Get${n}(ctx context.Context, key string) ([]byte, error) {\n\tif v, ok := s.m[key]; ok && len(v) > ${n} { return v, nil }\n\treturn nil, fmt.Errorf("missing %q (%d)", key, ${n})\n}\n`,
  rust: (n) =>
    `impl<'a> Parser<'a> {\n    pub fn next_${n}(&mut self) -> Option<Token<'a>> {\n        match self.chars.peek()? { '0'..='9' => self.number(${n}), _ => None }\n    }\n}\n`,
  sql: (n) =>
    `SELECT u.id, COUNT(*) AS n FROM users u LEFT JOIN orders o ON o.user_id = u.id WHERE u.age > ${n} GROUP BY u.id;\n`,
  diff: (n) => `@@ -${n},4 +${n},5 @@ function f${n}() {\n-  return old(${n});\n+  return x;\n`,
  yaml: (n) => `job-${n}:\n  runs-on: linux\n  steps: [{ run: "npm test -- --shard=${n}" }]\n`,
};
const languages = Object.keys(snippets);

function code(language: string, size: number, n: number): string {
  let text = '';
  for (let i = 0; text.length < size; i++) text += snippets[language]?.(n * 7 + i) ?? '\n';
  return text;
}

function sentence(random: Random, length: number): string {
  const parts: string[] = [];
  for (let i = 0; i < length; i++) {
    const word = words[Math.floor(random() * words.length)] ?? '';
    const kind = random();
    if (kind < 0.04) parts.push(`\`${word}Value\``);
    else if (kind < 0.07) parts.push(`**${word}**`);
    else if (kind < 0.09) parts.push(`*${word}*`);
    else if (kind < 0.1) parts.push(`[${word}](https://example.org/${word}?q=${i})`);
    else parts.push(word);
  }
  return `${parts.join(' ')}.`;
}

function paragraph(random: Random, sentences: number): string {
  return Array.from({ length: sentences }, () => sentence(random, 14)).join(' ');
}

function section(random: Random, i: number, codeLength: number): string {
  const language = languages[i % languages.length] ?? 'text';
  const extras = [
    () =>
      `- ${sentence(random, 8)}\n- ${sentence(random, 8)}\n  - ${sentence(random, 6)}\n- ${sentence(random, 9)}\n`,
    () =>
      `| Option | Default | Meaning |\n|:---|---:|---|\n${Array.from({ length: 5 }, (_, k) => `| \`opt${k}\` | ${k * 10} | ${sentence(random, 6)} |\n`).join('')}`,
    () =>
      `> ${sentence(random, 14)}\n> ${sentence(random, 9)}\n\n1. ${sentence(random, 7)}\n2. ok\n`,
  ];
  const extra = extras[i % extras.length]?.() ?? '';
  return (
    `## ${i + 1}. ${sentence(random, 5)}\n\n${paragraph(random, 3)}\n\n${extra}\n` +
    `\`\`\`${language}\n${code(language, codeLength, i)}\`\`\`\n\n${paragraph(random, 2)}\n\n`
  );
}
