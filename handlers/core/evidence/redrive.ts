import type { EvidenceAdapter } from './adapter.ts';

/** A letter that SQS moved by itself after too many receives: the queue it came from, and no word of an error. */
export const sqsRedrive: EvidenceAdapter = {
  source: 'sqs-redrive',
  read: ({ system }) =>
    system.deadLetterQueueSourceArn === undefined ? undefined : { evidence: {}, attributeNames: [] },
};
