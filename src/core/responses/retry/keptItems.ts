import type { OutputItem } from '../stream/events.ts';

/**
 * Items that broken attempts of one answer had finished. They are sent along with each later attempt,
 * so that the model does not make them twice, and what is sent along is bounded in sum: a backend that
 * breaks off behind a long item must not have us send it again and again.
 */
export interface KeptItems {
  readonly items: readonly OutputItem[];
  /** Whether the next attempt may send all of `items` along, and these as well. */
  canResendWith(more: readonly OutputItem[]): boolean;
  /** Keeps these, and counts all that is kept as sent along with the next attempt. */
  add(more: readonly OutputItem[]): void;
}

/** Over all attempts: UTF-16 units of text. An image of 4 million can be sent along with each retry. */
const mostUnits = 20_000_000;
/** Over all attempts. An answer has some hundreds of items at the most. */
const mostItems = 5_000;

export function createKeptItems(): KeptItems {
  const items: OutputItem[] = [];
  let units = 0;
  const sent = { units: 0, items: 0 };
  const unitsOf = (more: readonly OutputItem[]) =>
    more.reduce((sum, item) => sum + textUnits(item), 0);
  return {
    items,
    canResendWith: (more) =>
      sent.units + units + unitsOf(more) <= mostUnits &&
      sent.items + items.length + more.length <= mostItems,
    add(more) {
      for (const item of more) items.push(item);
      units += unitsOf(more);
      sent.units += units;
      sent.items += items.length;
    },
  };
}

/** What numbers, names and brackets cost beside the texts. */
const valueUnits = 8;

/** About how long the value is as JSON. Items of answers have a bounded depth. */
function textUnits(value: unknown): number {
  if (typeof value === 'string') return value.length + valueUnits;
  if (typeof value !== 'object' || value === null) return valueUnits;
  return Object.values(value).reduce<number>((sum, inner) => sum + textUnits(inner), valueUnits);
}
