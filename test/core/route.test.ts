import { expect, it } from 'vitest';
import type { ReturnTo } from '../../handlers/core/evidence/return-to.ts';
import { queueOf } from '../../handlers/core/route.ts';
import { DLQ_ARN, policy, queue, SOURCE_ARN, TIER_ARN } from './builders.ts';

const other = queue({ key: 'refunds', sourceArn: 'arn:other', sourceUrl: 'https://other', tierArns: [] });

it.each([
  ['its own source queue', SOURCE_ARN, 'orders', true],
  ['a retry tier, back to the source queue', TIER_ARN, 'orders', true],
  ['the other source of a shared DLQ', 'arn:other', 'refunds', true],
  ['a queue that is not managed: nowhere', 'arn:stranger', 'orders', false],
  ['a shared DLQ, with no word of the source: nowhere', undefined, 'orders', false],
])('a letter goes back to %s', (_, arn, key, hasTarget) => {
  const returnTo = { kind: 'queue', ...(arn === undefined ? {} : { arn }) } as const;
  const target = queueOf(policy({ queues: [queue(), other] }), DLQ_ARN, returnTo);
  expect(target?.key).toBe(key);
  expect(target?.sourceUrl !== undefined).toBe(hasTarget);
});

it('sends a letter that names no source to the only source its DLQ has', () => {
  expect(queueOf(policy(), DLQ_ARN, { kind: 'queue' })?.sourceUrl).toBe(queue().sourceUrl);
});

it.each<ReturnTo>([
  { kind: 'function' },
  { kind: 'rule-target', ruleArn: 'arn:x' },
  { kind: 'state-machine', arn: 'arn:x' },
  { kind: 'schedule-target', scheduleArn: 'arn:x' },
  { kind: 'topic-subscription' },
  { kind: 'nowhere', why: 'x' },
])('sends what belongs to a $kind to no queue', (returnTo) => {
  expect(queueOf(policy(), DLQ_ARN, returnTo)?.sourceUrl).toBeUndefined();
});

it('lists what all queues of a shared DLQ list, their sources too, where the letter belongs to none of them', () => {
  const both = policy({ queues: [queue({ targets: ['arn:a'] }), { ...other, targets: ['arn:a', 'arn:b'] }] });
  expect(queueOf(both, DLQ_ARN, { kind: 'function' })?.targets).toEqual([SOURCE_ARN, 'arn:a', 'arn:other', 'arn:b']);
  const alone = policy({ queues: [queue({ targets: ['arn:a'] })] });
  expect(queueOf(alone, DLQ_ARN, { kind: 'function' })?.targets).toEqual(['arn:a']);
});

it('knows no queue for a DLQ that is not in the policy', () => {
  expect(queueOf(policy(), `${DLQ_ARN}-2`, { kind: 'queue' })).toBeUndefined();
});
