import { detail, firstOf, firstRefusal, invalid, type Refusal } from './refusal.ts';
import { asList, asRecord, asText, isRecord, type Json } from './values.ts';

const hosted = new Set(['web_search', 'image_generation', 'local_shell']);
const liteTypes = new Set(['function', 'custom', 'namespace', 'tool_search']);
const combinators = ['oneOf', 'anyOf', 'allOf', 'enum', 'not'];

/** What is wrong with the tools on offer, if anything (WIRE.md g). */
export function refuseTools(body: Json): Refusal | undefined {
  const lists = asList(body['input'])
    .map(asRecord)
    .flatMap((item, at) => (item['type'] === 'additional_tools' ? [{ item, at }] : []));
  return firstRefusal(
    () => refuseList(asList(body['tools']), 'tools', false),
    () =>
      firstOf(lists, ({ item, at }) =>
        refuseList(asList(item['tools']), `input[${at}].tools`, true),
      ),
  );
}

function refuseList(
  tools: readonly unknown[],
  where: string,
  isLite: boolean,
): Refusal | undefined {
  return firstOf(tools.map(asRecord), (tool, index) =>
    refuseTool(tool, `${where}[${index}]`, isLite),
  );
}

function refuseTool(tool: Json, where: string, isLite: boolean): Refusal | undefined {
  const type = asText(tool['type']);
  if (isLite && !liteTypes.has(type))
    return invalid(`${where}.type`, `Unsupported tool type: ${type}.`, 'unsupported_value');
  switch (type) {
    case 'namespace':
      return refuseName(tool, where) ?? refuseNamespace(tool, where, isLite);
    case 'function':
      return refuseName(tool, where) ?? refuseFunction(tool, where);
    case 'custom':
      return refuseName(tool, where);
    case 'tool_search':
      return isLite && tool['execution'] !== 'client'
        ? invalid(`${where}.execution`, 'Only client search is supported.', 'unsupported_value')
        : undefined;
    default:
      return hosted.has(type) ? undefined : detail(`Unsupported tool type: ${type}`);
  }
}

/**
 * The real client sends the tools of MCP servers with combinators at the root of their schemas and
 * with names of up to 100 characters (captured request 18), so in its `mcp__` namespaces they pass.
 */
function refuseNamespace(tool: Json, where: string, isLite: boolean): Refusal | undefined {
  const isMcp = asText(tool['name']).startsWith('mcp__');
  return firstOf(asList(tool['tools']).map(asRecord), (inner, index) => {
    const place = `${where}.tools[${index}]`;
    if (isMcp && inner['type'] === 'function') return refuseName(inner, place, 128);
    return refuseTool(inner, place, isLite);
  });
}

function refuseName(tool: Json, where: string, limit = 64): Refusal | undefined {
  const name = asText(tool['name']);
  const param = `${where}.name`;
  if (!name)
    return invalid(param, `Missing required parameter: '${param}'.`, 'missing_required_parameter');
  if (name.length > limit)
    return invalid(
      param,
      `Invalid '${param}': string too long. Expected a string with maximum length ${limit}, but got a string with length ${name.length} instead.`,
      'string_above_max_length',
    );
  if (!/^[A-Za-z0-9_-]+$/.test(name))
    return invalid(
      param,
      `Invalid '${param}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
    );
  return undefined;
}

function refuseFunction(tool: Json, where: string): Refusal | undefined {
  const { parameters } = tool;
  if (parameters === undefined || parameters === null) return undefined;
  const refuse = (why: string) =>
    invalid(
      `${where}.parameters`,
      `Invalid schema for function '${asText(tool['name'])}': ${why}`,
      'invalid_function_parameters',
    );
  const root = asRecord(parameters);
  if (root['type'] !== 'object' || combinators.some((name) => name in root))
    return refuse(
      "schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level.",
    );
  const fault = schemaFault(root, '()', tool['strict'] === true);
  return fault === undefined ? undefined : refuse(fault);
}

/** The first structural fault of a schema, in the words of the backend. */
function schemaFault(schema: Json, context: string, strict: boolean): string | undefined {
  const types = [schema['type']].flat();
  if (types.includes('object') && !isRecord(schema['properties']))
    return `In context=${context}, object schema missing properties.`;
  if (types.includes('array') && !('items' in schema))
    return `In context=${context}, array schema missing items.`;
  const properties = asRecord(schema['properties']);
  if (strict && types.includes('object')) {
    const required = asList(schema['required']);
    if (schema['additionalProperties'] !== false)
      return `In context=${context}, 'additionalProperties' is required to be supplied and to be false.`;
    const missing = Object.keys(properties).find((name) => !required.includes(name));
    if (missing !== undefined)
      return `In context=${context}, 'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`;
  }
  const inner: readonly (readonly [string, unknown])[] = [
    ...Object.entries(properties).map(
      ([name, value]) => [`('properties', '${name}')`, value] as const,
    ),
    ['items', schema['items']],
  ];
  for (const [name, value] of inner) {
    const fault = isRecord(value) ? schemaFault(value, name, strict) : undefined;
    if (fault !== undefined) return fault;
  }
  return undefined;
}
