import type { AnswerState } from './answer.ts';
import {
  cleanItem,
  readTexts,
  type DetectedTool,
  type Leak,
} from '../leakedToolCalls/leakFilter.ts';

type Outputs = ReturnType<AnswerState['outputs']>;

/**
 * The outputs without what leaked. Beside a real call the clean beginning of a message stays; of a
 * broken attempt it goes with the rest, for the message will be written anew.
 *
 * @param find - the first leak of a text; whatever it rejects with is passed on.
 */
export async function withoutLeaks(
  outputs: Outputs,
  tools: readonly DetectedTool[],
  isBroken: boolean,
  find: (text: string) => Promise<Leak | undefined>,
): Promise<Outputs> {
  const leaks = new Map<string, Leak | undefined>();
  for (const { item } of outputs) {
    for (const { text } of item ? readTexts(item) : []) leaks.set(text, await find(text));
  }
  return outputs.map(({ item, ids }) => {
    const clean = item && cleanItem(item, tools, (text) => leaks.get(text));
    const isWanted = clean !== undefined && (clean === item || !isBroken);
    return isWanted ? { item: clean, ids } : { ids };
  });
}

/**
 * The items that stand, and the ids of all other parts. Of an answer that was cut short, thoughts at the end do not
 * stand: a reasoning item goes with the item that follows it and is refused alone.
 */
export function finishedItems(outputs: Outputs, isShort: boolean) {
  const last = isShort
    ? outputs.findLastIndex(({ item }) => item && item.type !== 'reasoning')
    : outputs.length;
  const stands = (at: number) => at <= last && outputs[at]?.item !== undefined;
  return {
    items: outputs.flatMap(({ item }, at) => (item && stands(at) ? [item] : [])),
    unfinishedIds: outputs.flatMap(({ ids }, at) => (stands(at) ? [] : ids)),
  };
}
