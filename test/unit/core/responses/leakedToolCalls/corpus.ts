import { readFileSync } from 'node:fs';
import * as z from 'zod/mini';

const read = (name: string): unknown =>
  JSON.parse(
    readFileSync(new URL(`../../../../fixtures/garble/${name}`, import.meta.url).pathname, 'utf8'),
  );

const positiveFile = z.object({
  tools: z.array(z.string()),
  samples: z.array(
    z.object({
      family: z.string(),
      clean: z.string(),
      leak: z.string(),
      tool: z.optional(z.string()),
      tools: z.optional(z.array(z.string())),
    }),
  ),
});

const negativeFile = z.array(z.object({ group: z.string(), text: z.string() }));

export interface Positive {
  family: string;
  /** The text that a person may see. */
  clean: string;
  /** From the first sign of the leak to its end. */
  leak: string;
  tool?: string | undefined;
  tools: readonly string[];
}

const written = positiveFile.parse(read('positives.json'));

/** The tools that are declared for the samples. */
export const tools = written.tools;

export const writtenPositives: readonly Positive[] = written.samples.map((sample) => ({
  ...sample,
  tools: sample.tools ?? tools,
}));

export const negatives = negativeFile.parse(read('negatives.json'));

const envelopes: readonly (readonly [string, string])[] = [
  ['functions', 'to=functions.'],
  ['envelope', 'assistant to=functions.'],
  ['envelope', 'commentary to=functions.'],
  ['envelope', 'assistantcommentary to=functions.'],
  ['plusHash', '+#+#+#+#+#+assistant to=functions.'],
  ['plusHash', '+#+#+#+#assistant to=functions.'],
  ['venus', '♀♀♀♀assistant to=functions.'],
  ['venus', '♀♀♀♀to=functions.'],
  ['token', '<|start|>assistant<|channel|>commentary to=functions.'],
  ['bareTool', 'to='],
  ['envelope', 'assistant to='],
];

/** What stands between the name and the arguments. */
const betweens = [
  ' ',
  ' json ',
  ' code ',
  ' commentary json\n',
  ' մելոն commentary json\n',
  '  彩票平台 json\n',
  ' ગુજરાતી code ',
  '  (commentary  天天中彩票) json\n',
  ' <|constrain|>json<|message|>',
];

const argumentTexts = [
  '{"path":"src/index.ts","offset":0}',
  '{}',
  '{"text":"docs say to=functions.x {\\"a\\":1} is a leak"}',
  '{\n  "cmd": "ls -la"\n}',
];

/** What a person has been shown before. */
const beforehand = [
  '',
  'I will list the files now.\n',
  'Let me look. ',
  '**Calling**\n\n',
  'Run `npm test` and read the log:\n\n```sh\nnpm test\n```\n',
  'The file is 5" wide. Don\'t worry! ',
  '文件已经写好了，我现在运行测试。\n',
  '- one\n- two\n\n',
];

const afterwards = ['', ' 天天中', '\nI have listed the files, all is done.'];

/** Every marker with every debris, tools, arguments and positions in turn. */
export const madePositives: readonly Positive[] = envelopes.flatMap(([family, head], row) =>
  betweens.flatMap((between, column) =>
    [0, 1].map((round) => {
      const step = row * 7 + column * 3 + round * 5;
      const tool = pick(tools, step);
      const leak = `${head}${tool}${between}${pick(argumentTexts, step)}${pick(afterwards, step)}`;
      return { family, clean: pick(beforehand, step + round), leak, tool, tools };
    }),
  ),
);

export const positives: readonly Positive[] = [...writtenPositives, ...madePositives];

function pick<T>(values: readonly T[], index: number): T {
  return values[index % values.length]!;
}
