import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { causesOf, factsOf } from '../../handlers/core/classify/cause.ts';
import { matcherOf } from '../../handlers/core/classify/matcher.ts';
import { nameWords } from '../../handlers/core/classify/name-words.ts';
import { alternativesOf, requiredWords } from '../../handlers/core/classify/required.ts';
import { vocabularyOf } from '../../handlers/core/classify/vocabulary.ts';
import type { Evidence } from '../../handlers/core/evidence/evidence.ts';
import { BUILT_IN_RULES } from '../../handlers/core/rules/built-in.ts';
import { text } from '../../handlers/core/rules/rule.ts';
import { evidenceOf, recorders, textsOf } from '../corpus/corpus.ts';
import { MISLEADING, PLAIN } from './deaths.ts';

describe('the words that a pattern needs', () => {
  it.each<[RegExp, string[]]>([
    [/\bconnection (?:was )?(?:refused|reset)\b|\bsocket hang up/i, ['connection ', 'socket hang up']],
    [/status(?:[ _-]?code)? [45]\d\d/i, ['status']],
    [/(?<!exit )timeout of \d{1,9} ?ms/i, ['timeout of ']],
    [/\bORA-(?:00001|01400)\b/, ['00001', '01400']],
    [/colou?red/i, ['colo']],
    [/a\.b\.c\.d/i, ['a.b.c.d']],
    [/(?:refused)? (?:closed)/i, ['closed']],
    [/spoken{2,3}/i, ['spoken']],
    [/[abc]{4}/i, []],
    [/(?:long word|no)/i, []],
    [/api[ _-]?key/i, ['api']],
    [/words?|\d{4}/i, []],
    [/(?:refused|reset)+ by/i, ['refused', 'reset']],
  ])('of %s are %j', (pattern, words) => {
    expect(requiredWords(pattern)).toEqual(words);
  });

  it('are demanded of every pattern of a rule', () => {
    expect(() => text(/\b\d{3}\b/)).toThrow('give it one');
  });
});

describe('the alternatives of a pattern', () => {
  it.each<[RegExp, string[]]>([
    [/a|b(?:c|d)|[|]e|\|f/gi, ['a', 'b(?:c|d)', '[|]e', '\\|f']],
    [/one(?<!x|y) two/i, ['one(?<!x|y) two']],
  ])('of %s are %j', (pattern, sources) => {
    expect(alternativesOf(pattern).map(({ source }) => source)).toEqual(sources);
    expect(alternativesOf(pattern)[0]?.flags).toBe(pattern.flags);
  });
});

describe('a vocabulary', () => {
  const { find } = vocabularyOf(
    ['time-out', 'refused', 'timed'],
    ['TimeoutError', 'ETIME', 'TimeoutErrorX', 'timeouterror'],
  );

  it('finds words anywhere, in any case, and names whole and with case', () => {
    expect(find('ETIME: a.b.TimeoutError was REFUSED; ReadTimeoutError, TimeoutErrors, etime')).toEqual({
      words: [1],
      names: ['ETIME', 'TimeoutError'],
    });
    expect(find('timeouterror').names).toEqual(['timeouterror']);
  });

  it('finds what stands at the ends, and nothing in half a word', () => {
    expect([...find('refused').words, ...find('timed').words, ...find('tim').words]).toEqual([1, 2]);
    expect(find('ETIME').names).toEqual(['ETIME']);
  });

  it('finds what searching for each word finds', () => {
    const part = fc.constantFrom(
      'time',
      '-out',
      'd',
      'Refused',
      'refu',
      'sed',
      ' ',
      'TimeoutError',
      'X',
      '_',
      'É',
      '\ud83d\ude00',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const said = parts.join('');
        const expected = ['time-out', 'refused', 'timed'].flatMap((w, i) =>
          said.toLowerCase().includes(w) ? [i] : [],
        );
        expect([...find(said).words].sort()).toEqual(expected);
      }),
    );
  });

  it('takes ASCII alone', () => {
    expect(() => vocabularyOf(['tímeout'], [])).toThrow('the character "í"');
  });
});

it('a name is taken apart into its words', () => {
  expect(
    ['PaymentGatewayTimeoutException', 'ERR_TLS_CERT_INVALID', 'HTTPError', 'invalid_grant'].map(nameWords),
  ).toEqual([
    ['payment', 'gateway', 'timeout', 'exception'],
    ['err', 'tls', 'cert', 'invalid'],
    ['http', 'error'],
    ['invalid', 'grant'],
  ]);
});

it('asking only the rules and patterns whose words are there finds what trying all of them finds', () => {
  const matcher = matcherOf(BUILT_IN_RULES);
  const evidences: Evidence[] = [
    ...recorders().flatMap(textsOf).map(evidenceOf),
    ...[...PLAIN, ...MISLEADING].map(([, , evidence]) => ({ source: 'kit' as const, ...evidence })),
  ];
  const qualified = BUILT_IN_RULES.flatMap(({ test }) => test.names.filter((name) => /\W/.test(name))).map((name) => ({
    name,
    whole: new RegExp(`(?<!\\w)${name.replace(/\W/g, '\\$&')}(?!\\w)`),
  }));
  for (const evidence of evidences) {
    const facts = factsOf(evidence, '');
    for (const cause of causesOf(evidence)) {
      const plain: readonly string[] = cause.text.match(/\w+/g) ?? [];
      const names = [...plain, ...qualified.filter(({ whole }) => whole.test(cause.text)).map(({ name }) => name)];
      const everything = { names, mayMatch: () => true };
      const all = BUILT_IN_RULES.filter(({ test }) => test.find(cause, facts, everything) !== undefined);
      expect([...matcher.matches(cause, facts)].map(({ rule }) => rule.name)).toEqual(all.map(({ name }) => name));
    }
  }
}, 60_000);
