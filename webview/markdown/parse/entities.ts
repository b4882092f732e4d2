const named = new Map(
  Object.entries({
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    apos: "'",
    nbsp: '\u00A0',
    copy: '©',
    reg: '®',
    trade: '™',
    hellip: '…',
    mdash: '—',
    ndash: '–',
    lsquo: '‘',
    rsquo: '’',
    ldquo: '“',
    rdquo: '”',
    laquo: '«',
    raquo: '»',
    bull: '•',
    middot: '·',
    times: '×',
    divide: '÷',
    deg: '°',
    plusmn: '±',
    micro: 'µ',
    para: '¶',
    sect: '§',
    euro: '€',
    pound: '£',
    yen: '¥',
    cent: '¢',
    larr: '←',
    uarr: '↑',
    rarr: '→',
    darr: '↓',
    harr: '↔',
    lArr: '⇐',
    rArr: '⇒',
    hArr: '⇔',
    le: '≤',
    ge: '≥',
    ne: '≠',
    asymp: '≈',
    infin: '∞',
    sum: '∑',
    radic: '√',
    frac12: '½',
    check: '✓',
    cross: '✗',
    lbrace: '{',
    rbrace: '}',
    lbrack: '[',
    rbrack: ']',
    vert: '|',
    lowbar: '_',
    ast: '*',
    grave: '`',
    num: '#',
    colon: ':',
    sol: '/',
    bsol: '\\',
    tab: '\t',
    Tab: '\t',
    NewLine: '\n',
    emsp: '\u2003',
    ensp: '\u2002',
    thinsp: '\u2009',
  }),
);

/** Character references in words and numbers become their characters; unknown ones stay as written. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(
    /&(?:#(\d{1,7})|#[xX]([\dA-Fa-f]{1,6})|([A-Za-z][A-Za-z\d]{1,20}));/g,
    (reference: string, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return named.get(name) ?? reference;
      return character(decimal === undefined ? parseInt(hex ?? '', 16) : parseInt(decimal, 10));
    },
  );
}

function character(code: number): string {
  const valid = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return valid ? String.fromCodePoint(code) : '\uFFFD';
}
