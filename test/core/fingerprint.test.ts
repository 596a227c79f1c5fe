import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../handlers/core/evidence/evidence.ts';
import { fingerprint, normalise } from '../../handlers/core/fingerprint.ts';
import { classification } from './builders.ts';

const of = (message: string, over: Partial<Evidence> = {}, failureClass = 'DEPENDENCY_FAILURE') =>
  fingerprint('orders', classification(failureClass), { source: 'kit', message, ...over });

describe('one fault is one group', () => {
  it.each([
    ['on two orders', 'payment for order 8812 failed', 'payment for order 77 failed'],
    ['on two orders with letters in their ids', 'order ord_8f3kd92 failed', 'order ord_x1y2z3aa failed'],
    [
      'with two uuids',
      'message 7f9d2a10-0001-4000-8000-000000000001 refused',
      'message 00000000-aaaa-4bbb-8ccc-ffffffffffff refused',
    ],
    ['on two hosts', 'connect ECONNREFUSED 10.0.0.1:5432', 'connect ECONNREFUSED 192.168.7.9:5433'],
    ['on two hosts by name', 'getaddrinfo ENOTFOUND pay-1.eu.internal', 'getaddrinfo ENOTFOUND pay-2.us.internal'],
    ['on two IPv6 hosts', 'connect ECONNREFUSED ::1:5432', 'connect ECONNREFUSED fe80::1ff:fe23:4567:890a:5432'],
    ['at two times', 'expired at 2026-11-22T03:00:00Z', 'expired at 2025-01-02T13:14:15.123+02:00'],
    ['at two memory addresses', 'bad object 0x7ffdeadbeef in Order@1a2b3c4d', 'bad object 0x1 in Order@ffffffff'],
    ['for two people', 'no mailbox for jane@example.com', 'no mailbox for bob.x@shop.example.org'],
    ['at two URLs', 'GET https://api.example.com/orders/1?x=2 failed', 'GET https://api.example.com/orders/9 failed'],
    ['with two values', "colour 'light blue' is not one we sell", "colour 'red' is not one we sell"],
    ["in two languages' quoting", 'column "total" is missing', 'column `total` is missing'],
    ['in JSON within JSON', 'column \\"total\\" is missing', "column 'total' is missing"],
    ['with two line numbers', 'failed in parse.js:12:40', 'failed in parse.js:9:1'],
    ['with one line number each', 'failed (Handler.java:42)', 'failed (Handler.java:7)'],
    ['at two times of day', 'window 05:12:33 closed', 'window 9:05 closed'],
    ['on two short ids', 'order c503 failed', 'order c77 failed'],
    [
      'in JSON, whatever else the object holds',
      '{"level":"error","message":"stock is not reachable","order_id":17,"trace":"a1b2c3"}',
      '{"order_id":99,"message":"stock is not reachable","level":"warn","trace":"ffff01","user":"u-1"}',
    ],
    [
      'in JSON within JSON, in another order',
      '{"statusCode":500,"body":"{\\"error\\":\\"credit of 100.00 is used up\\",\\"orderId\\":1}"}',
      '{"body":"{\\"error\\":\\"credit of 7.50 is used up\\",\\"orderId\\":22}","statusCode":500}',
    ],
    ['in a Python dictionary', "{'error': 'missing_scope', 'ts': 1}", "{'ts': 2, 'error': 'missing_scope'}"],
  ])('%s', (_what, one, other) => {
    expect(of(one)).toBe(of(other));
  });

  it('on two queues whose name is in the text', () => {
    const text = (queue: string) =>
      fingerprint(queue, classification('TIMEOUT'), { source: 'kit', message: `${queue} took too long` });
    expect(text('orders')).toBe(text('payments'));
  });

  it('whatever the line numbers of its stack', () => {
    const stack = (line: number) =>
      `TypeError: x\n    at total (/var/task/index.mjs:${line}:7)\n    at handler (/var/task/index.mjs:9:9)`;
    expect(of('x', { stack: stack(1) }, 'CODE_BUG')).toBe(of('x', { stack: stack(205) }, 'CODE_BUG'));
  });

  it('for all ids, times and addresses', () => {
    const letterOf = fc.record({
      id: fc.uuid(),
      n: fc.nat(),
      ip: fc.ipV4(),
      at: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('2099-01-01') }),
    });
    const text = ({ id, n, ip, at }: { id: string; n: number; ip: string; at: Date }) =>
      `order ${n} (${id}) at ${at.toISOString()} from ${ip}:443: upstream answered 'line ${n}'`;
    fc.assert(fc.property(letterOf, letterOf, (a, b) => of(text(a)) === of(text(b))));
  });
});

describe('two faults are two groups', () => {
  it.each([
    ['by what they say', of('connection refused'), of('connection reset')],
    ['by class', of('x'), of('x', {}, 'TIMEOUT')],
    ['by error type', of('x', { errorType: 'A' }), of('x', { errorType: 'B' })],
    [
      'by the message in JSON',
      of('{"level":"error","message":"stock is not reachable","order_id":17}'),
      of('{"level":"error","message":"the price is unknown","order_id":17}'),
    ],
    [
      'by the message in JSON within JSON',
      of('{"statusCode":500,"body":"{\\"error\\":\\"stock is not reachable\\",\\"orderId\\":1}"}'),
      of('{"statusCode":500,"body":"{\\"error\\":\\"the price is unknown\\",\\"orderId\\":1}"}'),
    ],
    ['by the code in JSON', of('{"error":{"code":"E_STOCK","id":1}}'), of('{"error":{"code":"E_PRICE","id":1}}')],
    [
      'by the key that is missing, in JSON',
      of(`{"level":"error","error":"KeyError: 'total'"}`, {}, 'CODE_BUG'),
      of(`{"level":"error","error":"KeyError: 'lines'"}`, {}, 'CODE_BUG'),
    ],
    ['by AWS code', of('x', { awsErrorCode: 'A' }), of('x', { awsErrorCode: 'B' })],
    ['by status', of('x', { httpStatus: 500 }), of('x', { httpStatus: 502 })],
    ['by a status in the text', of('Request failed with status code 500'), of('Request failed with status code 503')],
    ['by a code in the text', of('ORA-01017: no'), of('ORA-00942: no')],
    [
      'by the property that was read',
      of("Cannot read properties of undefined (reading 'total')", {}, 'CODE_BUG'),
      of("Cannot read properties of undefined (reading 'lines')", {}, 'CODE_BUG'),
    ],
    ['by the field that is missing', of('"total" is required'), of('"lines" is required')],
    [
      'by the key that is missing',
      of("'total'", { errorType: 'KeyError' }, 'CODE_BUG'),
      of("'lines'", { errorType: 'KeyError' }, 'CODE_BUG'),
    ],
    [
      'by the place of a defect',
      of('x', { stack: 'E: x\n    at a (/i.mjs:1:1)' }, 'CODE_BUG'),
      of('x', { stack: 'E: x\n    at b (/i.mjs:1:1)' }, 'CODE_BUG'),
    ],
    [
      'by the innermost cause',
      of('failed', { causes: ['Error: disk is full'] }),
      of('failed', { causes: ['Error: queue is full'] }),
    ],
  ])('%s', (_what, one, other) => {
    expect(one).not.toBe(other);
  });
});

it('a normalised text normalises to itself', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.constantFrom(
          'order',
          '12',
          'a1b2c3',
          "'x y'",
          'http://h/p',
          '10.0.0.1:5',
          'a@b.co',
          '2026-11-22',
          '{"message":"x y","id":4}',
          '{',
          '"a":{',
        ),
      ),
      (words) => {
        const once = normalise(words.join(' '));
        expect(normalise(once)).toBe(once);
      },
    ),
  );
});

it('has 12 hex characters', () => {
  expect(of('x')).toMatch(/^[0-9a-f]{12}$/);
});
