import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { ChangeMessageVisibilityBatchCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { readItems } from '../aws/batch-ops.ts';
import { expiry } from '../aws/expiry.ts';
import type { Healer } from '../aws/healer.ts';
import { emit } from '../aws/metrics.ts';
import { attempt } from '../aws/outcome.ts';
import { type Received, readMessage } from '../aws/records.ts';
import type { Handled } from '../core/handled.ts';
import type { QueuePolicy } from '../core/policy.ts';
import { redact } from '../core/redact.ts';
import { examine } from './examine.ts';

/** Long enough to examine ten letters, short enough that nobody misses them if this run dies before it puts them back. */
const HIDDEN_SECONDS = 30;

/**
 * Observes every queue, each for itself.
 * @throws AggregateError of what failed, after the others were observed
 */
export async function observeAll(healer: Healer, remainingMs: () => number): Promise<void> {
  const errors: Error[] = [];
  for (const queue of healer.policy.queues) {
    const done = await attempt(() => observe(healer, queue, remainingMs()));
    if (done.ok) continue;
    errors.push(done.error);
    healer.logger.error('the DLQ could not be observed', { queue: queue.key, error: done.error });
    emit(healer.stack, queue.key, undefined, { HealerErrors: 1 });
  }
  if (errors.length > 0) throw new AggregateError(errors, `${errors.length} DLQ(s) could not be observed; see the log`);
}

/**
 * Looks at a sample of a DLQ without consuming it and tells what healing would have done: a log line and the
 * `LettersArrived` metric once per letter, however often the sample meets it. The letters are visible again at the end.
 */
async function observe(healer: Healer, queue: QueuePolicy, remainingMs: number): Promise<void> {
  const { Messages = [] } = await healer.sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: queue.dlqUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: HIDDEN_SECONDS,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['All'],
    }),
  );
  if (Messages.length === 0) return;
  try {
    const received = await unseen(
      healer,
      queue,
      Messages.map((message) => readMessage(message, queue.dlqArn)),
    );
    if (received.length > 0) await publishVerdicts({ ...healer, mode: 'heal' }, queue, received, remainingMs);
  } finally {
    const Entries = Messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle, VisibilityTimeout: 0 }));
    const { Failed = [] } = await healer.sqs.send(
      new ChangeMessageVisibilityBatchCommand({ QueueUrl: queue.dlqUrl, Entries }),
    );
    if (Failed.length > 0)
      healer.logger.warn('letters that were looked at stay hidden for a while', {
        queue: queue.key,
        letters: Failed.length,
        seconds: HIDDEN_SECONDS,
      });
  }
}

async function publishVerdicts(
  healer: Healer,
  queue: QueuePolicy,
  received: readonly Received[],
  remainingMs: number,
): Promise<void> {
  for (const item of await examine(healer, received, remainingMs, 'watching')) {
    if (!('handled' in item)) {
      healer.logger.error('letter cannot be examined', { messageId: item.itemIdentifier, error: item.error });
      continue;
    }
    const { handled } = item;
    if (!(await isNew(healer, queue, handled))) continue;
    const { letter, lineage, classification, group, verdict } = handled;
    healer.logger.info(`would ${verdict.kind}`, {
      letter: lineage.originId,
      messageId: letter.messageId,
      queue: queue.key,
      class: classification.failureClass,
      rule: classification.rule,
      group,
      verdict: verdict.kind,
      reason: redact(verdict.reason),
    });
    emit(healer.stack, queue.key, classification.failureClass, { LettersArrived: 1 });
  }
}

const seenKey = (queue: QueuePolicy, messageId: string) => ({
  pk: `observed#${queue.key}#${messageId}`,
  sk: 'observed',
});

/** Without what was told of before: a sample meets the same letters each minute, and examining them costs calls. */
async function unseen(
  { db, table }: Healer,
  queue: QueuePolicy,
  received: readonly Received[],
): Promise<readonly Received[]> {
  const ids = received.flatMap((item) => ('letter' in item ? [item.letter.messageId] : []));
  const seen = await readItems(
    db,
    table,
    [...new Set(ids)].map((id) => seenKey(queue, id)),
  );
  const known = new Set(seen.map(({ pk }) => pk));
  return received.filter((item) => !('letter' in item && known.has(seenKey(queue, item.letter.messageId).pk)));
}

async function isNew({ db, table, policy, now }: Healer, queue: QueuePolicy, { letter }: Handled): Promise<boolean> {
  try {
    await db.send(
      new PutCommand({
        TableName: table,
        Item: {
          ...seenKey(queue, letter.messageId),
          expiresAt: expiry(now(), policy.ledgerDays * 24 * 3600),
        },
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
