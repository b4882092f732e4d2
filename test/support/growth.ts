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
export function findSteepGrowth(
  run: (text: string) => unknown,
  { before = '', after = '', units = hostileUnits } = {},
): string[] {
  return units.flatMap((each) => {
    const text = (length: number) => before + each.repeat(Math.ceil(length / each.length)) + after;
    const large = text(smallLength * factor);
    const largeMs = leastOfThree(run, large, trustedMs);
    if (largeMs < trustedMs) return [];
    const smallMs = leastOfThree(run, text(smallLength), 0);
    if (largeMs <= most * Math.max(smallMs, noiseMs)) return [];
    return [`${JSON.stringify(each)}: ${Math.round(smallMs)} ms, then ${Math.round(largeMs)} ms`];
  });
}

/** CPU milliseconds: a busy machine makes nothing steep. */
function leastOfThree(run: (text: string) => unknown, text: string, enoughMs: number): number {
  let least = Infinity;
  for (let i = 0; i < 3; i++) {
    const before = process.cpuUsage();
    run(text);
    least = Math.min(least, process.cpuUsage(before).user / 1_000);
    if (least < enoughMs) break;
  }
  return least;
}
