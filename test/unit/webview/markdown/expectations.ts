/** What `hostile.json` expects of a rendered message; see its `expect_keys`. */
export interface Expectations {
  readonly forbid?: readonly string[];
  readonly select?: readonly string[];
  readonly count?: Readonly<Record<string, number>>;
  readonly text?: readonly string[];
  readonly forbid_chars?: readonly string[];
  readonly forbid_range?: readonly [number, number];
  readonly max_ms?: number;
  readonly max_nodes?: number;
  readonly no_hscroll?: boolean;
  readonly title_shows_href?: boolean;
}

/** In words, each expectation that `message`, shown inside `panel`, does not meet. */
export function findFaults(
  message: HTMLElement,
  panel: HTMLElement,
  expected: Expectations,
  ms: number,
): string[] {
  return [
    ...elementFaults(message, expected),
    ...textFaults(message.textContent, expected),
    ...sizeFaults(message, panel, expected, ms),
  ];
}

function elementFaults(message: HTMLElement, expected: Expectations): string[] {
  const { forbid = [], select = [], count = {} } = expected;
  const wrongTitle = expected.title_shows_href && !message.querySelector('a[title^="https://"]');
  return [
    ...forbid.filter((each) => foundBesideOurs(message, each)).map(found),
    ...select.filter((each) => !message.querySelector(each)).map(missing),
    ...Object.entries(count).flatMap(([selector, wanted]) => {
      const number = message.querySelectorAll(selector).length;
      return number === wanted ? [] : [`${number} of ${selector}, not ${wanted}`];
    }),
    ...[...message.querySelectorAll('a')].flatMap(({ title }) =>
      /^(https?|mailto):/.test(title) ? [] : [`a link to ${title}`],
    ),
    ...[...message.querySelectorAll('[href], [src]')].map(({ outerHTML }) => found(outerHTML)),
    ...(wrongTitle ? ['the title hides the address'] : []),
  ];
}

function textFaults(shown: string, expected: Expectations): string[] {
  const {
    text = [],
    forbid_chars: chars = [],
    forbid_range: range = [Infinity, Infinity],
  } = expected;
  return [
    ...text.filter((each) => !shown.includes(each)).map(missing),
    ...chars.filter((each) => shown.includes(each)).map(found),
    ...(Array.from(shown).some((char) => inRange(char, range)) ? ['hidden characters'] : []),
  ];
}

function sizeFaults(
  message: HTMLElement,
  panel: HTMLElement,
  expected: Expectations,
  ms: number,
): string[] {
  const nodes = message.querySelectorAll('*').length;
  const scrolls = expected.no_hscroll && panel.scrollWidth > panel.clientWidth + 1;
  return [
    ...(ms > (expected.max_ms ?? Infinity) ? [`took ${Math.round(ms)} ms`] : []),
    ...(nodes > (expected.max_nodes ?? Infinity) ? [`${nodes} elements`] : []),
    ...(scrolls ? ['the panel scrolls sideways'] : []),
  ];
}

/** The icons of our own toolbar are the only drawings that a message may hold. */
function foundBesideOurs(message: HTMLElement, selector: string): boolean {
  return [...message.querySelectorAll(selector)].some((each) => !each.matches('.tool > svg.i'));
}

function inRange(char: string, [from, to]: readonly [number, number]): boolean {
  const code = char.codePointAt(0) ?? 0;
  return code >= from && code <= to;
}

function found(what: string): string {
  return `found ${what}`;
}

function missing(what: string): string {
  return `missing ${what}`;
}
