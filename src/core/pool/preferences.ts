import { ownValue, without } from '../../base/lookup.ts';
import * as z from 'zod/mini';
import { once } from '../../base/once.ts';
import { listOfKnown, recordOfKnown } from '../../base/json/optionalField.ts';

/** What the person set for one account; everything may be absent. */
const accountPreferences = once(() => ({
  /** Their own name for it. */
  name: z.exactOptional(z.string().check(z.minLength(1), z.maxLength(80))),
  /** True: signed in, but not to be used. */
  off: z.exactOptional(z.boolean()),
  /** Share of any window, 1 to 100, from which on the account is left alone. */
  ceilingPercent: z.exactOptional(z.number().check(z.gte(1), z.lte(100))),
}));
const wholeAccountPreferences = z.lazy(() => z.object(accountPreferences()));
export type AccountPreferences = z.infer<typeof wholeAccountPreferences>;

/** A member that cannot be read is left out alone: the others are wishes of the person too. */
const knownPreferences = z.lazy(() =>
  z.pipe(
    z.record(z.string(), z.unknown()),
    z.transform((stored): AccountPreferences => {
      const known = Object.entries(accountPreferences()).flatMap(([key, schema]) => {
        const parsed = Object.hasOwn(stored, key)
          ? schema.safeParse(ownValue(stored, key))
          : undefined;
        return parsed?.success ? [[key, parsed.data]] : [];
      });
      return wholeAccountPreferences.parse(Object.fromEntries(known));
    }),
  ),
);

/** The wishes of the person for all accounts, by credential id. Shared by all windows. */
export const preferencesSchema = z.lazy(() =>
  z.object({
    version: z.literal(1),
    /** Ids in the order of use; accounts that are not named come after them. */
    order: z.catch(listOfKnown(z.string()), []),
    accounts: z.catch(recordOfKnown(knownPreferences), {}),
    /** The person was asked whether another account may take over. They are asked once. */
    wasAskedToSwitch: z.catch(z.exactOptional(z.boolean()), false),
  }),
);
export type PoolPreferences = z.infer<typeof preferencesSchema>;

export const noPreferences: PoolPreferences = { version: 1, order: [], accounts: {} };

export function preferencesOf(all: PoolPreferences, id: string): AccountPreferences {
  return ownValue(all.accounts, id) ?? {};
}

/** Sets what `wish` names; a member that is undefined is taken back. */
export function withPreferences(
  all: PoolPreferences,
  id: string,
  wish: { [K in keyof AccountPreferences]: AccountPreferences[K] | undefined },
): PoolPreferences {
  const wanted = Object.entries({ ...preferencesOf(all, id), ...wish });
  const kept: AccountPreferences = Object.fromEntries(wanted.filter(([, value]) => value ?? false));
  return { ...all, accounts: { ...all.accounts, [id]: kept } };
}

/** Forgets an account that is gone. */
export function withoutAccount(all: PoolPreferences, id: string): PoolPreferences {
  const order = all.order.filter((other) => other !== id);
  return { ...all, order, accounts: without(all.accounts, id) };
}

/** Puts the account one place up or down among `ids`, which are all accounts as they stand. */
export function withMove(
  all: PoolPreferences,
  ids: readonly string[],
  id: string,
  by: -1 | 1,
): PoolPreferences {
  const order = ordered(ids, all, (each) => each);
  const from = order.indexOf(id);
  const to = from + by;
  if (from < 0 || to < 0 || to >= order.length) return all;
  order.splice(from, 1);
  order.splice(to, 0, id);
  return { ...all, order };
}

/** The items in the person's order; those without a place keep theirs, at the end. */
export function ordered<T>(
  items: readonly T[],
  { order }: PoolPreferences,
  idOf: (item: T) => string,
): T[] {
  const places = new Map(order.map((id, place) => [id, place]));
  const placeOf = (item: T) => places.get(idOf(item)) ?? order.length;
  return items.toSorted((a, b) => placeOf(a) - placeOf(b));
}
