import { describe, expect, it } from 'vitest';
import { parseRules } from '../../handlers/core/rules-document.ts';

const rule = (repair: unknown, over: object = {}) => [
  { id: 'erp', when: { error_type: 'ErpError' }, class: 'ERP', repair, ...over },
];
const patch = (...operations: unknown[]) => rule({ json_patch: JSON.stringify(operations) });
const ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:mend-orders';

describe('the repair of a rule', () => {
  it('is a JSON Patch with the digits that the rule has', () => {
    const [read] = parseRules(
      rule({
        json_patch:
          '[{"op":"replace","path":"/price","value":19.90},{"op":"move","path":"","from":"/a~1b"},{"op":"remove","path":"/x"}]',
        merge_patch: null,
      }),
    );
    expect(read?.repair).toMatchObject({ kind: 'json-patch' });
    expect(JSON.stringify(read?.repair)).toBe(
      '{"kind":"json-patch","operations":[{"op":"replace","path":"/price","value":19.90},{"op":"move","path":"","from":"/a~1b"},{"op":"remove","path":"/x"}]}',
    );
  });

  it('is a JSON Merge Patch, or a function, a version or an alias of it', () => {
    const repairs = [{ merge_patch: '{"a":null}' }, { function_arn: ARN }, { function_arn: `${ARN}:live` }];
    expect(repairs.map((repair) => parseRules(rule(repair))[0]?.repair)).toEqual([
      { kind: 'merge-patch', patch: { a: null } },
      { kind: 'function', arn: ARN },
      { kind: 'function', arn: `${ARN}:live` },
    ]);
  });

  it('may be none, and goes with the verdict heal alone', () => {
    expect(parseRules(rule(null))[0]).not.toHaveProperty('repair');
    expect(parseRules(rule({ function_arn: ARN }, { verdict: 'heal' }))[0]?.verdict).toBe('heal');
    expect(() => parseRules(rule({ function_arn: ARN }, { verdict: 'archive' }))).toThrow(
      'rules[0].verdict must be "heal", or left out, where the rule has a repair; got "archive"',
    );
  });

  it.each<[unknown, string]>([
    [rule('x'), 'rules[0].repair must be an object; got "x"'],
    [
      rule({}),
      'rules[0].repair must be an object with exactly one of json_patch, merge_patch and function_arn; got {}',
    ],
    [rule({ merge_patch: '{"a":1}', function_arn: ARN }), 'rules[0].repair must be an object with exactly one of'],
    [
      rule({ patch: '[]' }),
      'rules[0].repair must be an object with the keys json_patch, merge_patch, function_arn only',
    ],
    [rule({ json_patch: [] }), 'rules[0].repair.json_patch must be a non-empty string; got []'],
    [rule({ json_patch: '[' }), 'rules[0].repair.json_patch must be JSON (use jsonencode); got "["'],
    [rule({ json_patch: '{}' }), 'rules[0].repair.json_patch must be a JSON list of operations; got "{}"'],
    [patch(), 'rules[0].repair.json_patch must be a list of 1–100 operations; got 0'],
    [patch(...Array(101).fill({ op: 'remove', path: '/a' })), 'must be a list of 1–100 operations; got 101'],
    [patch('x'), 'rules[0].repair.json_patch[0] must be an object; got "x"'],
    [
      patch({ op: 'remove', path: '/a' }, { op: 'set' }),
      'rules[0].repair.json_patch[1].op must be add, remove, replace',
    ],
    [patch({ op: 'remove' }), 'rules[0].repair.json_patch[0].path must be a JSON Pointer'],
    [patch({ op: 'remove', path: 'a' }), 'json_patch[0].path must be a JSON Pointer: "", or "/" and names, with ~0'],
    [patch({ op: 'remove', path: '/a~2' }), 'json_patch[0].path must be a JSON Pointer'],
    [patch({ op: 'remove', path: '/a~' }), 'json_patch[0].path must be a JSON Pointer'],
    [
      patch({ op: 'remove', path: '/a', value: 1 }),
      'json_patch[0] must be an object with the keys op, path only; got "value"',
    ],
    [patch({ op: 'move', path: '/a' }), 'json_patch[0].from must be a JSON Pointer'],
    [patch({ op: 'copy', path: '/a', from: 'b' }), 'json_patch[0].from must be a JSON Pointer'],
    [patch({ op: 'test', path: '/a' }), 'json_patch[0].value must be given (null is a value too); got undefined'],
    [patch({ op: 'add', path: '/a', vaule: 1 }), 'json_patch[0] must be an object with the keys op, path, value only'],
    [patch({ op: 'add', path: '/__proto__/x', value: 1 }), 'json_patch[0].path must be without __proto__, constructor'],
    [patch({ op: 'copy', path: '/a', from: '/constructor' }), 'json_patch[0].from must be without __proto__'],
    [
      rule({ json_patch: '[{"op":"add","path":"/a","value":[{"__proto__":1}]}]' }),
      'json_patch[0].value must be without',
    ],
    [rule({ merge_patch: '{"a":{"__proto__":1}}' }), 'rules[0].repair.merge_patch must be without __proto__'],
    [
      rule({ merge_patch: '[1]' }),
      'rules[0].repair.merge_patch must be a JSON object with at least one member; got "[1]"',
    ],
    [
      rule({ merge_patch: '{}' }),
      'rules[0].repair.merge_patch must be a JSON object with at least one member; got "{}"',
    ],
    [rule({ merge_patch: 'nul' }), 'rules[0].repair.merge_patch must be JSON (use jsonencode); got "nul"'],
    [rule({ function_arn: 'mend-orders' }), 'rules[0].repair.function_arn must be the ARN of a Lambda function'],
    [rule({ function_arn: `${ARN}:live:1` }), 'rules[0].repair.function_arn must be the ARN of a Lambda function'],
    [rule({ function_arn: ARN.replace('lambda', 'sqs') }), 'rules[0].repair.function_arn must be the ARN of a Lambda'],
  ])('is refused with path, rule and what came (%#)', (value, message) => {
    expect(() => parseRules(value)).toThrow(message);
  });
});
