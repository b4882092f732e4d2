import { sumPoints, type LedgerEntry } from './entry.ts';

/** The title of a chat, from memory: the ledger itself holds none. */
export type TitleOf = (chatId: string) => string | undefined;

type Cell = string | number | undefined;

const columns: readonly [string, (entry: LedgerEntry, titleOf: TitleOf) => Cell][] = [
  ['started', ({ atMs }) => new Date(atMs).toISOString()],
  ['ended', ({ endedAtMs }) => new Date(endedAtMs).toISOString()],
  ['chat', ({ chatId, title }, titleOf) => titleOf(chatId) ?? title ?? ''],
  ['chat_id', ({ chatId }) => chatId],
  ['turn_id', ({ id }) => id],
  ['account', ({ credentialId }) => credentialId],
  ['kind', ({ kind }) => kind],
  ['outcome', ({ outcome }) => outcome],
  ['model', ({ model }) => model],
  ['effort', ({ effort }) => effort],
  ['input_tokens', ({ tokens }) => tokens?.input],
  ['cached_tokens', ({ tokens }) => tokens?.cached],
  ['output_tokens', ({ tokens }) => tokens?.output],
  ['reasoning_tokens', ({ tokens }) => tokens?.reasoning],
  ['context_tokens_before', ({ contextTokens }) => contextTokens],
  ['requests', ({ requests }) => requests],
  ['failed_requests', ({ failed }) => failed.length],
  ['failures', ({ failed }) => failed.join(' ')],
];

/**
 * The entries as a table for a spreadsheet (RFC 4180): a header row, times in UTC, and for each
 * window what the turn took in percentage points and how sure that is. Text that a spreadsheet
 * would run as a formula gets an apostrophe in front, also behind a sign that parts cells in some
 * languages or programs.
 */
export function toCsv(entries: readonly LedgerEntry[], titleOf: TitleOf = () => undefined): string {
  const labels = [...new Set(entries.flatMap(({ shares }) => shares.map(({ label }) => label)))];
  const head = [
    ...columns.map(([name]) => name),
    ...labels.flatMap((label) => [`${label}_points`, `${label}_certainty`]),
  ];
  const rows = entries.map((entry) => [
    ...columns.map(([, take]) => take(entry, titleOf)),
    ...labels.flatMap((label): Cell[] => {
      const shares = entry.shares.filter((share) => share.label === label);
      if (shares.length === 0) return [undefined, undefined];
      const certainties = [...new Set(shares.map(({ certainty }) => certainty))];
      return [sumPoints(shares.map(({ points }) => points)), certainties.join(' ')];
    }),
  ]);
  return [head, ...rows].map((row) => `${row.map(toCell).join(',')}\r\n`).join('');
}

function toCell(cell: Cell): string {
  if (typeof cell === 'number') return String(cell);
  const text = cell ?? '';
  const safe = withoutFormulas(text);
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** What parts cells besides the comma: programs of some languages and pasted text know these. */
const separators = new Set(';\t\r\n');
/** What begins a formula, also in the wide and small forms that some programs take for the same. */
const marks = new Set('=+-@＝＋－＠﹦﹢﹣﹫−');
/** Spaces, quotes and signs that nobody sees, which some programs skip. */
const skipped = /[\s"\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/u;

/** Most cells are one word: they part nothing, and begin with a letter or digit. */
const isPlain = /^(?:[\p{L}\p{N}][^;\t\r\n]*)?$/u;

/** One pass from the end: what follows a sign decides. */
function withoutFormulas(text: string): string {
  if (isPlain.test(text)) return text;
  const signs = Array.from(text);
  const safe: string[] = [];
  let isFormula = false;
  /** Signs before this one are skipped by all: there the apostrophe in front serves. */
  const begins = signs.findIndex((sign) => !skipped.test(sign));
  for (const [back, sign] of signs.toReversed().entries()) {
    const at = signs.length - 1 - back;
    if (isFormula && at >= begins && separators.has(sign)) safe.push("'");
    safe.push(sign);
    isFormula = marks.has(sign) || (isFormula && skipped.test(sign));
  }
  if (isFormula) safe.push("'");
  return safe.toReversed().join('');
}
