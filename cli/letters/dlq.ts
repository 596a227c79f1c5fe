import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** How a received message is deleted, hidden or given back. */
export interface Receipt {
  readonly id: string;
  readonly receipt: string;
}

/** A message that this run has received; it is in the DLQ still, hidden from others for a while. */
export interface Taken extends Receipt {
  readonly message: Message;
}

/**
 * Receives at most ten letters whole.
 * @param waitSeconds a long poll asks all of SQS's servers: only then does an empty answer say something
 */
export async function take(
  sqs: SQSClient,
  QueueUrl: string,
  max: number,
  hiddenSeconds: number,
  waitSeconds: number,
): Promise<Taken[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: Math.min(10, Math.max(1, max)),
      VisibilityTimeout: hiddenSeconds,
      WaitTimeSeconds: waitSeconds,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['All'],
    }),
  );
  return Messages.map((message) => ({
    id: message.MessageId ?? '',
    message,
    receipt: message.ReceiptHandle ?? '',
  }));
}

/**
 * Deletes letters, ten to a call, and reads the answer entry by entry.
 * @returns those that were not deleted. Never throws.
 */
export async function deleteAll(
  sqs: SQSClient,
  QueueUrl: string,
  letters: readonly Receipt[],
): Promise<readonly Receipt[]> {
  return inTens(letters, async (some) => {
    const Entries = some.map(({ receipt }, i) => ({ Id: String(i), ReceiptHandle: receipt }));
    const { Successful = [] } = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    return Successful.map(({ Id }) => Number(Id));
  });
}

/**
 * Hides letters for so long, from now on; with 0 seconds they are given back.
 * @returns those that SQS did not take the change for. Never throws.
 */
export async function hideAll(
  sqs: SQSClient,
  QueueUrl: string,
  letters: readonly Receipt[],
  seconds: number,
): Promise<readonly Receipt[]> {
  return inTens(letters, async (some) => {
    const Entries = some.map(({ receipt }, i) => ({
      Id: String(i),
      ReceiptHandle: receipt,
      VisibilityTimeout: seconds,
    }));
    const { Successful = [] } = await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
    return Successful.map(({ Id }) => Number(Id));
  });
}

const AT_ONCE = 8;

/** @param work answers with the places of those that it was done for */
async function inTens(
  letters: readonly Receipt[],
  work: (some: readonly Receipt[]) => Promise<readonly number[]>,
): Promise<Receipt[]> {
  const failed: Receipt[] = [];
  const chunks = Array.from({ length: Math.ceil(letters.length / 10) }, (_, i) => letters.slice(i * 10, i * 10 + 10));
  const worker = async () => {
    for (let some = chunks.pop(); some !== undefined; some = chunks.pop()) {
      const done = new Set(await work(some).catch(() => []));
      failed.push(...some.filter((_, i) => !done.has(i)));
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, chunks.length) }, worker));
  return failed;
}
