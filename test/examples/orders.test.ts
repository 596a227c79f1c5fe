import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { validate } from '../../examples/complete/consumer/order.ts';
import { KINDS, type KindName } from '../../examples/complete/producer/kinds.ts';
import { makeOrders, type SampleOrder } from '../../examples/complete/producer/orders.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const SEEDS = [1, 2, 42, 2 ** 31];
const orders = (count = 300, seed = 1) => makeOrders({ seed, count, now: NOW });
const ofKind = (kind: KindName, from: readonly SampleOrder[] = orders()) => from.filter((order) => order.kind === kind);
const matchesSchema = new Ajv({ strict: false }).compile(
  JSON.parse(readFileSync(new URL('../../examples/complete/order.schema.json', import.meta.url), 'utf8')),
);

describe('the orders of the demonstration', () => {
  it('are the same for the same seed, and others for another', () => {
    expect(orders(100, 7)).toEqual(orders(100, 7));
    expect(orders(100, 7)).not.toEqual(orders(100, 8));
  });

  it.each([40, 41, 300, 2000])('are %i where so many are asked for, each kind among them', (count) => {
    for (const seed of SEEDS) {
      const made = orders(count, seed);
      expect(made).toHaveLength(count);
      expect(new Set(made.map(({ kind }) => kind))).toEqual(new Set(Object.keys(KINDS)));
      expect(ofKind('poison', made)).toHaveLength(8);
    }
  });

  it('are healthy in about seven of ten cases', () => {
    expect(ofKind('healthy', orders(1000)).length / 1000).toBeCloseTo(0.7, 1);
  });

  it.each([39, 0, 100.5])('are refused when %d are asked for', (count) => {
    expect(() => orders(count)).toThrow(`at least 40; got ${count}`);
  });

  it('have ids of their own, but for the copies of the poison order', () => {
    const ids = orders().map(({ orderId }) => orderId);
    expect(new Set(ids).size).toBe(300 - 8 + 1);
    const poison = ofKind('poison');
    expect(new Set(poison.map(({ body }) => body)).size).toBe(1);
  });

  it('name their id in the body, even where it is no JSON', () => {
    for (const { body, orderId } of orders()) expect(body).toContain(orderId);
  });

  it('pass the API’s schema where they take that way', () => {
    for (const { route, body } of orders()) {
      if (route === 'api') expect(matchesSchema(JSON.parse(body)), body).toBe(true);
    }
  });

  it('break it where they go straight to the queue', () => {
    for (const order of [...ofKind('missing-field'), ...ofKind('poison')]) {
      const body = JSON.parse(order.body);
      expect(matchesSchema(body)).toBe(false);
      expect(() => validate(body)).toThrow();
    }
    for (const { body } of ofKind('not-json')) expect(() => JSON.parse(body)).toThrow(SyntaxError);
  });

  it('begin with those of the short outages, which must die before these are over', () => {
    const made = orders();
    const short = made.filter(({ kind }) => kind === 'service-down' || kind === 'throttled');
    expect(made.slice(0, short.length)).toEqual(short);
  });

  it.each([
    { kind: 'service-down', seconds: 26 },
    { kind: 'throttled', seconds: 26 },
    { kind: 'slow', seconds: 60 },
  ] as const)('of kind $kind fail for $seconds s', ({ kind, seconds }) => {
    for (const { body } of ofKind(kind)) {
      expect(JSON.parse(body).simulate).toEqual({ fail: kind, until: new Date(NOW + seconds * 1000).toISOString() });
    }
  });

  it.each(['expired-token', 'unknown'] as const)('of kind %s fail for ever', (kind) => {
    for (const { body } of ofKind(kind)) expect(JSON.parse(body).simulate).toEqual({ fail: kind });
  });
});

/** The example's numbers, from main.tf and the consumer's options. */
describe('the end of an outage', () => {
  const [backoff, tier, heal, giveUp, heals] = [1, 5, 1, 5.4, 3];
  const shortestLife = (receive: number) => 4 * receive + backoff + tier + backoff;
  const lastReceiveAfter = (receive: number) =>
    heals * (shortestLife(receive) + heal) + shortestLife(receive) - receive;

  it.each([
    { kind: 'service-down', receive: 0 },
    { kind: 'throttled', receive: 0 },
    { kind: 'slow', receive: giveUp },
  ] as const)(
    'of kind $kind lies between the first death and the last receive of the last life',
    ({ kind, receive }) => {
      expect(KINDS[kind].overAfterSeconds).toBeGreaterThan(shortestLife(receive) + 10);
      expect(KINDS[kind].overAfterSeconds).toBeLessThan(lastReceiveAfter(receive) - 4);
    },
  );
});
