const unit = (code: number) => String.fromCharCode(code);

/** What a hostile text may be made of, over and over. */
export const hostileUnits: readonly string[] = [
  ['a', ' ', '\n', '\t', '\r', '.', '/', '\\', ':', '-', '_', '*', '~', '`', '"', "'", '$'],
  ['[', ']', '(', ')', '<', '>', '&', '#', '|', '!', '=', '{', '}', '1', '\u05d0', '\u00e9'],
  ['[a](', '![', '[a][', '**a', '*a _b ', '~~a`b', '> ', '- ', '- a\n', '1. ', '> - ', '\n\n'],
  ['a\n\n', '|a', '| a ', '|-', '```', '```\n', '```a\n', '~~~ ', '    a\n', '<a', '<!--', '</'],
  ['&amp', '&#1;', '&a;', 'http://', 'www.a.', 'a@b.', 'a.b/', 'a:1', '#L1', '\\(', '\\[', '$$'],
  ['$a', '$a$', '\\$', 'x$ ', '\\a{', '**a**\n', '# a\n', '[a]: b\n', 'title=', 'a=', ' a='],
  [0x00, 0x07, 0x1b, 0x90, 0x98, 0x9b, 0x9c, 0x9d, 0x200d, 0x202e, 0xfe0f, 0xd83d].map(unit),
  [
    '\u001b[',
    '\u001b]',
    '\u001b]\u0090',
    '\u009b1',
    '\u{e0041}',
    '\u{1F469}\u200d',
    '\ud83d\ufe0f',
  ],
].flat();

/** What is slow, or dear, in text that comes over the wire: one of each kind. */
export const wireUnits: readonly string[] = [
  ['a', 'A', '7', '_', '-', '.', ',', '/', '\\', ':', '@', '<', '>', '`', '~', '"', "'", '[', '{'],
  [
    '(',
    '*',
    '#',
    '|',
    ' ',
    '\t',
    '\n',
    '\r',
    '\0',
    '\u0090',
    '\u202e',
    '\u200d',
    '\u0301',
    '\u00e9',
  ],
  ['\ud800', '\udc00', '\u{1F468}\u200d\u{1F469}', '\u2640', '\u2640\u2640 ', '\u6f22', '\u0130'],
  ['eyJ', 'eyJhbGciOiJI.', 'sk-', 'rt_', 'Bearer ', 'code ', 'code="', 'a@a', 'a.', '%40', 'a%40'],
  ['to=a.', 'assistant ', 'assistant to=functions.x ', '+#+#', '<|start|>', '\u6f22to=x', '.t'],
  ['[a](', '{"a":', '[1,', '"a",', '%41', '&amp;', '&#65;', '\\u0041', '<a ', '<!--', '|a|\n'],
  [
    'data:\n',
    'data: {}\n\n',
    ': \n',
    'try again in 1s ',
    'retry after ',
    'model is ',
    ';=1',
    '\r\n',
  ],
].flat();

const smallLength = 250_000;
const factor = 4;
const most = 6;
/** Below this a clock says nothing; far above it a function that is linear never is. */
const trustedMs = 100;
/** A small text may be done between two pauses of the collector, a large one not. */
const noiseMs = 40;

/**
 * The texts of 1 MB on which `run` takes more than 6 times as long as on a quarter of it, the least
 * of three each. Each text is one unit over and over, between `before` and `after`.
 */
export async function findSteepGrowth(
  run: (text: string) => unknown,
  { before = '', after = '', units = hostileUnits } = {},
): Promise<string[]> {
  const found: string[] = [];
  for (const each of units) {
    const text = (length: number) => before + each.repeat(Math.ceil(length / each.length)) + after;
    const start = await steepStart(run, text);
    if (start === 'harmless') continue;
    const steep = start ?? (await steepEnd(run, text));
    if (steep !== undefined) found.push(`${JSON.stringify(each)}: ${steep}`);
  }
  return found;
}

type TextOf = (length: number) => string;

/**
 * What is steep on short texts already would take minutes on the long ones. What is so fast on a
 * short one that even with the square of the length the long one would take less than a clock can
 * tell is harmless, and is not run on the long one.
 */
async function steepStart(run: (text: string) => unknown, text: TextOf) {
  const lengths = [smallLength / 64, smallLength / 16, smallLength / 4, smallLength];
  let before = Infinity;
  for (const length of lengths) {
    const ms = await leastOf(1, run, text(length), 0);
    if (length > smallLength / 16 && ms * ((smallLength * factor) / length) ** 2 < trustedMs) {
      return 'harmless';
    }
    if (ms > 300 && ms > 10 * Math.max(before, noiseMs / 4)) return told(before, ms);
    before = ms;
  }
  return undefined;
}

async function steepEnd(run: (text: string) => unknown, text: TextOf) {
  let [smallMs, largeMs] = [Infinity, Infinity];
  for (let tries = 0; tries < 3; tries++) {
    largeMs = Math.min(largeMs, await leastOf(1, run, text(smallLength * factor), trustedMs));
    if (largeMs < trustedMs) return undefined;
    smallMs = Math.min(smallMs, await leastOf(1, run, text(smallLength), 0));
    if (largeMs <= most * Math.max(smallMs, noiseMs)) return undefined;
  }
  return told(smallMs, largeMs);
}

const told = (smallMs: number, largeMs: number) =>
  `${Math.round(smallMs)} ms, then ${Math.round(largeMs)} ms`;

/** CPU milliseconds: a busy machine makes nothing steep. */
async function leastOf(
  tries: number,
  run: (text: string) => unknown,
  text: string,
  enoughMs: number,
): Promise<number> {
  let least = Infinity;
  for (let i = 0; i < tries; i++) {
    const before = process.cpuUsage();
    await run(text);
    least = Math.min(least, process.cpuUsage(before).user / 1_000);
    if (least < enoughMs) break;
  }
  return least;
}
