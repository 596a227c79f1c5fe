import { describe, expect, it } from 'vitest';
import { DEFAULT_BREAKER, DEFAULT_CLASSES, DEFAULT_DEGRADATION } from '../../handlers/core/policy.ts';
import { parsePolicy } from '../../handlers/core/policy-document.ts';

const document = (over: Record<string, unknown> = {}, classes: object = {}, queueClasses: object = {}) =>
  JSON.stringify({
    version: 1,
    stack: 'shop',
    queues: {
      orders: {
        dlq_url: 'https://dlq',
        dlq_arn: 'arn:dlq',
        source_url: null,
        source_arn: null,
        tier_arns: null,
        targets: [],
        fifo: false,
        consumer_function: null,
        log_group: null,
        log_lookup: false,
        classes: queueClasses,
      },
    },
    rules: [],
    policy: {
      classes,
      poison: { threshold: 7, window_seconds: 60 },
      breaker: { relapses: 9, max_per_minute: 50 },
      heal_fifo: true,
    },
    alerts: { window_seconds: 300 },
    retention: { ledger_days: 30 },
    ...over,
  });

describe('the policy document', () => {
  it('reads what Terraform wrote', () => {
    expect(parsePolicy(document())).toEqual({
      stack: 'shop',
      queues: [
        {
          key: 'orders',
          dlqUrl: 'https://dlq',
          dlqArn: 'arn:dlq',
          tierArns: [],
          targets: [],
          fifo: false,
          logLookup: false,
          classes: DEFAULT_CLASSES,
        },
      ],
      rules: [],
      poison: { threshold: 7, windowSeconds: 60 },
      breaker: { ...DEFAULT_BREAKER, relapses: 9, maxPerMinute: 50 },
      healFifo: true,
      alertWindowSeconds: 300,
      ledgerDays: 30,
      degradation: DEFAULT_DEGRADATION,
    });
  });

  it('reads of a queue’s consumer where it logs, and whether to look there', () => {
    const text = document()
      .replace('"consumer_function":null', '"consumer_function":"pay"')
      .replace('"log_group":null', '"log_group":"/aws/lambda/pay"')
      .replace('"log_lookup":false', '"log_lookup":true');
    expect(parsePolicy(text).queues[0]).toMatchObject({
      consumerFunction: 'pay',
      logGroup: '/aws/lambda/pay',
      logLookup: true,
    });
  });

  it('reads whom else letters may be given back to', () => {
    const text = document().replace('"targets":[]', '"targets":["arn:aws:lambda:x:1:function:a"]');
    expect(parsePolicy(text).queues[0]?.targets).toEqual(['arn:aws:lambda:x:1:function:a']);
    const wrong = document().replace('"targets":[]', '"targets":[7]');
    expect(() => parsePolicy(wrong)).toThrow('queues.orders.targets[0] must be a non-empty string; got 7');
  });

  it('lays a class over its default, and a queue’s own over the stack’s', () => {
    const [queue] = parsePolicy(
      document(
        {},
        { TIMEOUT: { attempts: 2, base_delay_seconds: 5 } },
        { TIMEOUT: { attempts: 1 }, MINE: { verdict: 'archive' } },
      ),
    ).queues;
    expect(queue?.classes.TIMEOUT).toEqual({ ...DEFAULT_CLASSES.TIMEOUT, attempts: 1, baseDelaySeconds: 5 });
    expect(queue?.classes.MINE).toMatchObject({ verdict: 'archive' });
    expect(queue?.classes.CODE_BUG).toEqual(DEFAULT_CLASSES.CODE_BUG);
  });

  it('gives a class that is to be healed the usual attempts and back-off', () => {
    const [queue] = parsePolicy(document({}, { CODE_BUG: { verdict: 'heal' } })).queues;
    expect(queue?.classes.CODE_BUG).toMatchObject({
      verdict: 'heal',
      attempts: 3,
      baseDelaySeconds: 60,
      notify: 'always',
    });
  });

  it('takes a class for critical where it says so, for a queue over the stack, and not where it says nothing', () => {
    const critical = (classes: object, queueClasses: object) =>
      parsePolicy(document({}, classes, queueClasses)).queues[0]?.classes.TIMEOUT?.critical;
    expect(critical({}, {})).toBe(false);
    expect(critical({ TIMEOUT: { critical: true } }, { TIMEOUT: { critical: null, attempts: 1 } })).toBe(true);
    expect(critical({ TIMEOUT: { critical: true } }, { TIMEOUT: { critical: false } })).toBe(false);
  });

  it('reads where the levels begin, with no thresholds for the age of messages unless they are given', () => {
    const thresholds = (degradation: object) =>
      parsePolicy(document({ policy: { poison: {}, degradation } })).degradation;
    expect(thresholds({ error_rate: [0.1, 0.2, 0.3, 0.4], depth: null, latency_seconds: null })).toEqual({
      ...DEFAULT_DEGRADATION,
      errorRate: [0.1, 0.2, 0.3, 0.4],
    });
    expect(thresholds({ depth: [1, 2, 3, 4], latency_seconds: [60, 120, 180, 240] })).toEqual({
      ...DEFAULT_DEGRADATION,
      depth: [1, 2, 3, 4],
      latencySeconds: [60, 120, 180, 240],
    });
  });

  it('reads a rule in full', () => {
    const rule = {
      id: 'r',
      when: {
        error_type: 'A',
        message_contains: 'b',
        message_matches: 'c+',
        http_status: 418,
        aws_error_code: 'D',
        source: 'kit',
        queue: 'orders',
        attributes: { k: 'v' },
        body: 'x',
      },
      class: 'MINE',
      verdict: 'park',
    };
    expect(parsePolicy(document({ rules: [rule] })).rules).toEqual([
      {
        id: 'r',
        when: {
          errorType: 'A',
          messageContains: 'b',
          messageMatches: 'c+',
          httpStatus: 418,
          awsErrorCode: 'D',
          source: 'kit',
          queue: 'orders',
          attributes: { k: 'v' },
          body: 'x',
        },
        class: 'MINE',
        verdict: 'park',
      },
    ]);
  });

  it.each([
    [document({ version: 2 }), 'version must be 1'],
    [document({ stack: '' }), 'stack must be a non-empty string; got ""'],
    [document({}, { TIMEOUT: { attempts: 6 } }), 'policy.classes.TIMEOUT.attempts must be at most 5; got 6'],
    [
      document({}, {}, { TIMEOUT: { verdict: 'retry' } }),
      'queues.orders.classes.TIMEOUT.verdict must be heal, park, archive, quarantine, leave; got "retry"',
    ],
    [document({ rules: [{ when: {}, class: 'X' }] }), 'rules[0].id must be a non-empty string'],
    [document({ queues: { orders: { dlq_url: 'u' } } }), 'queues.orders.dlq_arn must be a non-empty string'],
    [
      document({ policy: { poison: {}, degradation: { depth: [1, 2, 3] } } }),
      'policy.degradation.depth must be four numbers; got [1,2,3]',
    ],
    [
      document({ policy: { poison: {}, degradation: { error_rate: [0.1, 0.2, 0.2, 0.3] } } }),
      'policy.degradation.error_rate must be rising from above 0; got [0.1,0.2,0.2,0.3]',
    ],
    [
      document({ policy: { poison: {}, degradation: { latency_seconds: [0, 1, 2, 3] } } }),
      'policy.degradation.latency_seconds must be rising from above 0',
    ],
    [
      document({}, { TIMEOUT: { critical: 'yes' } }),
      'policy.classes.TIMEOUT.critical must be true or false; got "yes"',
    ],
    ['[]', 'policy document must be an object; got []'],
  ])('refuses a document that is wrong and names the path (%#)', (text, message) => {
    expect(() => parsePolicy(text)).toThrow(message);
  });
});
