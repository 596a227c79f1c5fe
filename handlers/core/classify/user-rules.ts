import { search } from '@aws-lambda-powertools/jmespath';
import { PowertoolsFunctions } from '@aws-lambda-powertools/jmespath/functions';
import { RE2JS } from 're2js';
import { type Evidence, MAX_TEXT } from '../evidence/evidence.ts';
import { lazily } from '../lazily.ts';
import { attributeText, type Letter } from '../letter.ts';
import { cut } from '../redact.ts';
import type { UserConditions, UserRule } from '../rules/user.ts';

/** The parts of a letter that classification looks at. */
export type ClassifiedLetter = Pick<Letter, 'body' | 'attributes'>;

export interface UserMatch {
  readonly rule: UserRule;
  readonly words: string;
}

/** The first rule whose every condition holds. A rule without conditions matches nothing: it would take every letter. */
export function matchUserRules(
  rules: readonly UserRule[],
  evidence: Evidence,
  letter: ClassifiedLetter,
  queue: string,
): UserMatch | undefined {
  const said = cut(
    [evidence.message, ...(evidence.causes ?? [])].filter((text) => text !== undefined).join('\n'),
    MAX_TEXT,
  );
  const document = lazily(() => parsed(letter.body));
  for (const rule of rules) {
    const words = matched(rule.when, { evidence, letter, queue, said, document });
    if (words !== undefined) return { rule, words };
  }
  return undefined;
}

interface Subject {
  readonly evidence: Evidence;
  readonly letter: ClassifiedLetter;
  readonly queue: string;
  readonly said: string;
  readonly document: () => unknown;
}

/** The words that every condition saw, or undefined when one did not hold. Cheap conditions come first. */
function matched(when: UserConditions, subject: Subject): string | undefined {
  const { evidence, letter, queue, said, document } = subject;
  const seen: (string | undefined)[] = [];
  if (when.queue !== undefined) seen.push(equal(queue, when.queue));
  if (when.source !== undefined) seen.push(equal(evidence.source, when.source));
  if (when.httpStatus !== undefined) seen.push(equal(String(evidence.httpStatus), String(when.httpStatus)));
  if (when.awsErrorCode !== undefined) seen.push(equal(evidence.awsErrorCode, when.awsErrorCode));
  if (when.errorType !== undefined) seen.push(typeMatches(evidence.errorType, when.errorType));
  for (const [name, value] of Object.entries(when.attributes ?? {})) {
    seen.push(
      equal(Object.hasOwn(letter.attributes, name) ? attributeText(letter.attributes, name) : undefined, value),
    );
  }
  if (when.messageContains !== undefined)
    seen.push(said.includes(when.messageContains) ? when.messageContains : undefined);
  if (seen.includes(undefined)) return undefined;
  if (when.messageMatches !== undefined) seen.push(found(when.messageMatches, said));
  if (seen.includes(undefined)) return undefined;
  if (when.body !== undefined) seen.push(holds(when.body, document()) ? when.body : undefined);
  return seen.length === 0 || seen.includes(undefined) ? undefined : seen.join(', ');
}

function equal(actual: string | undefined, wanted: string): string | undefined {
  return actual === wanted ? wanted : undefined;
}

/** `NullPointerException` means `java.lang.NullPointerException` too. */
function typeMatches(actual: string | undefined, wanted: string): string | undefined {
  if (actual === undefined || !actual.endsWith(wanted)) return undefined;
  return actual === wanted || /[.$:\\/#]$/.test(actual.slice(0, -wanted.length)) ? actual : undefined;
}

/** Compiling costs a hundred times a search; the rules of a stack are few and stay the same. */
const compiled = new Map<string, RE2JS | undefined>();
const MAX_COMPILED = 500;

/** RE2 runs in time linear in the text: the text is a stranger's. */
function found(pattern: string, text: string): string | undefined {
  if (!compiled.has(pattern)) {
    if (compiled.size >= MAX_COMPILED) compiled.clear();
    compiled.set(pattern, compile(pattern));
  }
  const matcher = compiled.get(pattern)?.matcher(text);
  return matcher?.find() ? (matcher.group() ?? '') : undefined;
}

/** Patterns are compiled at plan and when the policy is read; one that still does not compile matches nothing. */
function compile(pattern: string): RE2JS | undefined {
  try {
    return RE2JS.compile(pattern);
  } catch {
    return undefined;
  }
}

/** Whether a JMESPath expression (Powertools' flavour) holds of a document; one that cannot be asked of it does not. */
export function holds(expression: string, document: unknown): boolean {
  if (document === undefined) return false;
  try {
    const result = search(expression, document as Parameters<typeof search>[1], {
      customFunctions: new PowertoolsFunctions(),
    });
    return isTruthy(result);
  } catch {
    return false;
  }
}

/** JMESPath's own truth: false, null, and empty strings, lists and objects are false; 0 is true. */
function isTruthy(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
