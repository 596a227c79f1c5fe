import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../handlers/core/policy-document.ts';
import { parseRules } from '../../handlers/core/rules-document.ts';

const rule = (over: object = {}) => ({ id: 'erp', when: { error_type: 'ErpError' }, class: 'ERP', ...over });
const when = (conditions: object) => [rule({ when: conditions })];

describe('the rules of a user', () => {
  it('may leave out every condition but one, as null or not at all', () => {
    expect(parseRules(when({ error_type: null, http_status: '503' }))).toEqual([
      { id: 'erp', when: { httpStatus: 503 }, class: 'ERP' },
    ]);
  });

  it('may be none', () => {
    expect([parseRules(null), parseRules([])]).toEqual([[], []]);
  });

  it.each([
    ['a body that is not JSON in every letter', { body: "starts_with(order_id, 'test-')" }],
    ["one of Powertools' functions", { body: 'powertools_json(blob).n' }],
    ['a regular expression with flags', { message_matches: '(?i)maintenance (window|mode)' }],
  ])('may ask for %s', (_what, conditions) => {
    expect(parseRules(when(conditions))).toHaveLength(1);
  });

  it.each<[unknown, string]>([
    [{}, 'rules must be a list; got {}'],
    [['x'], 'rules[0] must be an object; got "x"'],
    [[rule({ id: 'a b' })], 'rules[0].id must be 1–64 letters, digits, hyphens and underscores; got "a b"'],
    [[rule(), rule()], 'rules[1].id must be different from rules[0].id; got "erp"'],
    [[rule({ class: 'erp' })], 'rules[0].class must be upper-case letters, digits and underscores, like TIMEOUT'],
    [[rule({ verdict: 'retry' })], 'rules[0].verdict must be heal, park, archive, quarantine, leave; got "retry"'],
    [
      [rule({ clas: 'X' })],
      'rules[0] must be an object with the keys id, when, class, verdict, repair only; got "clas"',
    ],
    [when({ errorType: 'X' }), 'rules[0].when must be an object with the keys error_type, message_contains'],
    [when({}), 'rules[0].when must be an object with one of error_type'],
    [when({ queue: null }), 'rules[0].when must be an object with one of error_type'],
    [when({ message_contains: ' ' }), 'rules[0].when.message_contains must be more than blanks'],
    [
      when({ message_matches: '(?=x)' }),
      'rules[0].when.message_matches must be a regular expression that RE2 compiles (no look-around, no back-references)',
    ],
    [when({ message_matches: '(' }), 'missing closing ): `(`; got "("'],
    [
      when({ message_matches: 'x'.repeat(1001) }),
      'rules[0].when.message_matches must be at most 1000 characters; got 1001',
    ],
    [when({ http_status: 700 }), 'rules[0].when.http_status must be a whole number from 100 to 599; got 700'],
    [when({ http_status: 400.5 }), 'rules[0].when.http_status must be a whole number from 100 to 599; got 400.5'],
    [when({ body: 'order.[' }), 'rules[0].when.body must be a JMESPath expression: '],
    [when({ body: 'order.[' }), '; got "order.["'],
    [when({ body: "k == 'a\\'b\\'c'" }), 'misread: write it as JSON between backticks'],
    [when({ body: 'k == `"a\\`b\\`c"`' }), 'misread: write it as JSON between backticks'],
    [when({ body: 'lenght(@)' }), 'Unknown function: lenght()'],
    [when({ attributes: {} }), 'rules[0].when.attributes must be 1–10 message attributes; got {}'],
    [when({ attributes: { tenant: 1 } }), 'rules[0].when.attributes.tenant must be a non-empty string; got 1'],
  ])('are refused with path, rule and what came (%#)', (value, message) => {
    expect(() => parseRules(value)).toThrow(message);
  });

  it.each(["k == 'a\\'b'", 'k == `"a\\u0027b\\u0027c"`', "k == 'a' && l == 'b'", '"a\\"b\\"c" == k'])(
    'may quote what they look for: %s',
    (body) => expect(parseRules(when({ body }))[0]?.when.body).toBe(body),
  );

  it('are read by the healer with the same function', () => {
    const document = {
      version: 1,
      stack: 'shop',
      queues: {},
      rules: when({ body: 'order.[' }),
      policy: { poison: {} },
      alerts: {},
      retention: {},
    };
    expect(() => parsePolicy(JSON.stringify(document))).toThrow('rules[0].when.body must be a JMESPath expression');
  });
});
