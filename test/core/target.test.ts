import { describe, expect, it } from 'vitest';
import { evidenceOf, originalOf } from '../../handlers/core/evidence/evidence-of.ts';
import type { ReturnTo } from '../../handlers/core/evidence/return-to.ts';
import { queueOf } from '../../handlers/core/route.ts';
import {
  canDelay,
  carriesMark,
  executionArn,
  executionName,
  MAX_EVENT_BYTES,
  MAX_INPUT_BYTES,
  type Target,
  targetOf,
  unfitFor,
} from '../../handlers/core/target.ts';
import { DLQ_ARN, policy, queue, SOURCE_ARN, TIER_ARN } from './builders.ts';
import { LETTER_FIXTURES, letterIn } from './letters.ts';

const IN = 'eu-central-1:123456789012';
const MAILER = `arn:aws:lambda:${IN}:function:shop-mailer`;
const OTHER = `arn:aws:lambda:${IN}:function:shop-other`;
const NIGHTLY = `arn:aws:states:${IN}:stateMachine:nightly`;
const CRAWL = `arn:aws:states:${IN}:stateMachine:crawl`;
const REFUNDS = `arn:aws:sqs:${IN}:shop-refunds`;
const RULE = `arn:aws:events:${IN}:rule/shop/orders-placed`;
const REFUNDS_URL = 'https://sqs.eu-central-1.amazonaws.com/123456789012/shop-refunds';

const source: Target = { kind: 'queue', url: queue().sourceUrl ?? '', fifo: false, arn: SOURCE_ARN };
const refunds: Target = { kind: 'queue', url: REFUNDS_URL, fifo: false, arn: REFUNDS };
const fn = (arn: string): Target => ({ kind: 'function', arn });
const subscriber = (arn: string): Target => ({ kind: 'function', arn, notification: true });
const machine = (arn: string): Target => ({ kind: 'state-machine', arn });

/** As the healer asks: the queue of the policy first. */
const where = (returnTo: ReturnTo, targets: readonly string[] = [], over: Parameters<typeof queue>[0] = {}) => {
  const own = queueOf(policy({ queues: [queue({ targets, ...over })] }), DLQ_ARN, returnTo);
  if (own === undefined) throw new Error('no queue');
  return targetOf(returnTo, own);
};

const rule = (targetArn?: string): ReturnTo => ({
  kind: 'rule-target',
  ruleArn: RULE,
  ...(targetArn === undefined ? {} : { targetArn }),
});
const TOPIC = `arn:aws:sns:${IN}:orders`;
const topic = (): ReturnTo => ({ kind: 'topic-subscription', topicArn: TOPIC });
const schedule = (targetArn: string): ReturnTo => ({ kind: 'schedule-target', scheduleArn: 'arn:s', targetArn });

describe('a letter goes back', () => {
  it.each<[string, ReturnTo, readonly string[], Target]>([
    ['to its source', { kind: 'queue' }, [], source],
    ['to the source it names', { kind: 'queue', arn: SOURCE_ARN }, [REFUNDS], source],
    ['from a retry tier to the source', { kind: 'queue', arn: TIER_ARN }, [REFUNDS], source],
    ['to the other queue that its DLQ serves', { kind: 'queue', arn: REFUNDS }, [MAILER, REFUNDS], refunds],
    ['to the function it names', { kind: 'function', arn: MAILER }, [OTHER, MAILER], fn(MAILER)],
    ['to the function, as listed', { kind: 'function', arn: `${MAILER}:$LATEST` }, [MAILER], fn(MAILER)],
    [
      'to the version without an alias where it names another one',
      { kind: 'function', arn: `${MAILER}:$LATEST` },
      [`${MAILER}:live`, MAILER],
      fn(MAILER),
    ],
    [
      'to the very alias',
      { kind: 'function', arn: `${MAILER}:live` },
      [MAILER, `${MAILER}:live`],
      fn(`${MAILER}:live`),
    ],
    ['to the only alias', { kind: 'function', arn: `${MAILER}:$LATEST` }, [`${MAILER}:live`], fn(`${MAILER}:live`)],
    ['to the only function, if it names none', { kind: 'function' }, [REFUNDS, MAILER, NIGHTLY], fn(MAILER)],
    ['to the state machine', { kind: 'state-machine', arn: NIGHTLY }, [NIGHTLY], machine(NIGHTLY)],
    [
      'to its alias',
      { kind: 'state-machine', arn: `${NIGHTLY}:live` },
      [`${NIGHTLY}:live`],
      machine(`${NIGHTLY}:live`),
    ],
    ['to the function of a rule', rule(MAILER), [RULE, MAILER], fn(MAILER)],
    ['to the state machine of a rule', rule(NIGHTLY), [RULE, NIGHTLY], machine(NIGHTLY)],
    ['to the queue of a rule', rule(REFUNDS), [RULE, REFUNDS], refunds],
    ['to the queue of a schedule', schedule(REFUNDS), [REFUNDS], refunds],
    ['to the only function that may subscribe', topic(), [TOPIC, NIGHTLY, MAILER], subscriber(MAILER)],
    ['to the only queue that may subscribe', topic(), [REFUNDS, TOPIC], refunds],
  ])('%s', (_, returnTo, targets, target) => {
    expect(where(returnTo, targets)).toEqual({ target });
  });

  it('to the only queue that is listed where no source is known', () => {
    const { sourceArn: _arn, sourceUrl: _url, ...own } = queue({ targets: [REFUNDS] });
    expect(targetOf({ kind: 'queue' }, own)).toEqual({ target: refunds });
  });

  it('to a FIFO queue as one', () => {
    expect(where({ kind: 'queue', arn: `${REFUNDS}.fifo` }, [`${REFUNDS}.fifo`])).toEqual({
      target: { kind: 'queue', url: `${REFUNDS_URL}.fifo`, fifo: true, arn: `${REFUNDS}.fifo` },
    });
  });

  it('to a listed queue through the host of its DLQ, in another partition and behind an emulator', () => {
    const urlBehind = (dlqUrl: string) => {
      const found = where({ kind: 'queue', arn: REFUNDS }, [REFUNDS], { dlqUrl });
      return 'target' in found && found.target.kind === 'queue' ? found.target.url : undefined;
    };
    expect(urlBehind('https://sqs.cn-north-1.amazonaws.com.cn/210987654321/dlq')).toBe(
      'https://sqs.cn-north-1.amazonaws.com.cn/123456789012/shop-refunds',
    );
    expect(urlBehind('http://127.0.0.1:4566/000000000000/dlq')).toBe('http://127.0.0.1:4566/123456789012/shop-refunds');
  });
});

describe('a letter is for a person', () => {
  it.each<[string, ReturnTo, readonly string[], string]>([
    [
      'where only one may do it',
      { kind: 'queue', byHand: 'its envelope has no id' },
      [REFUNDS],
      'its envelope has no id',
    ],
    [
      'of a queue that nobody lists',
      { kind: 'queue', arn: 'arn:aws:sqs:x:1:y' },
      [REFUNDS],
      'it died in arn:aws:sqs:x:1:y',
    ],
    ['of one of several queues', { kind: 'queue' }, [REFUNDS], 'in which of the 2 queues'],
    [
      'of a function that is not listed',
      { kind: 'function', arn: MAILER },
      [OTHER],
      'name the function in queues["orders"]',
    ],
    ['of any function, where none is', { kind: 'function' }, [NIGHTLY], 'name the function in queues["orders"]'],
    ['of one of several functions', { kind: 'function' }, [MAILER, OTHER], '2 functions'],
    [
      'of one of several aliases',
      { kind: 'function', arn: MAILER },
      [`${MAILER}:blue`, `${MAILER}:green`],
      'name the function',
    ],
    [
      'of a state machine that is not listed',
      { kind: 'state-machine', arn: NIGHTLY },
      [MAILER],
      'name the state machine',
    ],
    [
      'of a state machine whose input takes no mark',
      { kind: 'state-machine', arn: NIGHTLY, byHand: 'its input is no JSON object' },
      [NIGHTLY],
      'its input is no JSON object',
    ],
    ['of a rule that may transform', rule(MAILER), [MAILER], 'name the rule too'],
    ['of a rule with another target', rule(MAILER), [RULE, OTHER], 'name the function'],
    ['of a rule with a queue that is not listed', rule(REFUNDS), [RULE], 'name that queue'],
    ['of a rule that says no target', rule(), [RULE, MAILER], 'a target of the rule'],
    ['of a rule with a topic', rule(`arn:aws:sns:${IN}:t`), [RULE], 'only functions, state machines and queues'],
    ['of a rule with a FIFO queue', rule(`${REFUNDS}.fifo`), [RULE, `${REFUNDS}.fifo`], 'message group is not known'],
    [
      'of a schedule that calls an API',
      schedule('arn:aws:scheduler:::aws-sdk:sqs:sendMessage'),
      [REFUNDS],
      'only functions, state machines and queues',
    ],
    ['of a topic that it does not name', { kind: 'topic-subscription' }, [TOPIC, MAILER], 'notification of a topic'],
    ['of a topic that is not listed', topic(), [MAILER], 'name the topic and one subscriber'],
    ['of a topic with two who may subscribe', topic(), [TOPIC, REFUNDS, MAILER], 'name the topic and one subscriber'],
    ['of a topic without a subscriber', topic(), [TOPIC, NIGHTLY], 'name the topic and one subscriber'],
    ['of nobody', { kind: 'nowhere', why: 'the payload is cut' }, [REFUNDS, MAILER], 'the payload is cut'],
  ])('%s', (_, returnTo, targets, why) => {
    expect(where(returnTo, targets)).toEqual({ obstacle: expect.stringContaining(why) });
  });

  it('where no queue is known at all', () => {
    const { sourceArn: _arn, sourceUrl: _url, ...own } = queue();
    expect(targetOf({ kind: 'queue' }, own)).toEqual({ obstacle: expect.stringContaining('no queue is known') });
  });

  it('where two queues share the DLQ and it names neither; what either lists counts for both', () => {
    const other = queue({
      key: 'refunds',
      sourceArn: REFUNDS,
      sourceUrl: REFUNDS_URL,
      targets: [MAILER],
      tierArns: [],
    });
    const both = policy({ queues: [queue(), other] });
    const of = (returnTo: ReturnTo) => targetOf(returnTo, queueOf(both, DLQ_ARN, returnTo) ?? queue());
    expect(of({ kind: 'queue' })).toEqual({ obstacle: expect.stringContaining('in which of the 2 queues') });
    expect(of({ kind: 'function', arn: MAILER })).toEqual({ target: fn(MAILER) });
  });
});

describe('the letters that AWS makes', () => {
  const all = [MAILER, NIGHTLY, CRAWL, REFUNDS, SOURCE_ARN, RULE].concat(
    ['shop-orders', 'shop-nightly'].map((name) => `arn:aws:lambda:${IN}:function:${name}`),
  );
  const given = (name: string) => {
    const fixture = LETTER_FIXTURES.find((one) => one.name === name);
    const letter = letterIn(fixture?.record);
    const { evidence, returnTo, attributeNames, lineage } = evidenceOf(letter);
    return { ...where(returnTo, all), ...originalOf(letter, evidence.source, attributeNames), lineage };
  };

  it.each([
    ['lambda-destination', 'function', 'arn:aws:lambda:eu-central-1:123456789012:function:shop-orders'],
    ['eventbridge-rule', 'function', MAILER],
    ['eventbridge-scheduler', 'function', `arn:aws:lambda:${IN}:function:shop-nightly`],
    ['eventbridge-scheduler--state-machine', 'state-machine', NIGHTLY],
    ['step-functions', 'state-machine', CRAWL],
    ['step-functions--relapse', 'state-machine', CRAWL],
    ['step-functions--timed-out', 'state-machine', CRAWL],
  ])('%s goes back to the %s, as JSON and without the evidence', (name, kind, arn) => {
    const { target, body, attributes } = given(name) as ReturnType<typeof given> & { target: Target };
    expect(target).toEqual({ kind, arn });
    expect(unfitFor(target, body)).toBeUndefined();
    expect(attributes).toEqual({});
  });

  it('a destination’s record gives the event alone, digit for digit', () => {
    expect(given('lambda-destination').body).toBe('{"order_id":9007199254740993,"total":12.50,"lines":[]}');
  });

  it.each([['lambda-destination'], ['lambda-async-dlq']])(
    'of %s the heals are counted by the request, which giving it back answers',
    (name) => {
      expect(given(name).lineage).toEqual({ originId: 'e4b46cbf-b738-4880-8f40-000000000003', attempt: 0 });
    },
  );

  it.each([
    ['eventbridge-scheduler--truncated'],
    ['eventbridge-pipes'],
    ['eventbridge-bus'],
    ['lambda-stream'],
    ['lambda-destination--without-event'],
    ['step-functions--without-input'],
    ['step-functions--no-object'],
    ['sns-subscription'],
    ['sns-subscription--raw'],
  ])('%s goes to nobody, whatever is listed', (name) => {
    expect(given(name)).toHaveProperty('obstacle');
  });
});

it.each<[string, Target, boolean, boolean]>([
  ['a queue', source, true, true],
  ['a FIFO queue', { kind: 'queue', url: 'u', fifo: true }, false, true],
  ['a function', fn(MAILER), false, false],
  ['a state machine', machine(NIGHTLY), false, false],
])('to %s: what can be held back, and what carries the mark', (_, target, delayed, marked) => {
  expect([canDelay(target), carriesMark(target)]).toEqual([delayed, marked]);
});

describe('what a target never takes', () => {
  const json = (bytes: number) => JSON.stringify('ü'.repeat((bytes - 2) / 2));
  it.each<[string, Target, string, string | undefined]>([
    ['a function takes the largest event', fn(MAILER), json(MAX_EVENT_BYTES), undefined],
    ['a function takes no larger one', fn(MAILER), json(MAX_EVENT_BYTES + 2), '1048576 bytes, this one 1048578'],
    ['a function takes JSON only', fn(MAILER), 'hello', 'must be JSON'],
    ['a function takes no nothing', fn(MAILER), '', 'must be JSON'],
    ['a state machine takes the largest input', machine(NIGHTLY), json(MAX_INPUT_BYTES), undefined],
    [
      'a state machine takes no larger one',
      machine(NIGHTLY),
      json(MAX_INPUT_BYTES + 2),
      '262144 bytes, this one 262146',
    ],
    ['a state machine takes JSON only', machine(NIGHTLY), '{', 'must be JSON'],
    ['a queue takes any text, or says so itself', source, 'hello', undefined],
  ])('%s', (_, target, body, why) => {
    if (why === undefined) expect(unfitFor(target, body)).toBeUndefined();
    else expect(unfitFor(target, body)).toContain(why);
  });
});

describe('the name of an execution', () => {
  const KEY = '059f36b4-87a3-44ab-83d2-661900000018.1';
  const keys = [KEY, 'a.b.1', 'a-b.1', 'a:b.1', `${'x'.repeat(255)}.1`, `${'x'.repeat(255)}.2`, '059f36b4.2'];

  it.each(keys)('is one that Step Functions takes, and the same each time: %s', (key) => {
    expect(executionName(key, '{}')).toMatch(/^[0-9A-Za-z-_]{1,80}$/);
    expect(executionName(key, '{}')).toBe(executionName(key, '{}'));
  });

  it('is another one for every heal and every input', () => {
    const names = keys.flatMap((key) => ['{}', '{"a":1}'].map((input) => executionName(key, input)));
    expect(new Set(names).size).toBe(names.length);
  });

  it('shows whose it is', () => {
    expect(executionName(KEY, '{}')).toMatch(/^059f36b4-87a3-44ab-83d2-661900000018-1-[0-9a-f]{24}$/);
  });

  it.each([[NIGHTLY], [`${NIGHTLY}:live`]])('makes the ARN of an execution of %s', (arn) => {
    expect(executionArn(arn, 'n')).toBe(`arn:aws:states:${IN}:execution:nightly:n`);
  });
});
