import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** @throws Error when SQS refuses one of the bodies; those of earlier batches are sent */
export async function sendAll(sqs: SQSClient, QueueUrl: string, bodies: readonly string[]): Promise<void> {
  for (let from = 0; from < bodies.length; from += 10) {
    const Entries = bodies.slice(from, from + 10).map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    const [failed] = Failed;
    if (failed !== undefined) throw new Error(`SQS refused a message: ${failed.Code}: ${failed.Message}`);
  }
}
