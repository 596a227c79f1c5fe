import { describe, expect, it } from 'vitest';
import { check } from '../../examples/retry-tiers/order.ts';
import { FOUND_AT_TRY, makeOrders } from '../../examples/retry-tiers/producer/orders.ts';
import { accountOf, faultsOf } from '../systems/retry-tiers/account.ts';

const orders = makeOrders({ seed: 7, count: 20, bad: 0.2 });
const kindOf = (kind: string) => orders.filter((order) => order.kind === kind);

describe('the producer', () => {
  it('makes the same orders of the same seed, and others of another', () => {
    expect(makeOrders({ seed: 7, count: 20, bad: 0.2 })).toEqual(orders);
    expect(makeOrders({ seed: 8, count: 20, bad: 0.2 })).not.toEqual(orders);
  });

  it('makes as many of each kind as it is asked for', () => {
    expect(['good', 'bad', 'flaky'].map((kind) => kindOf(kind).length)).toEqual([14, 4, 2]);
    expect(() => makeOrders({ seed: 1, count: 20, bad: 0 })).toThrow(
      'at least one order of each kind; got count 20, bad 0',
    );
  });

  it('makes orders that fail as their kind says', () => {
    for (const { kind, body } of orders) {
      const at = (tries: number) => () => check(JSON.parse(body), tries);
      if (kind === 'bad') expect(at(99)).toThrow('"store_id" is missing');
      if (kind === 'flaky') expect(at(FOUND_AT_TRY - 1)).toThrow('503');
      if (kind !== 'bad') expect(at(FOUND_AT_TRY)).not.toThrow();
    }
  });
});

describe('the account of the orders', () => {
  const tries = (last: number) => Array.from({ length: last }, (_, index) => ({ try: index + 1, at: index * 1000 }));
  const last = { good: 1, flaky: FOUND_AT_TRY, bad: 7 };
  const noted = orders.map(({ orderId, kind }) => ({
    orderId: `orders#${orderId}`,
    processed: kind === 'bad' ? 0 : 1,
    tries: tries(last[kind]),
  }));
  const letter = (body: string, failureClass = 'VALIDATION_ERROR') =>
    ({ body, row: { failureClass, status: 'archived' } }) as Parameters<typeof accountOf>[2][number];
  const letters = kindOf('bad').map(({ body }) => letter(body));
  const [good] = kindOf('good');
  const [bad] = kindOf('bad');
  if (good === undefined || bad === undefined) throw new Error('no orders');
  const whole = accountOf(orders, noted, [...letters, letter(good.body, 'UNKNOWN')]);
  const of = (...given: Partial<Parameters<typeof accountOf>>) =>
    faultsOf(accountOf(given[0] ?? orders, given[1] ?? noted, given[2] ?? letters), whole);

  it('finds nothing where all is as it must be', () => {
    expect(of()).toEqual([]);
  });

  it('finds a good order in the DLQ, however it died', () => {
    expect(of(orders, noted, [...letters, letter(good.body, 'UNKNOWN')])).toEqual([
      `orders: ${good.orderId} (good) is archived as UNKNOWN`,
    ]);
  });

  it('finds a bad order whose letter is gone, and one that was tried less often than the tiers allow', () => {
    expect(of(orders, noted, letters.slice(1))).toEqual([`orders: ${bad.orderId} (bad) is alive`]);
    const fewer = noted.map((one) => (one.orderId.endsWith(bad.orderId) ? { ...one, tries: tries(5) } : one));
    expect(of(orders, fewer)).toEqual([`orders: ${bad.orderId} (bad) had the tries 1, 2, 3, 4, 5`]);
  });

  it('finds an order that was booked twice, or by nobody', () => {
    const booked = (times: number) =>
      noted.map((one) => (one.orderId.endsWith(good.orderId) ? { ...one, processed: times } : one));
    expect(of(orders, booked(2))).toEqual([`orders: ${good.orderId} (good) was booked 2 times`]);
    expect(of(orders, booked(0))).toEqual([`orders: ${good.orderId} (good) was booked 0 times`]);
  });

  it('finds what the other chain lost, and a comparison that shows nothing', () => {
    const chain = accountOf(orders, noted, letters);
    const lost = accountOf(orders, noted.slice(1), []);
    expect(faultsOf(chain, chain)).toEqual([expect.stringContaining('the comparison shows nothing')]);
    expect(faultsOf(chain, lost)).toContain(`whole-batch: ${orders[0]?.orderId} is lost`);
  });
});
