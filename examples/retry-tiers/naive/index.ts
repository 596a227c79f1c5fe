// As many begin: a loop over the batch, and whatever goes wrong is thrown.
import type { SQSEvent } from 'aws-lambda';
import { note } from '../book.ts';
import { check } from '../order.ts';

export const handler = async (event: SQSEvent): Promise<void> => {
  for (const record of event.Records) {
    const body = JSON.parse(record.body);
    check(body, Number(record.attributes.ApproximateReceiveCount));
    await note({ key: `whole-batch#${body.orderId}`, tries: 0, booked: true });
  }
};
