import { ownValue } from '../../../base/lookup.ts';
import { omitUndefined } from '../../../base/omitUndefined.ts';

/**
 * JSON schemas as the backend takes them: the keywords that the real client sends, and nothing of
 * what makes the backend refuse a tool or answer nothing (WIRE.md g). Never changes its argument.
 */
export type Schema = Readonly<Record<string, unknown>>;

export const combinators = ['allOf', 'anyOf', 'oneOf'] as const;

const types = new Set(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']);

/** Levels of schemas within schemas; what lies deeper may be anything. */
const maxDepth = 16;
/** Schemas within one schema; those beyond may be anything. */
const maxNodes = 4000;

export interface SchemaReader {
  /** The schema with only what the backend takes. */
  read(schema: unknown, depth?: number): Schema;
}

/** The value when it is an object, else an empty one. Own keys alone count, whatever their names. */
export function objectOf(value: unknown): Schema {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @param root - of the whole schema, which references point into. */
export function createSchemaReader(root: Schema, options: { descriptions: boolean }): SchemaReader {
  let nodes = 0;

  function read(schema: unknown, depth = 0): Schema {
    if (typeof schema === 'boolean') return { type: 'string' };
    if (!isObject(schema) || depth > maxDepth || ++nodes > maxNodes) return {};
    const { $ref: ref } = schema;
    if (ref !== undefined) return isLocal(ref, root) ? { $ref: ref } : {};
    return build(schema, depth + 1);
  }

  function build(given: Schema, depth: number): Schema {
    const combined = combinators.filter((name) => Array.isArray(ownValue(given, name)));
    const isCombined = combined.length > 0;
    const type = isCombined ? undefined : typeOf(given);
    return omitUndefined({
      type,
      description: options.descriptions ? textOf(given['description']) : undefined,
      enum: isCombined ? undefined : enumOf(given),
      items: hasItems(given, type) ? readItems(given, depth) : undefined,
      ...(hasFields(given, type) ? fieldsOf(given, depth) : {}),
      ...Object.fromEntries(combined.map((name) => [name, readList(ownValue(given, name), depth)])),
      ...definitions(given, depth),
    });
  }

  function fieldsOf(given: Schema, depth: number): Schema {
    const properties = readAll(given['properties'], depth);
    const required = requiredOf(given, properties);
    const more = given['additionalProperties'];
    return {
      properties,
      required: required.length === 0 ? undefined : required,
      additionalProperties: more === undefined ? undefined : readMore(more, depth),
    };
  }

  function readAll(schemas: unknown, depth: number): Schema {
    const sorted = Object.entries(objectOf(schemas)).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(sorted.map(([name, schema]) => [name, read(schema, depth)]));
  }

  function readList(schemas: unknown, depth: number): Schema[] {
    return Array.isArray(schemas) ? schemas.map((schema) => read(schema, depth)) : [];
  }

  /** One schema for all items; of a tuple, any of its schemas. */
  function readItems(given: Schema, depth: number): Schema {
    const items = given['prefixItems'] ?? given['items'];
    if (!Array.isArray(items)) return items === undefined ? { type: 'string' } : read(items, depth);
    const [first, ...others] = readList(items, depth);
    if (first === undefined) return { type: 'string' };
    return others.length === 0 ? first : { anyOf: [first, ...others] };
  }

  function readMore(more: unknown, depth: number): unknown {
    return typeof more === 'boolean' ? more : read(more, depth);
  }

  function definitions(given: Schema, depth: number): Schema {
    const held = ['$defs', 'definitions'].filter((name) => ownValue(given, name) !== undefined);
    return Object.fromEntries(held.map((name) => [name, readAll(ownValue(given, name), depth)]));
  }

  return { read };
}

/** The names that `required` lists, each once and only those of a property that is there. */
export function requiredOf(schema: Schema, properties: Schema): string[] {
  const { required } = schema;
  const listed = new Set(Array.isArray(required) ? required : []);
  return [...listed].filter((name) => typeof name === 'string' && Object.hasOwn(properties, name));
}

/** The declared types that JSON schema knows, or the one that the other keywords speak of. */
function typeOf(given: Schema): string | string[] | undefined {
  const declared = [given['type']].flat().filter((type) => typeof type === 'string');
  const known = declared.filter((type) => types.has(type));
  if (Array.isArray(given['type']) && known.length > 0) return known;
  return known[0] ?? impliedType(given);
}

const implied: readonly (readonly [string, readonly string[]])[] = [
  ['object', ['properties', 'required', 'additionalProperties', 'patternProperties']],
  ['array', ['items', 'prefixItems', 'minItems', 'maxItems']],
  ['number', ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf']],
  ['string', ['format', 'pattern', 'minLength', 'maxLength']],
];

function impliedType(given: Schema): string | undefined {
  const values = valuesOf(given);
  if (values) return typeOfValues(values);
  return implied.find(([, keys]) => keys.some((key) => ownValue(given, key) !== undefined))?.[0];
}

function typeOfValues(values: readonly unknown[]): string {
  const kinds = new Set(values.map((value) => (value === null ? 'null' : typeof value)));
  const [kind] = kinds;
  return kinds.size === 1 && kind !== undefined && types.has(kind) ? kind : 'string';
}

/** Values with levels of their own are too odd to be sent. */
function enumOf(given: Schema): unknown[] | undefined {
  const plain = valuesOf(given)?.filter((value) => typeof value !== 'object' || value === null);
  return plain === undefined || plain.length === 0 ? undefined : plain;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function hasItems(given: Schema, type: string | string[] | undefined): boolean {
  return [type].flat().includes('array') || given['items'] !== undefined;
}

function hasFields(given: Schema, type: string | string[] | undefined): boolean {
  return [type].flat().includes('object') || given['properties'] !== undefined;
}

/** The values that `const` or `enum` allow. An empty list would allow none and is dropped. */
function valuesOf(given: Schema): readonly unknown[] | undefined {
  if ('const' in given) return [given['const']];
  const list = given['enum'];
  return Array.isArray(list) && list.length > 0 ? list.slice(0, 1000) : undefined;
}

/** What a reference such as `#/$defs/Name` points to; undefined for other references. */
function target(ref: unknown, root: Schema): unknown {
  if (typeof ref !== 'string' || ref.length > 300) return undefined;
  const [, place = '', name = ''] = /^#\/(\$defs|definitions)\/([^/]+)$/.exec(ref) ?? [];
  const held = objectOf(ownValue(root, place));
  const key = name.replaceAll('~1', '/').replaceAll('~0', '~');
  return ownValue(held, key);
}

function isLocal(ref: unknown, root: Schema): boolean {
  return ref === '#' || target(ref, root) !== undefined;
}

/** The schema that a reference means, for the root, where none may stand. */
export function resolved(schema: unknown, root: Schema): Schema {
  let current = objectOf(schema);
  for (let hops = 0; hops < 8 && current['$ref'] !== undefined; hops++) {
    current = objectOf(target(current['$ref'], root));
  }
  return current;
}
