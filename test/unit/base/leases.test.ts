import { expect, test } from 'vitest';
import { createDeferred } from '../../../src/base/async/deferred.ts';
import { createLocalLeases } from '../../../src/base/storage/leases.ts';
import { settled } from '../../support/steppedClock.ts';

const never = new AbortController().signal;

test('a hold of this process is waited for though somebody else has given up waiting', async () => {
  const leases = createLocalLeases();
  const first = createDeferred<void>();
  const order: string[] = [];
  const holding = leases.hold(
    'name',
    () => first.promise.then(() => void order.push('first')),
    never,
  );
  const giving = new AbortController();
  const refused = leases.hold('name', async () => void order.push('refused'), giving.signal);
  giving.abort(new Error('no patience'));
  await expect(refused).rejects.toThrow('no patience');
  const second = leases.hold('name', async () => void order.push('second'), never);
  await settled();
  first.resolve();
  await Promise.all([holding, second]);
  expect(order).toEqual(['first', 'second']);
});
