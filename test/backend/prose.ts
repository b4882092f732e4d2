/** Words and code of our own, made to show each thing that an answer can hold. */

export const notice =
  '*This is the **practice backend** on your own machine. No model is behind it: the words are canned, the streaming, the tools and the quota are real.*';

export const hints = `Try one of these:

- **table**, **list**, **code**, **quote**, **links**, **diff**, **math**, or several of them in one message
- **long** for a long answer, **very long** for 100 kB with forty code blocks
- **slow** or **fast** for another pace, **think** for a longer train of thought
- **read file \`package.json\`**, **run \`ls\`**, **list files**: needs tools on offer
- **drop**, **error**, **overloaded**, **stall**, **refuse**, **garbled**: one fault each, and the retry goes well; add **always** to keep it up
- **limit** spends the five-hour window; the control page of this backend gives it back
- **what did I say** to see that the chat is remembered`;

export const table = `## A table

| Window | Length | Resets | Share used |
| :-- | --: | :-: | --: |
| Short | 5 h | several times a day | 42 % |
| Long | 7 d | once a week | 18 % |
| Code review | 7 d | once a week | 3 % |

Numbers stand at the right, words at the left; a cell may hold \`code\` or **weight**.`;

export const list = `## Lists

1. Read the failing test.
2. Find where the value is made:
   - in the parser, when the field is missing
   - in the cache, when it is too old
     - and the clock was moved
3. Mend it, and run the test again.

- [x] reproduce
- [ ] mend
- [ ] tell the others`;

export const quote = `## A quotation

> A cache is a promise about the past.
>
> > And a promise can be broken twice: once by forgetting, once by remembering too long.

Below it comes a rule.

---`;

export const links = `## Links

See [the guide](https://example.com/guide "A page that does not exist"), the file [\`src/extension.ts\`](src/extension.ts#L1), or <https://example.com>. A footnote-like word: ~~struck out~~, *slanted*, ***both***.`;

export const math = `## Formulas

The share used is $u = \\frac{\\text{spent}}{\\text{budget}}$, and the time left is

$$
t = t_0 + 5\\,\\mathrm{h} - t_{\\text{now}}
$$`;

const snippets: Readonly<Record<string, string>> = {
  typescript: `export interface Window {
  /** Epoch ms. */
  opensAt: number;
  lengthMs: number;
}

/** Ms until the window opens anew; 0 when it already has. */
export function untilReset(window: Window, now: number): number {
  return Math.max(0, window.opensAt + window.lengthMs - now);
}`,
  python: `from dataclasses import dataclass


@dataclass(frozen=True)
class Window:
    opens_at: float
    length: float = 5 * 3600

    def until_reset(self, now: float) -> float:
        """Seconds until the window opens anew."""
        return max(0.0, self.opens_at + self.length - now)`,
  rust: `pub struct Window {
    pub opens_at: u64,
    pub length: u64,
}

impl Window {
    /// Seconds until the window opens anew.
    pub fn until_reset(&self, now: u64) -> u64 {
        (self.opens_at + self.length).saturating_sub(now)
    }
}`,
  go: `package quota

import "time"

// UntilReset tells how long a window stays closed.
func UntilReset(opensAt time.Time, length time.Duration) time.Duration {
	left := time.Until(opensAt.Add(length))
	if left < 0 {
		return 0
	}
	return left
}`,
  bash: `#!/usr/bin/env bash
set -euo pipefail

for file in src/*.ts; do
  printf '%5d %s\\n' "$(wc -l < "$file")" "$file"
done | sort -rn | head -5`,
  sql: `SELECT account, SUM(tokens) AS used
FROM turns
WHERE started_at > now() - INTERVAL '5 hours'
GROUP BY account
HAVING SUM(tokens) > 0
ORDER BY used DESC;`,
  json: `{
  "plan": "plus",
  "windows": [
    { "minutes": 300, "usedPercent": 42 },
    { "minutes": 10080, "usedPercent": 18 }
  ]
}`,
  html: `<section aria-label="Quota">
  <h2>This week</h2>
  <meter min="0" max="100" value="18">18 %</meter>
</section>`,
  css: `.quota-bar {
  inline-size: calc(var(--used) * 1%);
  background: var(--accent, teal);
  transition: inline-size 200ms ease-out;
}`,
  diff: `--- a/src/quota.ts
+++ b/src/quota.ts
@@ -3,5 +3,5 @@
 export function untilReset(window: Window, now: number): number {
-  return window.opensAt + window.lengthMs - now;
+  return Math.max(0, window.opensAt + window.lengthMs - now);
 }`,
};

export const languages = Object.keys(snippets);

export function block(language: string): string {
  return `\`\`\`${language}\n${snippets[language] ?? ''}\n\`\`\``;
}

export function code(wanted: readonly string[]): string {
  const chosen = wanted.length > 0 ? wanted : ['typescript', 'python', 'rust', 'bash', 'json'];
  return `## Code\n\n${chosen
    .map((language) => `In ${language}:\n\n${block(language)}`)
    .join(
      '\n\n',
    )}\n\nEach does the same small thing: it tells how long until a quota window opens anew.`;
}

const thoughts = [
  'A number that is not known yet should be shown as unknown. A zero would be a claim, and people plan by claims.',
  'Whoever waits wants to know for what, for how long, and what they may do meanwhile. Say all three, in that order.',
  'A retry that repeats half an answer is worse than no retry. Take the half back first, then ask again.',
  'Small functions are not the aim. The aim is that one change has one place; small functions are what is left when that holds.',
  'Before a cache is added, measure; after it is added, say who empties it.',
];

/** Sections of prose and code until the text has at least this many characters. */
export function long(characters: number): string {
  const sections: string[] = ['# A long answer'];
  let size = 0;
  for (let at = 0; size < characters; at += 1) {
    const language = languages[at % languages.length] ?? 'typescript';
    const prose = [0, 1, 2, 3].map((more) => thoughts[(at + more) % thoughts.length]).join(' ');
    const section = `## Part ${at + 1}\n\n${prose}\n\n${block(language)}\n\n${
      at % 3 === 0 ? '- first point\n- second point, with `code`\n\n' : ''
    }${thoughts[(at + 4) % thoughts.length]} ${prose} ${prose} ${prose}`;
    sections.push(section);
    size += section.length;
  }
  return sections.join('\n\n');
}

export const reasoningParts = [
  '**Reading the message**\n\nThe words say what kind of answer is wanted; the turns before it say what is known already.',
  '**Choosing a form**\n\nA short answer first, then what was asked for, each part under its own heading.',
  '**Checking the plan**\n\nEvery block has to close, every table needs its rule line, and nothing may be claimed that was not looked at.',
  '**Thinking further**\n\nWhat would change the answer? A file that says otherwise, or a tool that fails. Neither is in sight.',
];
