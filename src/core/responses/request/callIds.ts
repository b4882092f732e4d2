import type { InputItem } from './input.ts';
import { digest } from './toolNames.ts';

/** Longest id that the backend takes (WIRE.md b, backend validation). */
const maxIdChars = 64;

/**
 * The items with call ids that the backend takes: at most 64 characters of `[A-Za-z0-9_-]`, none of
 * them an underscore at the end. Equal ids stay equal and different ones different, so that each
 * output still meets its call.
 */
export function withFitCallIds(items: readonly InputItem[]): InputItem[] {
  const fitted = new Map<string, string>();
  const taken = new Set<string>();
  // In order: a history only grows at its end, so what has been sent keeps its id.
  for (const item of items) {
    const id = callIdOf(item);
    if (id === undefined || fitted.has(id)) continue;
    const free = freeId(id, taken);
    taken.add(free);
    fitted.set(id, free);
  }
  return items.map((item) => {
    const id = callIdOf(item);
    return id === undefined || item['call_id'] === fitted.get(id)
      ? item
      : { ...item, call_id: fitted.get(id) };
  });
}

/** The id as text; a call or output without one counts as one with an empty id. */
function callIdOf(item: InputItem): string | undefined {
  const id = item['call_id'];
  if (typeof id === 'string') return id;
  if (typeof id === 'number') return String(id);
  return /^(?:function|custom_tool)_call(?:_output)?$/.test(item.type) ? '' : undefined;
}

function isFit(id: string): boolean {
  return id.length <= maxIdChars && /^[A-Za-z0-9_-]*[A-Za-z0-9-]$/.test(id);
}

function freeId(id: string, taken: ReadonlySet<string>): string {
  const stripped = id.length > 2 * maxIdChars ? '' : id.slice(0, endOfId(id));
  if (isFit(stripped) && !taken.has(stripped)) return stripped;
  for (let seed = 0; ; seed++) {
    const candidate = `call_${digest(id, seed)}${id.length.toString(16)}`;
    if (!taken.has(candidate)) return candidate;
  }
}

/** Where the underscores at the end of the id begin. */
function endOfId(id: string): number {
  let end = id.length;
  while (end > 0 && id[end - 1] === '_') end--;
  return end;
}
