import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalNumber } from '../../handlers/core/exact-json.ts';
import { parseRepair } from '../../handlers/core/repair/document.ts';
import { applyPatch, repairOf } from '../../handlers/core/repair.ts';
import { classification } from './builders.ts';

const repairOfRule = (repair: object) => {
  const parsed = parseRepair(repair, 'repair');
  if (parsed === undefined || parsed.kind === 'function') throw new Error('not a patch');
  return parsed;
};
const jsonPatch = (body: string, patch: string) => applyPatch(repairOfRule({ json_patch: patch }), body);
const mergePatch = (body: string, patch: string) => applyPatch(repairOfRule({ merge_patch: patch }), body);
const mended = (body: string) => ({ ok: true, body });
const failed = (reason: string) => ({ ok: false, reason });

describe('a JSON Patch', () => {
  /** https://www.rfc-editor.org/rfc/rfc6902#appendix-A, by its sections */
  it.each([
    ['A.1', '{"foo":"bar"}', '[{"op":"add","path":"/baz","value":"qux"}]', '{"foo":"bar","baz":"qux"}'],
    ['A.2', '{"foo":["bar","baz"]}', '[{"op":"add","path":"/foo/1","value":"qux"}]', '{"foo":["bar","qux","baz"]}'],
    ['A.3', '{"baz":"qux","foo":"bar"}', '[{"op":"remove","path":"/baz"}]', '{"foo":"bar"}'],
    ['A.4', '{"foo":["bar","qux","baz"]}', '[{"op":"remove","path":"/foo/1"}]', '{"foo":["bar","baz"]}'],
    ['A.5', '{"baz":"qux","foo":"bar"}', '[{"op":"replace","path":"/baz","value":"boo"}]', '{"baz":"boo","foo":"bar"}'],
    [
      'A.6',
      '{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}',
      '[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]',
      '{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}',
    ],
    [
      'A.7',
      '{"foo":["all","grass","cows","eat"]}',
      '[{"op":"move","from":"/foo/1","path":"/foo/3"}]',
      '{"foo":["all","cows","eat","grass"]}',
    ],
    [
      'A.10',
      '{"foo":"bar"}',
      '[{"op":"add","path":"/child","value":{"grandchild":{}}}]',
      '{"foo":"bar","child":{"grandchild":{}}}',
    ],
    [
      'A.16',
      '{"foo":["bar"]}',
      '[{"op":"add","path":"/foo/-","value":["abc","def"]}]',
      '{"foo":["bar",["abc","def"]]}',
    ],
  ])('does what the example %s of RFC 6902 does', (_section, body, patch, expected) => {
    expect(jsonPatch(body, patch)).toEqual(mended(expected));
  });

  it.each([
    ['A.8', '{"baz":"qux","foo":["a",2,"c"]}', '{"op":"test","path":"/baz","value":"qux"}'],
    ['A.8', '{"baz":"qux","foo":["a",2,"c"]}', '{"op":"test","path":"/foo/1","value":2}'],
    ['A.14', '{"/":9,"~1":10}', '{"op":"test","path":"/~01","value":10}'],
    ['4.6, the order of members', '{"a":{"x":1,"y":[2]}}', '{"op":"test","path":"/a","value":{"y":[2],"x":1}}'],
    ['4.6, numbers', '[10.0,1e2,-0]', '{"op":"test","path":"","value":[10,100,0]}'],
    ['4.6, large numbers', '[9007199254740993]', '{"op":"test","path":"/0","value":9007199254740993.0}'],
    ['4.6, null', '{"a":null}', '{"op":"test","path":"/a","value":null}'],
    ['5 of RFC 6901', '{"":0,"a/b":1,"c%d":2,"i\\\\j":5,"k\\"l":6," ":7}', '{"op":"test","path":"/a~1b","value":1}'],
    ['5 of RFC 6901', '{"":0,"a":1}', '{"op":"test","path":"/","value":0}'],
  ])('goes on where a test holds (%s: %s)', (_section, body, test) => {
    expect(jsonPatch(body, `[${test},{"op":"replace","path":"","value":"gone on"}]`)).toEqual(mended('"gone on"'));
  });

  const another = 'must find the value that it names; the body has another';
  const missing = 'must name something that the body has; it has no such member';
  it.each([
    ['A.9', '{"baz":"qux"}', '{"op":"test","path":"/baz","value":"bar"}', `(test "/baz") ${another}`],
    ['A.15', '{"/":9,"~1":10}', '{"op":"test","path":"/~01","value":"10"}', `(test "/~01") ${another}`],
    ['a neighbour above 2^53', '[9007199254740993]', '{"op":"test","path":"/0","value":9007199254740992}', another],
    ['a member less', '{"a":1,"b":2}', '{"op":"test","path":"","value":{"a":1}}', another],
    ['a member of another name', '{"a":1}', '{"op":"test","path":"","value":{"b":1}}', another],
    ['an item more', '[1]', '{"op":"test","path":"","value":[1,2]}', another],
    ['a list for an object', '{"0":1}', '{"op":"test","path":"","value":[1]}', another],
    ['A.12', '{"foo":"bar"}', '{"op":"add","path":"/baz/bat","value":"qux"}', `(add "/baz/bat") ${missing}`],
    ['a value that is missing', '{"a":1}', '{"op":"remove","path":"/b"}', `(remove "/b") ${missing}`],
    ['what all objects share', '{"a":1}', '{"op":"remove","path":"/toString"}', missing],
    ['the length of a list', '[1]', '{"op":"copy","from":"/length","path":"/0"}', missing],
    ['a character of a text', '{"a":"xy"}', '{"op":"copy","from":"/a/0","path":"/b"}', missing],
    ['the inside of a number', '{"a":1.0}', '{"op":"copy","from":"/a/rawJSON","path":"/b"}', missing],
    ['a replacement of nothing', '{"a":1}', '{"op":"replace","path":"/b","value":1}', missing],
    ['an index beyond the end', '[1,2]', '{"op":"add","path":"/3","value":1}', missing],
    ['an index at the end that is replaced', '[1,2]', '{"op":"replace","path":"/2","value":1}', missing],
    ['an index with a leading zero', '[1,2]', '{"op":"replace","path":"/01","value":1}', missing],
    ['an index that is no number', '[1,2]', '{"op":"remove","path":"/1x"}', missing],
    ['an index below zero', '[1,2]', '{"op":"add","path":"/-1","value":1}', missing],
    ['an index as a float', '[1,2]', '{"op":"remove","path":"/1e0"}', missing],
    ['the end of a list, taken', '[1,2]', '{"op":"remove","path":"/-"}', missing],
    ['a member of a text', '{"a":"x"}', '{"op":"add","path":"/a/b","value":1}', 'its parent is neither'],
    ['a member of a number', '{"a":1.0}', '{"op":"add","path":"/a/rawJSON","value":"2"}', 'its parent is neither'],
    ['a move into itself', '{"a":{"b":1}}', '{"op":"move","from":"/a","path":"/a/b/c"}', 'a value into itself'],
    ['a move of all into a part', '{"a":1}', '{"op":"move","from":"","path":"/a"}', 'a value into itself'],
    ['a move of what is missing', '{"a":1}', '{"op":"move","from":"/b","path":"/b"}', missing],
    ['the removal of all', '{"a":1}', '{"op":"remove","path":""}', 'it removes the whole'],
  ])('fails, and says where: %s', (_what, body, operation, reason) => {
    const answer = jsonPatch(body, `[{"op":"test","path":"","value":${body}},${operation}]`);
    expect(answer).toMatchObject({ ok: false, reason: expect.stringContaining(reason) });
    expect(answer).toMatchObject({ reason: expect.stringMatching(/^operation 1 \(/) });
  });

  it.each([
    ['the whole is replaced by add', '{"a":1}', '[{"op":"add","path":"","value":[1]}]', '[1]'],
    ['a part takes the place of the whole', '{"a":{"b":1}}', '[{"op":"move","from":"/a","path":""}]', '{"b":1}'],
    ['a move within a list counts after the removal', '[1,2,3]', '[{"op":"move","from":"/0","path":"/2"}]', '[2,3,1]'],
    ['a move to a name that begins alike', '{"a":1}', '[{"op":"move","from":"/a","path":"/ab"}]', '{"ab":1}'],
    ['add replaces a member in its place', '{"a":1,"b":2}', '[{"op":"add","path":"/a","value":3}]', '{"a":3,"b":2}'],
    [
      'a copy has a life of its own',
      '{"a":{"x":1}}',
      '[{"op":"copy","from":"/a","path":"/b"},{"op":"replace","path":"/b/x","value":2}]',
      '{"a":{"x":1},"b":{"x":2}}',
    ],
    [
      'what was put in may be changed',
      '{}',
      '[{"op":"add","path":"/a","value":{"l":[]}},{"op":"add","path":"/a/l/-","value":1}]',
      '{"a":{"l":[1]}}',
    ],
    ['the list of a list', '[[1],[2]]', '[{"op":"add","path":"/1/-","value":null}]', '[[1],[2,null]]'],
    ['names with ~ and /', '{"a/b":{"m~n":1}}', '[{"op":"remove","path":"/a~1b/m~0n"}]', '{"a/b":{}}'],
  ])('%s', (_what, body, patch, expected) => {
    expect(jsonPatch(body, patch)).toEqual(mended(expected));
  });

  it('mends the next letter as it mended the first', () => {
    const repair = repairOfRule({
      json_patch: '[{"op":"add","path":"/a","value":{"l":[]}},{"op":"add","path":"/a/l/-","value":1}]',
    });
    expect([applyPatch(repair, '{}'), applyPatch(repair, '{}')]).toEqual(Array(2).fill(mended('{"a":{"l":[1]}}')));
  });

  it('fails for a copy that doubles without an end, in little time', () => {
    const bomb = Array.from({ length: 60 }, () => ({ op: 'copy', from: '', path: '/x' }));
    expect(jsonPatch(JSON.stringify({ text: 'x'.repeat(100_000) }), JSON.stringify(bomb))).toMatchObject({
      reason: expect.stringContaining('must not copy more than 16777216 characters in all'),
    });
  });
});

describe('a JSON Merge Patch', () => {
  /** https://www.rfc-editor.org/rfc/rfc7396#appendix-A, less the patches that are no objects, which a rule cannot have */
  it.each([
    ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
    ['{"a":"b"}', '{"a":null}', '{}'],
    ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
    ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
    ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
    ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
    ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
    ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
    ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
    ['{"n":1.0}', '{"n":{"rawJSON":"2"}}', '{"n":{"rawJSON":"2"}}'],
    ['{"toString":1}', '{"valueOf":{"a":1}}', '{"toString":1,"valueOf":{"a":1}}'],
  ])('makes of %s with %s %s', (body, patch, expected) => {
    expect(mergePatch(body, patch)).toEqual(mended(expected));
  });
});

describe('a patch', () => {
  it('leaves every number that it does not touch as it was written, and writes its own as the rule has them', () => {
    const numbers =
      '"id":9007199254740993,"price":19.90,"whole":10.0,"less":-0,"tiny":1e-400,"big":1E400,"n":12345678901234567890.10';
    expect(jsonPatch(`{${numbers},"x":1}`, '[{"op":"replace","path":"/x","value":[2.50,9007199254740995]}]')).toEqual(
      mended(`{${numbers},"x":[2.50,9007199254740995]}`),
    );
    expect(mergePatch(`{${numbers},"x":1}`, '{"x":null,"y":1.10}')).toEqual(mended(`{${numbers},"y":1.10}`));
    expect(jsonPatch('{"a":1.0}', '[{"op":"move","from":"/a","path":"/b"}]')).toEqual(mended('{"b":1.0}'));
  });

  it.each([
    ['no JSON', '{"card":"4111', 'the body must be JSON; it is not'],
    ['nothing but blanks', ' \n', 'the body must be JSON; it is blank'],
    [
      'two members of one name',
      '{"a":1,"b":{"c":"\\"x\\":","c" : 3}}',
      'the body must have no two members of one name in one object; it has',
    ],
  ])('fails for %s without quoting it', (_what, body, reason) => {
    expect(mergePatch(body, '{"z":1}')).toEqual(failed(reason));
  });

  it('is not misled by texts that look like members', () => {
    expect(mergePatch('{"a":"\\"b\\":1","c\\\\":"x: \\"y\\" :"}', '{"z":1}')).toEqual(
      mended('{"a":"\\"b\\":1","c\\\\":"x: \\"y\\" :","z":1}'),
    );
  });

  it('that changes nothing, or only the blanks, has failed', () => {
    const unchanged = failed('the repair must change the body; it changed nothing');
    expect(mergePatch('{ "a" : 1 }', '{"a":1}')).toEqual(unchanged);
    expect(jsonPatch('[1]', '[{"op":"test","path":"/0","value":1}]')).toEqual(unchanged);
    expect(jsonPatch('{"a":1}', '[{"op":"move","from":"/a","path":"/a"}]')).toEqual(unchanged);
  });

  it('that changes a spelling alone has changed the body: 10 is not 10.0 to every consumer', () => {
    expect(mergePatch('{"a":10.0}', '{"a":10}')).toEqual(mended('{"a":10}'));
  });

  it('fails where the body would be larger than SQS takes', () => {
    const body = JSON.stringify({ a: 'x'.repeat(1_048_576 - 20) });
    expect(mergePatch(body, '{"b":"12345"}')).toMatchObject({ ok: true });
    expect(mergePatch(body, '{"b":"123456789012345"}')).toEqual(
      failed('the mended message must have at most 1048576 bytes with its attributes; it has 1048586'),
    );
    expect(mergePatch(JSON.stringify({ a: 'ü'.repeat(524_285) }), '{"b":"1234567890"}').ok).toBe(false);
  });

  it('writes no character that SQS refuses', () => {
    expect(mergePatch('{"a":"\\u0000\\ufffe\\uffff\\ud800\\u00e9"}', '{"b":"\\u0001\\uffff"}')).toEqual(
      mended('{"a":"\\u0000\\ufffe\\uffff\\ud800é","b":"\\u0001\\uffff"}'),
    );
  });

  it('does not fall over a body that is nested deeply', () => {
    const body = `${'['.repeat(500_000)}${']'.repeat(500_000)}`;
    expect(mergePatch(body, '{"a":1}')).toEqual(failed('the body is nested too deeply, or too large'));
  });

  it('carries along names that mean something to JavaScript, and gives no object a new prototype', () => {
    const body = '{"__proto__":{"admin":true},"constructor":{"prototype":{"b":1}},"x":1}';
    const moved = '{"__proto__":{"admin":true},"constructor":{"prototype":{"b":1}},"y":1}';
    expect(jsonPatch(body, '[{"op":"move","from":"/x","path":"/y"}]')).toEqual(mended(moved));
    expect(mergePatch(body, '{"x":null,"y":1}')).toEqual(mended(moved));
    expect(({} as { admin?: unknown }).admin).toBeUndefined();
  });

  it('takes time in proportion to the body', () => {
    const hostile = [
      `{"a":"${'\\"'.repeat(500_000)}"}`,
      `{"a":[${'0.10,'.repeat(200_000)}1]}`,
      `{"a":1${'0'.repeat(1_000_000)}1}`,
      `{"a":"${' :'.repeat(500_000)}"}`,
      `{${Array.from({ length: 100_000 }, (_, i) => `"${i.toString(36)}":1`).join(',')}}`,
    ];
    const operations = [
      { op: 'test', path: '/a', value: 10 },
      ...Array.from({ length: 20 }, (_, i) => ({ op: 'add', path: `/z${i}`, value: i })),
    ];
    const start = performance.now();
    for (const body of hostile) {
      mergePatch(body, '{"z":1}');
      jsonPatch(body, JSON.stringify(operations));
      jsonPatch(body, JSON.stringify(operations.slice(1)));
    }
    expect(performance.now() - start).toBeLessThan(20_000);
  }, 30_000);
});

describe('numbers', () => {
  it.each([
    ['10', '10.0'],
    ['10', '1e1'],
    ['10', '100E-1'],
    ['0', '-0.00e7'],
    ['0.1', '1e-1'],
    ['-12.5', '-0.125e+2'],
    ['9007199254740993', '9007199254740993.00'],
  ])('%s is %s', (a, b) => {
    expect(canonicalNumber(a)).toBe(canonicalNumber(b));
  });

  it.each([
    ['9007199254740993', '9007199254740992'],
    ['1', '-1'],
    ['1e400', '1e401'],
    ['101', '11'],
    ['1e9999999999999999999', '1'],
  ])('%s is not %s', (a, b) => {
    expect(canonicalNumber(a)).not.toBe(canonicalNumber(b));
  });
});

describe('any patch of any body', () => {
  const names = fc.constantFrom('a', 'b', '0', '1', '', 'a/b', 'm~n', 'length', 'toString');
  const pointer = fc
    .array(fc.oneof(names, fc.constant('-')), { maxLength: 4 })
    .map((tokens) => tokens.map((token) => `/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''));
  const { json } = fc.letrec((tie) => ({
    json: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(null, true, 0, 1, 2.5, 'x', ''),
      fc.array(tie('json'), { maxLength: 3 }),
      fc.dictionary(names, tie('json'), { maxKeys: 4 }),
    ),
  }));
  const operation = fc.oneof(
    fc.record({ op: fc.constantFrom('add', 'replace', 'test'), path: pointer, value: json }),
    fc.record({ op: fc.constant('remove'), path: pointer }),
    fc.record({ op: fc.constantFrom('move', 'copy'), path: pointer, from: pointer }),
  );
  const text = (value: unknown) => JSON.stringify(value);

  it('ends in another body or in a reason', () => {
    fc.assert(
      fc.property(
        fc.oneof(json.map(text), fc.string()),
        fc.array(operation, { minLength: 1, maxLength: 5 }),
        (body, patch) => {
          const answer = jsonPatch(body, text(patch));
          if (answer.ok) expect(text(JSON.parse(answer.body))).not.toBe(text(JSON.parse(body)));
          else expect(answer.reason).not.toBe('');
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('leads from the body to the value that was put in its place, and back', () => {
    fc.assert(
      fc.property(json, json, (from, to) => {
        fc.pre(text(from) !== text(to));
        const there = jsonPatch(text(from), text([{ op: 'replace', path: '', value: to }]));
        expect(there).toEqual(mended(text(to)));
        expect(
          jsonPatch(
            text(to),
            text([
              { op: 'test', path: '', value: to },
              { op: 'add', path: '', value: from },
            ]),
          ),
        ).toEqual(mended(text(from)));
      }),
    );
  });

  it('takes an item out of a list and puts it in again', () => {
    fc.assert(
      fc.property(fc.array(json, { minLength: 1, maxLength: 5 }), fc.nat(), json, (list, n, value) => {
        const index = n % (list.length + 1);
        const longer = jsonPatch(text({ list }), text([{ op: 'add', path: `/list/${index}`, value }]));
        expect(longer).toEqual(mended(text({ list: list.toSpliced(index, 0, value) })));
        const shorter = jsonPatch((longer as { body: string }).body, text([{ op: 'remove', path: `/list/${index}` }]));
        expect(shorter).toEqual(mended(text({ list })));
      }),
    );
  });

  it('merges one level as a spread does', () => {
    const flat = fc.dictionary(names, fc.oneof(fc.constantFrom(null, true, 1, 'x'), fc.array(json, { maxLength: 2 })));
    fc.assert(
      fc.property(flat, flat, (body, patch) => {
        const expected = Object.fromEntries(
          Object.entries({ ...body, ...patch }).filter(
            ([name]) => !(Object.hasOwn(patch, name) && patch[name] === null),
          ),
        );
        fc.pre(Object.keys(patch).length > 0 && text(expected) !== text(body));
        expect(mergePatch(text(body), text(patch))).toEqual(mended(text(expected)));
      }),
    );
  });
});

describe('the repair of a letter', () => {
  const repair = { kind: 'merge-patch', patch: { a: 1 } } as const;
  const rules = [
    { id: 'plain', when: {}, class: 'X' },
    { id: 'mends', when: {}, class: 'X', repair },
  ];

  it('is that of the rule that gave the class', () => {
    expect(repairOf(rules, classification('X', { rule: 'user:mends' }))).toEqual({ rule: 'mends', repair });
  });

  it.each(['user:plain', 'user:gone', 'builtin:mends', 'mends'])('is none for %s', (rule) => {
    expect(repairOf(rules, classification('X', { rule }))).toBeUndefined();
  });
});
