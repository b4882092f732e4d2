import { asList, asRecord, type Json } from './values.ts';

/** A value that fits a JSON schema of the kind that structured output takes. */
export function sampleFor(schema: Json, name = 'value'): unknown {
  const [choice] = asList(schema['enum']);
  if (choice !== undefined) return choice;
  if ('const' in schema) return schema['const'];
  const [branch] = [...asList(schema['anyOf']), ...asList(schema['oneOf'])];
  if (branch !== undefined) return sampleFor(asRecord(branch), name);
  switch ([schema['type']].flat()[0]) {
    case 'object':
      return Object.fromEntries(
        Object.entries(asRecord(schema['properties'])).map(([key, value]) => [
          key,
          sampleFor(asRecord(value), key),
        ]),
      );
    case 'array':
      return [sampleFor(asRecord(schema['items']), name)];
    case 'number':
    case 'integer':
      return typeof schema['minimum'] === 'number' ? schema['minimum'] : 1;
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return `${name} from the practice backend`;
  }
}
