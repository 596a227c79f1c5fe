// Every function of the other team: checks what it is given, asks the payment service, says what it did. No kit: SQS says
// nothing of why its messages die, and they log as people log who never thought of dead letters.
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { type Work, worksIn } from './works.ts';

class ServiceUnavailableError extends Error {
  override readonly name = 'ServiceUnavailableError';
}

class ValidationError extends Error {
  override readonly name = 'ValidationError';
}

function work({ id, total, ...from }: Work): void {
  if (typeof total !== 'number') throw new ValidationError('total must be a number');
  if (process.env.PAYMENTS !== 'up')
    throw new ServiceUnavailableError('the payment service answered 503 Service Unavailable');
  console.log(JSON.stringify({ did: id, total, ...from }));
}

export const handler = async (event: unknown): Promise<SQSBatchResponse | undefined> => {
  const works = worksIn(event);
  if (works[0]?.record === undefined) {
    for (const one of works) work(one);
    return undefined;
  }
  const failed: SQSRecord[] = [];
  for (const { record, ...one } of works) {
    if (record === undefined) continue;
    // On a FIFO queue whatever comes after the first failure of a group goes back with it.
    const group = record.attributes.MessageGroupId;
    const isBehind = failed.some(({ attributes }) => group !== undefined && attributes.MessageGroupId === group);
    try {
      if (!isBehind) work(one);
      else failed.push(record);
    } catch (error) {
      const { name, message } = error as Error;
      console.error(JSON.stringify({ level: 'ERROR', messageId: record.messageId, error: { name, message } }));
      failed.push(record);
    }
  }
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
};
