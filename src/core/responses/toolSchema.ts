import { ownValue } from '../../base/lookup.ts';
import * as z from 'zod/mini';

/** A tool that is offered to the model. */
export interface ToolDefinition {
  name: string;
  description: string;
  /** JSON schema of the arguments. Never changed in place. */
  parameters: Readonly<Record<string, unknown>>;
}

/** A JSON schema object, as much of it as is looked at. */
const schemaObject = z.record(z.string(), z.unknown());
const schemaList = z.catch(z.array(schemaObject), []);
const names = z.catch(z.array(z.string()), []);
const combinators = ['allOf', 'anyOf', 'oneOf'] as const;
const refusedAtRoot = new Set<string>([...combinators, 'enum', 'not', 'const', '$schema']);

/**
 * The function tool as the backend takes it: `type: object` at the root and no combinator there
 * (WIRE.md g). What a lost rule said is told to the model in the description instead (S1-14).
 */
export function functionTool(tool: ToolDefinition) {
  const lost = Object.keys(tool.parameters).filter(
    (key) => refusedAtRoot.has(key) && key !== '$schema' && key !== 'allOf',
  );
  const note = lost.length === 0 ? '' : `\n\n${constraintNote(tool.parameters, lost)}`;
  return {
    type: 'function',
    name: tool.name.replaceAll(/[^\w-]/g, '_').slice(0, 64),
    description: tool.description + note,
    strict: false,
    parameters: rootObject(tool.parameters),
  };
}

function rootObject(schema: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept = Object.fromEntries(
    Object.entries(schema).filter(([key]) => !refusedAtRoot.has(key)),
  );
  const properties: Record<string, unknown> = {};
  const required = new Set<string>(names.parse(schema['required']));
  for (const combinator of combinators) {
    const branches = schemaList.parse(schema[combinator]);
    for (const branch of branches) Object.assign(properties, propertiesOf(branch));
    for (const name of requiredBy(branches, combinator)) required.add(name);
  }
  Object.assign(properties, propertiesOf(schema));
  return {
    ...kept,
    type: 'object',
    properties,
    required: [...required],
  };
}

/** All branches of `allOf` hold; of the others, only what each of them asks for is sure. */
function requiredBy(
  branches: readonly Record<string, unknown>[],
  combinator: (typeof combinators)[number],
): string[] {
  const lists = branches.map((branch) => names.parse(branch['required']));
  if (combinator === 'allOf') return lists.flat();
  const [first, ...rest] = lists;
  return (first ?? []).filter((name) => rest.every((list) => list.includes(name)));
}

function propertiesOf(schema: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return z.catch(schemaObject, {}).parse(schema['properties']);
}

function constraintNote(schema: Readonly<Record<string, unknown>>, lost: readonly string[]) {
  const rules = Object.fromEntries(lost.map((key) => [key, ownValue(schema, key)]));
  const text = JSON.stringify(rules);
  return `The arguments must also satisfy this JSON schema: ${text.length > 2000 ? `${text.slice(0, 2000)}…` : text}`;
}
