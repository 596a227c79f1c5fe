import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAILURE_CLASSES } from '../../handlers/core/classes.ts';
import { classify } from '../../handlers/core/classify.ts';
import type { Evidence } from '../../handlers/core/evidence/evidence.ts';
import { fingerprint } from '../../handlers/core/fingerprint.ts';
import { BUILT_IN_RULES } from '../../handlers/core/rules/built-in.ts';
import { type Death, MISLEADING, PLAIN, TELLING_LITTLE } from './deaths.ts';

const built = (evidence: Omit<Evidence, 'source'>, body = '') =>
  classify({ source: 'kit', ...evidence }, { body, attributes: {} }, { queue: 'orders', rules: [] });

const rows = (deaths: readonly Death[]) =>
  deaths.map(([expected, what, evidence, body = '']) => [expected, what, evidence, body] as const);

describe('deaths whose words are plain', () => {
  it.each(rows(PLAIN))('%s: %s', (failureClass, _what, evidence, body) => {
    expect(built(evidence, body)).toMatchObject({ failureClass });
  });
});

describe('deaths whose words mislead', () => {
  it.each(rows(MISLEADING))('%s: %s', (failureClass, _what, evidence, body) => {
    expect(built(evidence, body)).toMatchObject({ failureClass });
  });
});

describe('deaths that say little', () => {
  it.each(rows(TELLING_LITTLE))('%s: %s', (failureClass, _what, evidence, body) => {
    expect(built(evidence, body)).toMatchObject({ failureClass });
  });
});

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html */
describe('the codes of EventBridge', () => {
  it.each([
    ['CONNECTION_FAILURE', 'DEPENDENCY_FAILURE'],
    ['CROSS_ACCOUNT_INGESTION_FAILED', 'AUTH_FAILURE'],
    ['CROSS_REGION_INGESTION_FAILED', 'AUTH_FAILURE'],
    ['ERROR_FROM_TARGET', 'UNKNOWN'],
    ['EVENTS_IN_BATCH_REQUEST_REJECTED', 'VALIDATION_ERROR'],
    ['FAILED_TO_ASSUME_ROLE', 'AUTH_FAILURE'],
    ['INTERNAL_ERROR', 'DEPENDENCY_FAILURE'],
    ['INVALID_JSON', 'VALIDATION_ERROR'],
    ['INVALID_PARAMETER', 'VALIDATION_ERROR'],
    ['NO_PERMISSIONS', 'AUTH_FAILURE'],
    ['NO_RESOURCE', 'CODE_BUG'],
    ['RESOURCE_ALREADY_EXISTS', 'VALIDATION_ERROR'],
    ['RESOURCE_LIMIT_EXCEEDED', 'THROTTLED'],
    ['RESOURCE_MODIFICATION_COLLISION', 'DEPENDENCY_FAILURE'],
    ['SDK_CLIENT_ERROR', 'CODE_BUG'],
    ['THIRD_ACCOUNT_HOP_DETECTED', 'CODE_BUG'],
    ['THIRD_REGION_HOP_DETECTED', 'CODE_BUG'],
    ['THROTTLING', 'THROTTLED'],
    ['TIMEOUT', 'TIMEOUT'],
    ['TRANSIENT_ASSUME_ROLE', 'DEPENDENCY_FAILURE'],
    ['UNKNOWN', 'UNKNOWN'],
  ])('%s is %s', (awsErrorCode, failureClass) => {
    expect(built({ awsErrorCode })).toMatchObject({ failureClass });
  });

  it('leave the word to what the target said', () => {
    const evidence = {
      awsErrorCode: 'ERROR_FROM_TARGET',
      message: 'Rate exceeded (Service: AWSLambda; Status Code: 429)',
    };
    expect(built(evidence)).toMatchObject({ failureClass: 'THROTTLED' });
  });
});

describe('a verdict', () => {
  it('names its rule, the words it saw and a confidence', () => {
    expect(built({ message: 'connect ECONNREFUSED 10.0.0.1:5432' })).toEqual({
      failureClass: 'DEPENDENCY_FAILURE',
      rule: 'builtin:network-code',
      words: 'ECONNREFUSED',
      confidence: 0.9,
    });
  });

  it('hides secrets in the words it saw and keeps them short', () => {
    const { words } = built({ message: `the pwd=hunter2 of jane@example.com said ${'x'.repeat(500)}` });
    expect(words).toContain('pwd=[redacted] of [e-mail] said');
    expect(words.length).toBeLessThanOrEqual(120);
  });

  it('is UNKNOWN with low confidence when nothing is known', () => {
    expect(built({})).toEqual({ failureClass: 'UNKNOWN', rule: 'builtin:no-evidence', words: '', confidence: 0.1 });
  });

  it('is UNKNOWN with low confidence when nothing is recognised', () => {
    expect(built({ message: 'the flux capacitor hums' })).toMatchObject({ rule: 'builtin:no-rule', confidence: 0.2 });
  });
});

describe('any text', () => {
  const anything = fc.record(
    {
      errorType: fc.string(),
      message: fc.string({ unit: 'binary', maxLength: 300 }),
      stack: fc.string(),
      httpStatus: fc.integer(),
      awsErrorCode: fc.string(),
      causes: fc.array(fc.string(), { maxLength: 4 }),
    },
    { requiredKeys: [] },
  );

  it('gets a known class, a rule and a fingerprint, the same each time', () => {
    fc.assert(
      fc.property(anything, fc.string(), (evidence, body) => {
        const first = built(evidence, body);
        expect(FAILURE_CLASSES).toContain(first.failureClass);
        expect(first.rule).toMatch(/^builtin:/);
        expect(built(evidence, body)).toEqual(first);
        expect(fingerprint('orders', first, { source: 'kit', ...evidence })).toMatch(/^[0-9a-f]{12}$/);
      }),
    );
  });

  const bits = [
    'Caused by: ',
    '\n',
    '\n\n',
    '---> ',
    'timeout ',
    '"',
    "'a ",
    ' ',
    '1',
    '4',
    'a',
    'a-1',
    '<',
    'status ',
    'connection ',
    'token ',
    'a.',
    ':',
    '0x',
    'unexpected token ',
    'pool ',
    '\u0000',
    'E',
    '\ud800',
    'exceeded ',
    'invalid ',
  ];
  it.each(bits)('costs no more than its bounded prefix when it is a megabyte of %j', (bit) => {
    const hostile = bit.repeat(Math.ceil(1_048_576 / bit.length));
    const evidence = {
      source: 'kit',
      errorType: hostile,
      message: hostile,
      stack: hostile,
      causes: [hostile],
    } as const;
    const before = performance.now();
    fingerprint('orders', built(evidence), evidence);
    expect(performance.now() - before).toBeLessThan(400);
  });
});

describe('the tables', () => {
  it('name every rule once', () => {
    const names = BUILT_IN_RULES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('give every rule a reason and a confidence', () => {
    for (const { why, confidence } of BUILT_IN_RULES) {
      expect(why.length).toBeGreaterThan(15);
      expect(confidence).toBeGreaterThan(0);
      expect(confidence).toBeLessThanOrEqual(1);
    }
  });

  it('retry nothing on a guess', () => {
    const retried = ['TIMEOUT', 'THROTTLED', 'DEPENDENCY_FAILURE', 'RESOURCE_EXHAUSTED'];
    for (const rule of BUILT_IN_RULES.filter((row) => retried.includes(row.class)))
      expect(rule.confidence).toBeGreaterThanOrEqual(0.7);
  });
});
