import type { PartChange, TurnPart } from './protocol/turn.ts';

/**
 * Applies a change to the parts of a turn, in place. Parts themselves are never changed but
 * replaced, so that who holds one can compare by identity. A change to a part that is not there
 * changes nothing; text is not appended to a call.
 */
export function applyPartChange(parts: TurnPart[], change: PartChange): void {
  const id = change.type === 'put' ? change.part.id : change.id;
  // The last part is the one that grows.
  const at = parts.findLastIndex((part) => part.id === id);
  const part = parts[at];
  switch (change.type) {
    case 'append':
      if (part && part.kind !== 'call') parts[at] = { ...part, text: part.text + change.text };
      return;
    case 'put':
      if (part) parts[at] = change.part;
      else parts.splice(placeOf(change.before, parts), 0, change.part);
      return;
    case 'drop':
      if (part) parts.splice(at, 1);
  }
}

function placeOf(before: string | undefined, parts: readonly TurnPart[]): number {
  const at = before === undefined ? -1 : parts.findIndex(({ id }) => id === before);
  return at < 0 ? parts.length : at;
}
