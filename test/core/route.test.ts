import { expect, it } from 'vitest';
import { queueOf } from '../../handlers/core/route.ts';
import { DLQ_ARN, evidence, letter, policy, queue, SOURCE_ARN, TIER_ARN } from './builders.ts';

const other = queue({ key: 'refunds', sourceArn: 'arn:other', sourceUrl: 'https://other', tierArns: [] });
const from = (deadLetterQueueSourceArn: string) => letter({ system: { receiveCount: 1, deadLetterQueueSourceArn } });

it.each([
  ['its own source queue', from(SOURCE_ARN), evidence(), 'orders', true],
  ['a retry tier, back to the source queue', from(TIER_ARN), evidence(), 'orders', true],
  ['the other source of a shared DLQ', from('arn:other'), evidence(), 'refunds', true],
  ['where the kit says it died', letter(), evidence({ queueArn: 'arn:other' }), 'refunds', true],
  ['a queue that is not managed: nowhere', from('arn:stranger'), evidence(), 'orders', false],
  ['a shared DLQ, with no word of the source: nowhere', letter(), evidence(), 'orders', false],
])('a letter goes back to %s', (_, dead, found, key, hasTarget) => {
  const target = queueOf(policy({ queues: [queue(), other] }), dead, found);
  expect(target?.key).toBe(key);
  expect(target?.sourceUrl !== undefined).toBe(hasTarget);
});

it('sends a letter that names no source to the only source its DLQ has', () => {
  expect(queueOf(policy(), letter(), evidence())?.sourceUrl).toBe(queue().sourceUrl);
});

it.each(['RULE_ARN', 'SCHEDULE_ARN'])('sends an event that arrived with %s to no queue', (name) => {
  const event = letter({ attributes: { [name]: { dataType: 'String', stringValue: 'arn:x' } } });
  expect(queueOf(policy(), event, evidence())?.sourceUrl).toBeUndefined();
});

it('knows no queue for a DLQ that is not in the policy', () => {
  expect(queueOf(policy(), letter({ dlqArn: `${DLQ_ARN}-2` }), evidence())).toBeUndefined();
});
