import { ownValue } from '../../../base/lookup.ts';
import { truncate } from '../../../base/truncate.ts';
import {
  combinators,
  createSchemaReader,
  objectOf,
  requiredOf,
  resolved,
  type Schema,
} from './jsonSchema.ts';
import { createToolNames } from './toolNames.ts';

/** A tool that is offered to the model. */
export interface ToolDefinition {
  name: string;
  description: string;
  /** JSON schema of the arguments. Never changed in place. */
  parameters: Readonly<Record<string, unknown>>;
}

const refusedAtRoot = ['oneOf', 'anyOf', 'enum', 'not', 'const'] as const;
/** Of a larger schema the descriptions go, as the real client does it. */
const maxChars = 10_000;
/** What is larger even so is not described at all: the backend would not take it. */
const mostChars = 100_000;

const fitName = (name: string) => createToolNames([name]).toWire(name);

/**
 * The function tool as the backend takes it: `type: object` at the root and no combinator there
 * (WIRE.md g). What a lost rule said is told to the model in the description instead.
 *
 * @param name - as it goes out, see `createToolNames`.
 */
export function functionTool(tool: ToolDefinition, name = fitName(tool.name)) {
  const lost = refusedAtRoot.filter((key) => tool.parameters[key] !== undefined);
  const note = lost.length === 0 ? '' : `\n\n${constraintNote(tool.parameters, lost)}`;
  return {
    type: 'function',
    name,
    description: tool.description + note,
    strict: false,
    parameters: boundedRoot(tool.parameters),
  };
}

/** The names that arguments may and must have; for whoever tells arguments from other objects. */
export function argumentNames(parameters: Schema): { all: string[]; required: string[] } {
  const { properties, required } = rootObject(parameters, false);
  return { all: Object.keys(properties), required: required ?? [] };
}

function boundedRoot(schema: Schema): Schema {
  const whole = rootObject(schema, true);
  if (JSON.stringify(whole).length <= maxChars) return whole;
  const bare = rootObject(schema, false);
  if (JSON.stringify(bare).length <= mostChars) return bare;
  return { type: 'object', properties: {} };
}

interface RootObject extends Schema {
  properties: Schema;
  required?: string[];
}

function rootObject(schema: Schema, descriptions: boolean): RootObject {
  const reader = createSchemaReader(schema, { descriptions });
  const { properties, required } = merged(schema, schema, { left: 500 });
  const sorted = [...properties].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const own = Object.fromEntries(
    sorted.map(([name, variants]) => {
      return [name, joined(variants.map((variant) => reader.read(variant, 1)))];
    }),
  );
  const sure = requiredOf({ required: [...required] }, own);
  const keywords = kept.filter((key) => ownValue(schema, key) !== undefined);
  const rest = reader.read(Object.fromEntries(keywords.map((key) => [key, ownValue(schema, key)])));
  return {
    type: 'object',
    properties: own,
    ...(sure.length === 0 ? {} : { required: sure }),
    ...Object.fromEntries(keywords.map((key) => [key, ownValue(rest, key)])),
  };
}

/** What of the root goes out besides its properties, in the order of the real client. */
const kept = ['additionalProperties', '$defs', 'definitions'];

interface Merged {
  /** Every schema that a property has in some branch. */
  properties: Map<string, unknown[]>;
  required: Set<string>;
}

/** The object that a schema and all its branches speak of, as far as the budget of branches goes. */
function merged(schema: Schema, root: Schema, budget: { left: number }): Merged {
  const here = resolved(schema, root);
  const properties = new Map<string, unknown[]>();
  const required = new Set(listOf(here['required']).filter((name) => typeof name === 'string'));
  for (const combinator of combinators) {
    const branches = listOf(here[combinator])
      .filter(() => budget.left-- > 0)
      .map((branch) => merged(resolved(branch, root), root, budget));
    for (const [name, schemas] of branches.flatMap((branch) => [...branch.properties])) {
      properties.set(name, [...(properties.get(name) ?? []), ...schemas].slice(0, 20));
    }
    for (const name of requiredBy(branches, combinator)) required.add(name);
  }
  for (const [name, own] of Object.entries(objectOf(here['properties']))) {
    properties.set(name, [own]);
  }
  return { properties, required };
}

/** All branches of `allOf` hold; of the others, only what each of them asks for is sure. */
function requiredBy(
  branches: readonly Merged[],
  combinator: (typeof combinators)[number],
): string[] {
  const [first, ...others] = branches;
  if (combinator === 'allOf') return branches.flatMap((branch) => [...branch.required]);
  return [...(first?.required ?? [])].filter((name) => {
    return others.every((branch) => branch.required.has(name));
  });
}

/** One schema for a property that the branches describe differently. */
function joined(variants: readonly Schema[]): Schema {
  const different = new Map(variants.map((variant) => [JSON.stringify(variant), variant]));
  const [first = {}, ...others] = different.values();
  return others.length === 0 ? first : { anyOf: [first, ...others] };
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function constraintNote(schema: Schema, lost: readonly string[]): string {
  const rules = Object.fromEntries(lost.map((key) => [key, clipped(ownValue(schema, key), 0)]));
  const text = JSON.stringify(rules);
  const shown = text.length > 2000 ? `${truncate(text, 2000)}…` : text;
  return `The arguments must also satisfy this JSON schema: ${shown}`;
}

/** The value to a depth at which it can be written down; nobody reads deeper rules. */
function clipped(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > 10) return '…';
  if (Array.isArray(value)) return value.slice(0, 200).map((inner) => clipped(inner, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, 200)
      .map(([key, inner]) => [key, clipped(inner, depth + 1)]),
  );
}
