import type { Classification } from '../../handlers/core/classes.ts';
import type { Evidence } from '../../handlers/core/evidence/evidence.ts';
import type { Handled } from '../../handlers/core/handled.ts';
import type { Letter } from '../../handlers/core/letter.ts';
import {
  DEFAULT_BREAKER,
  DEFAULT_CLASSES,
  DEFAULT_DEGRADATION,
  type Policy,
  type QueuePolicy,
} from '../../handlers/core/policy.ts';

/** Builders of whole, valid values: a test names only what it is about. */

export const DLQ_ARN = 'arn:aws:sqs:eu-central-1:123456789012:shop-orders-dlq';
export const SOURCE_ARN = 'arn:aws:sqs:eu-central-1:123456789012:shop-orders';
export const TIER_ARN = 'arn:aws:sqs:eu-central-1:123456789012:shop-orders-retry-1';
export const NOW = Date.UTC(2026, 10, 22, 3, 0, 0);

export const letter = (over: Partial<Letter> = {}): Letter => ({
  messageId: '7f9d2a10-0001-4000-8000-000000000001',
  body: '{"order_id":"o-1"}',
  attributes: {},
  system: { receiveCount: 1 },
  dlqArn: DLQ_ARN,
  ...over,
});

export const queue = (over: Partial<QueuePolicy> = {}): QueuePolicy => ({
  key: 'orders',
  dlqUrl: 'https://sqs.eu-central-1.amazonaws.com/123456789012/shop-orders-dlq',
  dlqArn: DLQ_ARN,
  sourceUrl: 'https://sqs.eu-central-1.amazonaws.com/123456789012/shop-orders',
  sourceArn: SOURCE_ARN,
  tierArns: [TIER_ARN],
  targets: [],
  fifo: false,
  classes: DEFAULT_CLASSES,
  ...over,
});

export const policy = (over: Partial<Policy> = {}): Policy => ({
  stack: 'shop',
  queues: [queue()],
  rules: [],
  poison: { threshold: 5, windowSeconds: 86_400 },
  breaker: DEFAULT_BREAKER,
  healFifo: false,
  alertWindowSeconds: 900,
  ledgerDays: 90,
  degradation: DEFAULT_DEGRADATION,
  ...over,
});

export const evidence = (over: Partial<Evidence> = {}): Evidence => ({ source: 'kit', ...over });

export const classification = (failureClass: string, over: Partial<Classification> = {}): Classification => ({
  failureClass,
  rule: 'builtin:test',
  words: '',
  confidence: 0.9,
  ...over,
});

export const handled = (over: Partial<Handled> = {}): Handled => ({
  letter: letter(),
  lineage: { originId: letter().messageId, attempt: 0 },
  healKey: `${letter().messageId}.1`,
  evidence: evidence({ errorType: 'TypeError', message: 'x is undefined' }),
  evidenceNames: ['dlq-evidence'],
  returnTo: { kind: 'queue' },
  classification: classification('CODE_BUG'),
  group: 'abcdef012345',
  round: 0,
  queue: queue(),
  verdict: { kind: 'park', releasedBy: 'deploy', reason: 'CODE_BUG (builtin:test)', notify: true },
  contentHash: 'c0ffee',
  diedAt: NOW - 1000,
  ...over,
});
