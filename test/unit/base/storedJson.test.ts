import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { listOfKnown, recordOfKnown } from '../../../src/base/json/optionalField.ts';
import { readStored, withChanges } from '../../../src/base/json/storedJson.ts';

const item = z.object({ id: z.string(), size: z.exactOptional(z.number()) });
const schema = z.object({
  version: z.literal(2),
  list: listOfKnown(item),
  all: recordOfKnown(item),
});
type Value = z.infer<typeof schema>;
const initial: Value = { version: 2, list: [], all: {} };
const form = { schema, initial };

function stored(raw: unknown) {
  const reading = readStored(form, JSON.stringify(raw));
  if (reading.kind !== 'value') throw new Error(reading.kind);
  return reading;
}

function changed(raw: unknown, next: (old: Value) => Value): unknown {
  const { value, raw: whole } = stored(raw);
  return withChanges(schema, whole, { before: value, after: next(value) });
}

test.each([3, 2.5, 1e300, '2', null, {}, [2], true])('version %j is of a newer code', (version) => {
  expect(readStored(form, JSON.stringify({ ...initial, version }))).toEqual({ kind: 'newer' });
});

test('a plain record that has come to bear a version is of a newer code', () => {
  const plain = { schema: recordOfKnown(item), initial: {} };
  expect(readStored(plain, '{"version":1,"entries":{}}')).toEqual({ kind: 'newer' });
  expect(readStored(plain, '{"a":{"id":"a"},"b":7}')).toMatchObject({ value: { a: { id: 'a' } } });
});

test.each(['', '{', 'null', '[]', '7', '{}', '{"version":1,"list":[],"all":{}}'])(
  '%j is nothing that this code can use',
  (text) => expect(readStored(form, text)).toEqual({ kind: 'bad' }),
);

test('what is not known stays, wherever it stands, and what is known changes', () => {
  const raw = {
    version: 2,
    added: { by: 'a newer code' },
    list: [{ id: 'a', more: 1 }, { odd: true }, { id: 'b' }],
    all: { a: { id: 'a', size: 1, more: 1 }, b: { id: 'b' }, odd: 'odd' },
  };
  const next = changed(raw, (old) => ({
    ...old,
    list: [...old.list, { id: 'c' }],
    all: { a: { id: 'a' }, c: { id: 'c' } },
  }));
  expect(next).toEqual({
    version: 2,
    added: { by: 'a newer code' },
    list: [{ id: 'a' }, { id: 'b' }, { id: 'c' }, { odd: true }],
    all: { a: { id: 'a', more: 1 }, odd: 'odd', c: { id: 'c' } },
  });
});

const key = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'id', 'version'), fc.string());
const odd = fc.anything({ key, maxDepth: 2, withNullPrototype: false }).map(asJson);
const items = fc.record({ id: fc.string(), size: fc.nat() }, { requiredKeys: ['id'] });

function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value) ?? 'null');
}

test('whatever else is stored beside it comes through a change unchanged', () => {
  fc.assert(
    fc.property(
      fc.dictionary(key, odd),
      fc.dictionary(key, fc.oneof(odd, items)),
      fc.array(fc.oneof(odd, items), { maxLength: 5 }),
      fc.string(),
      (members, all, list, id) => {
        const raw: unknown = asJson({ ...members, version: 2, list, all });
        const { value } = stored(raw);
        const next = changed(raw, (old) => ({
          ...old,
          all: Object.fromEntries([...Object.entries(old.all), [`+${id}`, { id }]]),
        }));
        expect(stored(next).value.all).toEqual({ ...value.all, [`+${id}`]: { id } });
        const { [`+${id}`]: _new, ...rest } = z
          .object({ all: z.record(z.string(), z.unknown()) })
          .parse(next).all;
        expect(JSON.stringify(rest)).toBe(JSON.stringify(withoutNew(all, `+${id}`)));
        expect(asJson({ ...plainRecord(next), all: {} })).toEqual(
          asJson({ ...plainRecord(raw), all: {} }),
        );
      },
    ),
  );
});

const plainRecord = (value: unknown) => z.record(z.string(), z.unknown()).parse(value);
const withoutNew = (all: Record<string, unknown>, name: string) =>
  Object.fromEntries(Object.entries(plainRecord(asJson(all))).filter(([each]) => each !== name));
