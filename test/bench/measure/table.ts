/** One figure beside what it may be at most. */
export interface Row {
  readonly what: string;
  readonly figure: string;
  readonly limit?: string;
  /** Absent: for information alone. */
  readonly holds?: boolean;
}

export interface Measure {
  readonly title: string;
  /** Needs neither the built extension nor a window. */
  readonly isBare?: true;
  /** Rows as they come to be known. */
  readonly run: () => Promise<readonly Row[]>;
}

/** A row that holds while the number is not above the limit. */
export function atMost(what: string, figure: number, limit: number, unit = ''): Row {
  return {
    what,
    figure: withUnit(figure, unit),
    limit: `≤ ${withUnit(limit, unit)}`,
    holds: figure <= limit,
  };
}

export function isTrue(what: string, holds: boolean, figure = holds ? 'yes' : 'no'): Row {
  return { what, figure, limit: 'yes', holds };
}

export function note(what: string, figure: number | string, unit = ''): Row {
  return { what, figure: typeof figure === 'number' ? withUnit(figure, unit) : figure };
}

function withUnit(figure: number, unit: string): string {
  const rounded = Number.isInteger(figure) ? `${figure}` : figure.toFixed(1);
  return unit === '' ? rounded : `${rounded} ${unit}`;
}

export function table(title: string, rows: readonly Row[]): string {
  const widths = [
    Math.max(...rows.map(({ what }) => what.length)),
    Math.max(...rows.map(({ figure }) => figure.length)),
    Math.max(...rows.map(({ limit }) => limit?.length ?? 0)),
  ] as const;
  const lines = rows.map(({ what, figure, limit, holds }) =>
    [
      `  ${what.padEnd(widths[0])}`,
      figure.padStart(widths[1]),
      (limit ?? '').padEnd(widths[2]),
      holds === undefined ? '' : holds ? 'ok' : 'OVER',
    ].join('  '),
  );
  return [title, ...lines.map((line) => line.trimEnd())].join('\n');
}
