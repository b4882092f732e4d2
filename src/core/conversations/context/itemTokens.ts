import * as z from 'zod/mini';
import type { InputItem } from '../../responses/request/input.ts';
import {
  attachmentTokens,
  imageTokens,
  storedPart,
  storedPartType,
} from '../attachments/attachment.ts';
import { estimateTokens } from './estimateTokens.ts';

/** What surrounds the content of each item. */
const envelopeTokens = 4;

const known = new WeakMap<InputItem, number>();

/**
 * Estimated tokens of an item of the history. Items never change, so each one is counted once. An
 * item that holds something else than its type should counts by its JSON.
 */
export function itemTokens(item: InputItem): number {
  const counted = known.get(item);
  if (counted !== undefined) return counted;
  const tokens = envelopeTokens + contentTokens(item);
  known.set(item, tokens);
  return tokens;
}

export function itemsTokens(items: readonly InputItem[]): number {
  return items.reduce((sum, item) => sum + itemTokens(item), 0);
}

const text = z.catch(z.string(), '');
const parts = z.lazy(() => z.array(z.looseObject({ type: z.catch(z.string(), '') })));
const message = z.lazy(() => z.object({ content: z.union([z.string(), parts]) }));
const output = z.lazy(() => z.object({ output: z.union([z.string(), parts]) }));
const call = z.lazy(() => z.object({ name: text, arguments: text, input: text }));
const reasoning = z.lazy(() => z.object({ encrypted_content: text }));

function contentTokens(item: InputItem): number {
  switch (item.type) {
    case 'message': {
      const parsed = message.safeParse(item);
      return parsed.success ? partTokens(parsed.data.content) : jsonTokens(item);
    }
    case 'function_call_output':
    case 'custom_tool_call_output': {
      const parsed = output.safeParse(item);
      return parsed.success ? partTokens(parsed.data.output) : jsonTokens(item);
    }
    case 'function_call':
    case 'custom_tool_call': {
      const { name, arguments: json, input } = z.parse(call, item);
      return estimateTokens(name) + estimateTokens(json) + estimateTokens(input);
    }
    case 'reasoning':
    case 'compaction':
      // Base64 of about as many bytes as the text has that it encrypts; its summary is not read.
      return Math.ceil(z.parse(reasoning, item).encrypted_content.length * (3 / 16));
    default:
      return jsonTokens(item);
  }
}

function partTokens(content: string | z.infer<typeof parts>): number {
  if (typeof content === 'string') return estimateTokens(content);
  return content.reduce((sum, part) => sum + tokensOfPart(part), 0);
}

function tokensOfPart(part: z.infer<typeof parts>[number]): number {
  if (part.type === 'input_image') return imageTokens;
  const stored = part.type === storedPartType ? storedPart.safeParse(part) : undefined;
  if (stored?.success === true) return attachmentTokens(stored.data.attachment);
  const value = part['text'] ?? part['refusal'];
  return typeof value === 'string' ? estimateTokens(value) : jsonTokens(part);
}

const jsonTokens = (value: unknown) => estimateTokens(JSON.stringify(value));
