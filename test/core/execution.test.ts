import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evidenceOf, originalOf } from '../../handlers/core/evidence/evidence-of.ts';
import { markedInput } from '../../handlers/core/evidence/execution.ts';
import { letter } from './builders.ts';
import { LETTER_FIXTURES, letterIn } from './letters.ts';

/** Executions that failed: what is told apart, and what travels in the next one's input. */

const given = (name: string) => letterIn(LETTER_FIXTURES.find((one) => one.name === name)?.record);
const failed = given('step-functions');
const relapse = given('step-functions--relapse');
const mark = { originId: 'o-1', attempt: 1, group: 'abcdef012345' };
const MACHINE = 'arn:aws:states:eu-central-1:123456789012:stateMachine:crawl';
const EXECUTION = 'arn:aws:states:eu-central-1:123456789012:execution:crawl:page-17';

/** The event of one execution, with these fields of its detail changed. */
const event = (detail: object, over: object = {}) => {
  const whole = JSON.parse(failed.body) as { detail: object };
  return letter({ body: JSON.stringify({ ...whole, ...over, detail: { ...whole.detail, ...detail } }) });
};
const originOf = (detail: object) => evidenceOf(event(detail)).lineage.originId;
const inputOf = (input: string) => originalOf(event({ input }), 'step-functions', []).body;

describe('an execution that failed', () => {
  it('has one origin, however many events tell of it, and another when its name is used again', () => {
    const again = { ...failed, messageId: 'another', body: failed.body.replace('"id":"', '"id":"f') };
    expect(evidenceOf(again).lineage).toEqual(evidenceOf(failed).lineage);
    expect(originOf({ startDate: 1803000000000 })).not.toBe(originOf({}));
    expect(originOf({ executionArn: `${EXECUTION}8` })).not.toBe(originOf({}));
  });

  it.each([['-'], ['_x'], ['ü'], ['page 1/2'], ['x'.repeat(80)]])(
    'has an origin that its mark can carry, whatever its name: %s',
    (name) => {
      const own = event({ executionArn: `${EXECUTION.slice(0, -7)}${name}` });
      const { lineage } = evidenceOf(own);
      const input = markedInput(own, '{}', { ...mark, originId: lineage.originId });
      expect(evidenceOf(event({ input })).lineage).toMatchObject({ originId: lineage.originId, attempt: 1 });
    },
  );

  it.each<[string, object, object]>([
    ['Lambda’s error', {}, { errorType: 'UpstreamError', message: '503 Service Unavailable from a.example' }],
    ['a cause that is a text', { cause: 'it broke' }, { message: 'it broke' }],
    ['a cause that is some other JSON', { cause: '{"Status":"FAILED"}' }, { message: '{"Status":"FAILED"}' }],
    ['a cause without an error', { error: null }, { errorType: 'UpstreamError' }],
    ['Python’s error', { cause: '{"errorMessage":"m","stackTrace":["  File a\\n"]}' }, { stack: '  File a' }],
    ['the time-out of the whole', { status: 'TIMED_OUT', error: null, cause: null }, { errorType: 'States.Timeout' }],
    ['when it ended', { stopDate: 1795318572881 }, { at: '2026-11-22T03:36:12.881Z' }],
  ])('tells %s', (_, detail, evidence) => {
    expect(evidenceOf(event(detail)).evidence).toMatchObject(evidence);
  });

  it.each<[string, object, object]>([
    ['is running', { status: 'RUNNING' }, {}],
    ['succeeded', { status: 'SUCCEEDED' }, {}],
    ['is told of by another', {}, { source: 'shop' }],
    ['has no ARN', { executionArn: 'page-17' }, {}],
  ])('is none where it %s', (_, detail, over) => {
    expect(evidenceOf(event(detail, over)).evidence.source).toBe('none');
  });

  it.each([
    ['goes back to its state machine', {}, { kind: 'state-machine', arn: MACHINE }],
    ['to its version', { stateMachineVersionArn: `${MACHINE}:7` }, { arn: `${MACHINE}:7` }],
    [
      'is for a person without an object as input',
      { input: '7' },
      { byHand: expect.stringContaining('no JSON object') },
    ],
    ['goes nowhere without its input', { input: null }, { kind: 'nowhere', why: expect.stringContaining(EXECUTION) }],
  ])('%s', (_, detail, returnTo) => {
    expect(evidenceOf(event(detail)).returnTo).toMatchObject(returnTo);
  });
});

describe('the input of the next execution', () => {
  it('has every member as it was, digit for digit, and says when and where it failed first', () => {
    const input = '{"id": 9007199254740993, "price": 1.50, "__proto__": {"a": 1}, "dlqHealer": "not ours"}';
    const own = event({ input });
    const next = markedInput(own, inputOf(input), { ...mark, round: 3, probe: true });
    const written = {
      ...{ v: 1, origin: 'o-1', attempt: 1, group: 'abcdef012345', round: 3, probe: true, reprocessed: true },
      ...{ failedAt: '2026-11-22T03:36:12.881Z', execution: EXECUTION },
    };
    expect(next).toBe(
      `{"id":9007199254740993,"price":1.50,"__proto__":{"a":1},"dlqHealer":${JSON.stringify(written)}}`,
    );
  });

  it('keeps the first failure, and nothing else of the mark before', () => {
    const input = originalOf(relapse, 'step-functions', []).body;
    const next = JSON.parse(markedInput(relapse, input, { ...mark, attempt: 2 }) ?? '{}');
    expect(next.dlqHealer).toEqual({
      ...{ v: 1, origin: 'o-1', attempt: 2, group: 'abcdef012345', reprocessed: true },
      ...{ failedAt: '2026-11-22T03:30:00.000Z', execution: EXECUTION },
    });
  });

  it('is the same text without its mark, before the first heal and after each', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.integer({ min: 1, max: 9 }), (fields, attempt) => {
        const { dlqHealer: _, ...own } = fields;
        const first = inputOf(JSON.stringify(own, null, 2));
        expect(inputOf(markedInput(failed, first, { ...mark, attempt }) ?? '')).toBe(first);
      }),
    );
  });

  it.each(['7', '[]', 'null', '"{}"', 'no JSON', ''])('is left as it is where it takes no mark: %s', (input) => {
    expect(inputOf(input)).toBe(input);
    expect(markedInput(failed, input, mark)).toBeUndefined();
  });

  it('of any other letter is left as it is', () => {
    expect(markedInput(given('eventbridge-scheduler--state-machine'), '{"run":"nightly"}', mark)).toBeUndefined();
  });
});
