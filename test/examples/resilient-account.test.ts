import { describe, expect, it } from 'vitest';
import {
  accountFaults,
  type Booking,
  type Facts,
  type Letter,
  type Sent,
} from '../systems/resilient-consumer/account.ts';
import { bodyOf, type Consumer, type KindName } from '../systems/resilient-consumer/kinds.ts';

const sent = (kind: KindName, by: Consumer = 'kit', messageId = 'm'): Sent => ({
  messageId,
  orderId: 'o',
  kind,
  by,
  body: bodyOf(kind, 'o'),
  attributes: {},
  system: {},
});
const booked: Booking = { orderId: 'o', processed: 1, by: 'kit', level: 0, recommendations: 'given', receives: 1 };
const letter = (change: Partial<Letter> = {}, evidence: Record<string, unknown> = {}): Letter => ({
  originId: 'm',
  attempt: 0,
  status: 'archived',
  failureClass: 'VALIDATION_ERROR',
  source: 'kit',
  kept: {
    body: bodyOf('invalid', 'o'),
    attributes: {},
    system: {},
    evidence: { errorType: 'ValidationError', receiveCount: 1, ...evidence },
    evidenceNames: [],
  },
  ...change,
});
const faults = (facts: Partial<Facts>) => accountFaults({ sent: [], bookings: [], letters: [], queued: [], ...facts });

describe('the account of the resilient consumer', () => {
  it('has no fault where each message ended as it must', () => {
    expect(faults({ sent: [sent('healthy')], bookings: [booked] })).toEqual([]);
    expect(faults({ sent: [sent('invalid')], letters: [letter()] })).toEqual([]);
  });

  const healthy = { sent: [sent('healthy')] };
  const invalid = { sent: [sent('invalid')] };
  it.each<[string, Partial<Facts>, string]>([
    ['a message that is nowhere', healthy, 'o (healthy, kit) is lost'],
    ['one processed twice', { ...healthy, bookings: [{ ...booked, processed: 2 }] }, 'o was processed 2 times'],
    ['one that died instead', { ...healthy, letters: [letter()] }, 'o (healthy, kit) is archived as VALIDATION_ERROR'],
    ['one that lives instead', { ...invalid, bookings: [booked] }, 'o (invalid, kit) was processed'],
    [
      'one that is in two places',
      { ...healthy, bookings: [booked], letters: [letter()] },
      'o (healthy, kit) was processed, and archived too',
    ],
    ['another status', { ...invalid, letters: [letter({ status: 'waiting' })] }, 'o (invalid, kit) is waiting'],
    [
      'another class',
      { ...invalid, letters: [letter({ failureClass: 'UNKNOWN' })] },
      'o (invalid, kit) was taken for UNKNOWN',
    ],
    [
      'evidence from elsewhere',
      { ...invalid, letters: [letter({ source: 'sqs-redrive' })] },
      'o (invalid, kit) has evidence from sqs-redrive, not kit',
    ],
    [
      'more receives than one',
      { ...invalid, letters: [letter({}, { receiveCount: 20 })] },
      'o (invalid, kit) says receiveCount 20, not 1',
    ],
    [
      'another body',
      { sent: [{ ...sent('invalid'), body: 'other' }], letters: [letter()] },
      'o (invalid, kit) was archived with another body',
    ],
    [
      'a lost attribute',
      { sent: [{ ...sent('invalid'), attributes: { a: {} } }], letters: [letter()] },
      'o (invalid, kit) lost its attribute a',
    ],
    [
      'a lost message group',
      { sent: [{ ...sent('invalid'), system: { messageGroupId: 'g' } }], letters: [letter()] },
      'o (invalid, kit) lost its message group',
    ],
    [
      'another consumer',
      { ...healthy, bookings: [{ ...booked, by: 'worker' }] },
      'o (healthy, kit) was processed by worker',
    ],
    [
      'an extra at a level that has none',
      { ...healthy, bookings: [{ ...booked, level: 1 }] },
      'o: recommendations given at level 1',
    ],
    [
      'a missing extra at level 0',
      { ...healthy, bookings: [{ ...booked, recommendations: 'left out' }] },
      'o: recommendations left out at level 0',
    ],
    ['a message in a queue', { ...healthy, bookings: [booked], queued: ['{}'] }, 'still in a queue: {}'],
    ['a booking of nobody’s order', { bookings: [booked] }, 'o was booked, and nobody sent it'],
    [
      'an outage that the healer never saw',
      { sent: [sent('down', 'worker')], bookings: [{ ...booked, by: 'worker' }] },
      'o (down, worker) never came to the healer',
    ],
    [
      'poison that was only archived',
      { sent: [sent('poison')], letters: [letter()] },
      'of the poison order 0 copies are quarantined; expected 3',
    ],
  ])('tells of %s', (_, facts, fault) => {
    expect(faults(facts)).toContain(fault);
  });
});
