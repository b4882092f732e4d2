import { asList, asRecord, asText, isRecord, type Json } from './values.ts';

export interface OfferedTool {
  name: string;
  description: string;
  namespace?: string;
  /** Freeform input instead of JSON arguments. */
  custom: boolean;
  parameters: Json;
}

export interface ToolOutput {
  name: string;
  arguments: string;
  output: string;
}

/** What a request says, read in the way a model would. */
export interface Turn {
  /** What the user said, oldest first; harness messages left out. */
  said: readonly string[];
  /** Answers of tools since the user last spoke, in order. */
  outputs: readonly ToolOutput[];
  /** How often the model was asked since the user last spoke: 0 for the first time. */
  round: number;
  tools: readonly OfferedTool[];
  mayCallInParallel: boolean;
  hasWebSearch: boolean;
  images: number;
  wantsCompaction: boolean;
  /** Whether the answer has a reasoning item, and whether that has a summary. */
  thinks: 'not' | 'silently' | 'aloud';
  /** JSON schema that the answer has to fit. */
  schema?: Json;
}

export function readTurn(body: Json): Turn {
  const input = asList(body['input']).map(asRecord);
  const tools = [
    ...asList(body['tools']),
    ...input.flatMap((item) => (item['type'] === 'additional_tools' ? asList(item['tools']) : [])),
  ].map(asRecord);
  const lastSaid = input.findLastIndex((item) => isUser(item) && spoken(item) !== '');
  const recent = input.slice(lastSaid + 1);
  const format = asRecord(asRecord(body['text'])['format']);
  return {
    said: input.filter(isUser).map(spoken).filter(Boolean),
    outputs: recent.filter(isOutput).map((output) => readOutput(output, input)),
    round: countRounds(recent),
    tools: tools.flatMap((tool) => readTool(tool)),
    mayCallInParallel: body['parallel_tool_calls'] !== false,
    hasWebSearch: tools.some(({ type }) => type === 'web_search'),
    images: asList(input[lastSaid]?.['content']).filter(
      (part) => asRecord(part)['type'] === 'input_image',
    ).length,
    thinks: thinking(asRecord(body['reasoning'])),
    wantsCompaction: input.at(-1)?.['type'] === 'compaction_trigger',
    ...(format['type'] === 'json_schema' && { schema: asRecord(format['schema']) }),
  };
}

function thinking({ effort, summary }: Json): Turn['thinks'] {
  if (effort === 'none') return 'not';
  return typeof summary === 'string' && summary !== 'none' ? 'aloud' : 'silently';
}

const isUser = (item: Json) =>
  (item['type'] === undefined || item['type'] === 'message') && item['role'] === 'user';

const isOutput = (item: Json) => /_call_output$|^tool_search_output$/.test(asText(item['type']));

/** Text parts in angle brackets come from the harness: environment, image names, aborted turns. */
function spoken(item: Json): string {
  const { content } = item;
  const parts = typeof content === 'string' ? [content] : textsOf(content);
  return parts
    .filter((text) => !/^\s*<(?!redacted)\/?[a-z_]+[\s>\]]/i.test(text) && !isRedacted(text))
    .join('\n')
    .trim();
}

/** Captured requests have such marks in place of what the harness said. */
const isRedacted = (text: string) => text.startsWith('<redacted <');

export function textsOf(content: unknown): readonly string[] {
  if (typeof content === 'string') return [content];
  return asList(content).flatMap((part) => {
    const { text } = asRecord(part);
    return typeof text === 'string' ? [text] : [];
  });
}

function readOutput(output: Json, input: readonly Json[]): ToolOutput {
  const call = input.find((item) => item['call_id'] === output['call_id'] && !isOutput(item)) ?? {};
  return {
    name: asText(call['name']) || asText(call['type']),
    arguments: asText(call['arguments']) || asText(call['input']),
    output: textsOf(output['output']).join('\n'),
  };
}

/** Outputs that stand together answer one response. */
function countRounds(recent: readonly Json[]): number {
  return recent.filter((item, at) => isOutput(item) && !isOutput(recent[at + 1] ?? {})).length;
}

function readTool(tool: Json, namespace?: string): readonly OfferedTool[] {
  const name = asText(tool['name']);
  if (tool['type'] === 'namespace')
    return asList(tool['tools']).flatMap((inner) => readTool(asRecord(inner), name));
  if (tool['type'] !== 'function' && tool['type'] !== 'custom') return [];
  return [
    {
      name,
      description: asText(tool['description']),
      custom: tool['type'] === 'custom',
      parameters: isRecord(tool['parameters']) ? tool['parameters'] : {},
      ...(namespace !== undefined && { namespace }),
    },
  ];
}
