import { parseJson, isRecord } from './values.ts';

const mark = 'gAAAAAB';

/** Content that only the account it was made for may send back (WIRE.md f). */
export function seal(kind: string, accountId: string): string {
  return (
    mark + Buffer.from(JSON.stringify({ practice: kind, for: accountId })).toString('base64url')
  );
}

/** False for what we sealed for somebody else, and for what nobody sealed. */
export function mayOpen(sealed: string, accountId: string): boolean {
  if (!sealed.startsWith('gAAA')) return false;
  const inner = parseJson(Buffer.from(sealed.slice(mark.length), 'base64url').toString('utf8'));
  return !isRecord(inner) || inner['practice'] === undefined || inner['for'] === accountId;
}
