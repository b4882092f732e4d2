import { firstOf, firstRefusal, invalid, known, type Refusal } from './refusal.ts';
import { refuseImage } from './refuseImages.ts';
import { mayOpen } from './seal.ts';
import { asList, asRecord, asText, type Json } from './values.ts';

const maxIdLength = 64;

/** How ids of items must begin where the backend looks at it. */
const idPrefix: Record<string, string | undefined> = {
  message: 'msg',
  function_call: 'fc',
  reasoning: 'rs',
  custom_tool_call: 'ctc',
};

/** Each kind of call with the kind of item that answers it. */
const answeredBy: Record<string, string | undefined> = {
  function_call: 'function_call_output',
  custom_tool_call: 'custom_tool_call_output',
  tool_search_call: 'tool_search_output',
  local_shell_call: 'local_shell_call_output',
};
const answers = Object.values(answeredBy);

const otherTypes = new Set([
  'message',
  'reasoning',
  'web_search_call',
  'image_generation_call',
  'compaction',
  'compaction_trigger',
]);

const contentOf: Record<string, readonly string[] | undefined> = {
  user: ['input_text', 'input_image', 'input_file'],
  developer: ['input_text', 'input_image', 'input_file'],
  assistant: ['output_text', 'refusal'],
};

/** What is wrong with the input items, if anything (WIRE.md b). */
export function refuseItems(
  input: readonly unknown[],
  accountId: string,
  isLite: boolean,
): Refusal | undefined {
  const items = input.map(asRecord);
  return firstRefusal(
    () => firstOf(items, (item, at) => refuseType(item, at, items.length, isLite)),
    () => firstOf(items, refuseIds),
    () => refuseDuplicates(items),
    () => firstOf(items, (item, at) => refuseBody(item, at, accountId)),
    () => refusePairs(items),
  );
}

const typeOf = (item: Json) => (item['type'] === undefined ? 'message' : asText(item['type']));

function refuseType(item: Json, at: number, count: number, isLite: boolean): Refusal | undefined {
  const type = typeOf(item);
  if (type === 'compaction_trigger' && at !== count - 1)
    return invalid(`input[${at}]`, 'A compaction trigger must be the last item.');
  const isKnown = otherTypes.has(type) || type in answeredBy || answers.includes(type);
  if (isKnown || (isLite && type === 'additional_tools')) return undefined;
  return invalid(`input[${at}].type`, `Invalid value: '${type}'.`);
}

function refuseIds(item: Json, at: number): Refusal | undefined {
  for (const field of ['id', 'call_id']) {
    const id = item[field];
    if (id === undefined || id === null) continue;
    const param = `input[${at}].${field}`;
    const text = asText(id);
    if (text.length > maxIdLength)
      return invalid(
        param,
        `Invalid '${param}': string too long. Expected a string with maximum length ${maxIdLength}, but got a string with length ${text.length} instead.`,
        'string_above_max_length',
      );
    if (!/^[A-Za-z0-9_-]+$/.test(text))
      return invalid(
        param,
        `Invalid '${param}': expected letters, numbers, underscores or dashes, but got '${text}'.`,
      );
  }
  const prefix = idPrefix[typeOf(item)];
  const id = item['id'];
  if (prefix !== undefined && typeof id === 'string' && !id.startsWith(prefix))
    return invalid(
      `input[${at}].id`,
      `Invalid 'input[${at}].id': '${id}'. Expected an ID that begins with '${prefix}'.`,
    );
  return undefined;
}

function refuseDuplicates(items: readonly Json[]): Refusal | undefined {
  const seen = new Set<string>();
  return firstOf(items, (item) => {
    const id = asText(item['id']);
    if (!id) return undefined;
    if (seen.has(id)) return invalid('input', `Duplicate item found with id ${id}.`, null);
    seen.add(id);
    return undefined;
  });
}

function refuseBody(item: Json, at: number, accountId: string): Refusal | undefined {
  switch (typeOf(item)) {
    case 'message':
      return refuseMessage(item, at);
    case 'reasoning':
      return refuseReasoning(item, at, accountId);
    case 'compaction':
      return mayOpen(asText(item['encrypted_content']), accountId) ? undefined : known('encrypted');
    case 'web_search_call':
      return refuseSearch(item, at);
    case 'function_call':
      return refuseText(item, at, 'name') ?? refuseText(item, at, 'arguments');
    case 'custom_tool_call':
      return refuseText(item, at, 'name') ?? refuseText(item, at, 'input');
    case 'function_call_output':
    case 'custom_tool_call_output':
      return refuseOutput(item, at);
    default:
      return undefined;
  }
}

function refuseText(item: Json, at: number, field: string): Refusal | undefined {
  if (typeof item[field] === 'string') return undefined;
  const param = `input[${at}].${field}`;
  return item[field] === undefined
    ? missing(param)
    : invalid(param, `Invalid type for '${param}': expected a string.`, 'invalid_type');
}

const missing = (param: string) =>
  invalid(param, `Missing required parameter: '${param}'.`, 'missing_required_parameter');

function refuseMessage(item: Json, at: number): Refusal | undefined {
  const allowed = contentOf[asText(item['role'])];
  if (!allowed) return invalid(`input[${at}].role`, `Invalid value: '${asText(item['role'])}'.`);
  if (typeof item['content'] === 'string') return undefined;
  if (!Array.isArray(item['content'])) return missing(`input[${at}].content`);
  return refuseParts(asList(item['content']), allowed, `input[${at}].content`);
}

function refuseParts(
  parts: readonly unknown[],
  allowed: readonly string[],
  where: string,
): Refusal | undefined {
  return firstOf(parts.map(asRecord), (part, index) => {
    const type = asText(part['type']);
    const param = `${where}[${index}]`;
    if (!allowed.includes(type)) {
      const names = allowed.map((name) => `'${name}'`).join(' and ');
      return invalid(param, `Invalid value: '${type}'. Supported values are: ${names}.`);
    }
    if (type === 'input_image') return refuseImage(part, param);
    if (type.endsWith('_text') && typeof part['text'] !== 'string') return missing(`${param}.text`);
    return undefined;
  });
}

/** Nothing is stored, so an id alone finds nothing (WIRE.md b). */
function refuseReasoning(item: Json, at: number, accountId: string): Refusal | undefined {
  if (!Array.isArray(item['summary'])) return missing(`input[${at}].summary`);
  const sealed = item['encrypted_content'];
  if (typeof sealed === 'string')
    return mayOpen(sealed, accountId) ? undefined : known('encrypted');
  if (item['id'] === undefined) return missing(`input[${at}].encrypted_content`);
  const refusal = invalid('input', `Item with id '${asText(item['id'])}' not found.`, null);
  return { ...refusal, status: 404 };
}

function refuseSearch(item: Json, at: number): Refusal | undefined {
  const type = asText(asRecord(item['action'])['type']);
  if (['search', 'open_page', 'find_in_page'].includes(type)) return undefined;
  return invalid(`input[${at}].action.type`, `Invalid value: '${type}'.`);
}

function refuseOutput(item: Json, at: number): Refusal | undefined {
  const { output } = item;
  if (typeof output === 'string') return undefined;
  if (!Array.isArray(output)) return missing(`input[${at}].output`);
  const allowed = ['input_text', 'input_image', 'input_file'];
  return refuseParts(asList(output), allowed, `input[${at}].output`);
}

/** Each call needs its output and each output its call, before it. */
function refusePairs(items: readonly Json[]): Refusal | undefined {
  const open = new Map<string, string>();
  const orphan = firstOf(items, (item, at) => {
    const type = typeOf(item);
    const id = asText(item['call_id']);
    const isCall = type in answeredBy;
    if (!isCall && !answers.includes(type)) return undefined;
    if (!id) return missing(`input[${at}].call_id`);
    if (isCall) open.set(id, type);
    else if (answeredBy[open.get(id) ?? ''] === type) open.delete(id);
    else
      return invalid('input', `No tool call found for ${spaced(type)} with call_id ${id}.`, null);
    return undefined;
  });
  if (orphan) return orphan;
  const [unanswered] = open;
  if (!unanswered) return undefined;
  const [id, type] = unanswered;
  return invalid('input', `No tool output found for ${spaced(type)} ${id}.`, null);
}

const spaced = (type: string) => type.replaceAll('_', ' ');
