import { JMESPathError, JMESPathTypeError, search } from '@aws-lambda-powertools/jmespath';
import { PowertoolsFunctions } from '@aws-lambda-powertools/jmespath/functions';
import { RE2JS } from 're2js';
import { array, fail, onlyKnown, optionalNumber, optionalText, present, record, text } from './parse.ts';
import { parseRepair } from './repair/document.ts';
import type { UserConditions, UserRule } from './rules/user.ts';
import { verdictKind } from './verdict-kind.ts';

/**
 * Reads the user's rules, spelled as in the module's input `rules`: what Terraform refuses is refused here too, for
 * rules that never saw a `terraform plan`, and what it cannot check (JMESPath, and RE2 as this engine compiles it).
 * @throws Error naming the path, what was expected and what came.
 */
export function parseRules(value: unknown): UserRule[] {
  const rules = array(value, 'rules').map((rule, index) => parseRule(rule, `rules[${index}]`));
  for (const [index, { id }] of rules.entries()) {
    const first = rules.findIndex((rule) => rule.id === id);
    if (first !== index) fail(`rules[${index}].id`, `different from rules[${first}].id`, id);
  }
  return rules;
}

function parseRule(value: unknown, path: string): UserRule {
  const rule = onlyKnown(record(value, path), ['id', 'when', 'class', 'verdict', 'repair'], path);
  const verdict = verdictKind(rule.verdict, `${path}.verdict`);
  const repair = parseRepair(rule.repair, `${path}.repair`);
  if (repair !== undefined && verdict !== undefined && verdict !== 'heal')
    fail(`${path}.verdict`, '"heal", or left out, where the rule has a repair', verdict);
  return {
    id: matching(
      rule.id,
      /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/,
      '1–64 letters, digits, hyphens and underscores',
      `${path}.id`,
    ),
    when: parseConditions(rule.when, `${path}.when`),
    class: matching(
      rule.class,
      /^[A-Z][A-Z0-9_]{0,63}$/,
      'upper-case letters, digits and underscores, like TIMEOUT',
      `${path}.class`,
    ),
    ...present({ verdict, repair }),
  };
}

const CONDITIONS = [
  'error_type',
  'message_contains',
  'message_matches',
  'http_status',
  'aws_error_code',
  'source',
  'queue',
  'attributes',
  'body',
] as const;

function parseConditions(value: unknown, path: string): UserConditions {
  const when = onlyKnown(record(value, path), CONDITIONS, path);
  const words = (name: string) => notBlank(optionalText(when[name], `${path}.${name}`), `${path}.${name}`);
  const conditions = present({
    errorType: words('error_type'),
    messageContains: words('message_contains'),
    messageMatches: regularExpression(words('message_matches'), `${path}.message_matches`),
    httpStatus: httpStatus(when.http_status, `${path}.http_status`),
    awsErrorCode: words('aws_error_code'),
    source: words('source'),
    queue: words('queue'),
    body: jmesPath(words('body'), `${path}.body`),
    attributes: attributes(when.attributes, `${path}.attributes`),
  });
  // A rule without conditions would match nothing, and its author would wait for it.
  if (Object.keys(conditions).length === 0) fail(path, `an object with one of ${CONDITIONS.join(', ')}`, value);
  return conditions;
}

function notBlank(value: string | undefined, path: string): string | undefined {
  return value?.trim() === '' ? fail(path, 'more than blanks: leave it out where it does not matter', value) : value;
}

function matching(value: unknown, pattern: RegExp, expected: string, path: string): string {
  const name = text(value, path);
  return pattern.test(name) ? name : fail(path, expected, name);
}

function httpStatus(value: unknown, path: string): number | undefined {
  const status = optionalNumber(value, path);
  if (status === undefined || (Number.isInteger(status) && status >= 100 && status <= 599)) return status;
  return fail(path, 'a whole number from 100 to 599', value);
}

const MAX_EXPRESSION = 1000;

function regularExpression(pattern: string | undefined, path: string): string | undefined {
  if (pattern === undefined) return undefined;
  if (pattern.length > MAX_EXPRESSION) return fail(path, `at most ${MAX_EXPRESSION} characters`, pattern.length);
  try {
    RE2JS.compile(pattern);
    return pattern;
  } catch (error) {
    const expected = 'a regular expression that RE2 compiles (no look-around, no back-references)';
    return fail(path, `${expected}: ${(error as Error).message}`, pattern);
  }
}

/** Literals of JMESPath, each by its own quotes. https://jmespath.org/specification.html */
const LITERAL = /`(?:[^`\\]|\\.)*`|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/gs;

/** The library takes the first escaped quote of a literal for a quote and leaves the others escaped: it would match nothing. */
function misreadLiteral(expression: string): string | undefined {
  return expression.match(LITERAL)?.find((literal) => {
    const quote = literal.charAt(0);
    return quote !== '"' && literal.slice(1, -1).split(`\\${quote}`).length > 2;
  });
}

/**
 * An expression that the library reads as it is meant. It has no compiler of its own: one that is well-formed fails on
 * `null` by a type at most.
 * @throws Error naming the path, what was expected and what came
 */
export function jmesPath(expression: string | undefined, path: string): string | undefined {
  if (expression === undefined) return undefined;
  const misread = misreadLiteral(expression);
  if (misread !== undefined) {
    const instead = 'write it as JSON between backticks, the quotes in it as \\u0027 or \\u0060';
    return fail(path, `without a literal that escapes its own quote twice, which is misread: ${instead}`, misread);
  }
  try {
    search(expression, null, { customFunctions: new PowertoolsFunctions() });
  } catch (error) {
    if (error instanceof JMESPathError && !(error instanceof JMESPathTypeError)) {
      return fail(path, `a JMESPath expression: ${error.message}`, expression);
    }
  }
  return expression;
}

function attributes(value: unknown, path: string): Readonly<Record<string, string>> | undefined {
  if (value === null || value === undefined) return undefined;
  const entries = Object.entries(record(value, path));
  if (entries.length < 1 || entries.length > 10) return fail(path, '1–10 message attributes', value);
  return Object.fromEntries(entries.map(([name, wanted]) => [name, text(wanted, `${path}.${name}`)]));
}
