import type { SQSBatchResponse } from 'aws-lambda';
import type { Healer } from '../aws/healer.ts';
import { emit } from '../aws/metrics.ts';
import { fifoGroupOf, readRecords } from '../aws/records.ts';
import { act, type Result } from './act.ts';
import { type Examined, examine } from './examine.ts';
import { report } from './report.ts';

/** What becomes of one record: acknowledged, or back to the DLQ. */
interface Answer {
  readonly itemIdentifier: string;
  readonly acknowledged: boolean;
  readonly messageGroupId?: string;
}

/**
 * Handles one batch of dead letters.
 *
 * @param event the event of an SQS mapping with ReportBatchItemFailures
 * @returns the letters that are not durably handled; all others are healed, parked, archived or quarantined
 * @throws when nothing can be decided (no ledger) or a record without a message id is not handled: Lambda then returns
 * the whole batch, and what was handled already answers for itself the next time
 */
export async function healBatch(healer: Healer, event: unknown, remainingMs: number): Promise<SQSBatchResponse> {
  const records = recordsOf(event);
  const examined = await examine(healer, readRecords(records), remainingMs);
  for (const item of examined) if ('error' in item) reportUnexamined(healer, item);
  const results = await act(
    healer,
    examined.flatMap((item) => ('handled' in item ? [item.handled] : [])),
    remainingMs,
  );
  const unnoted = await report(healer, results);
  const settled = new Set(
    results.filter((result) => result.kind === 'settled' && !unnoted.has(result)).map(({ handled }) => handled),
  );
  return answer(examined.map((item, index) => answerFor(item, settled, fifoGroupOf(records[index]))));
}

function recordsOf(event: unknown): unknown[] {
  const records = (event as { Records?: unknown } | null)?.Records;
  if (!Array.isArray(records)) throw new Error(`expected an SQS event with a list "Records"; got ${typeof records}`);
  return records;
}

function reportUnexamined(healer: Healer, item: Extract<Examined, { error: Error }>): void {
  healer.logger.error('letter stays in the DLQ: it cannot be examined', {
    messageId: item.itemIdentifier,
    error: item.error,
  });
  const dlqArn = item.letter?.dlqArn;
  emit(healer.stack, healer.policy.queues.find((queue) => queue.dlqArn === dlqArn)?.key ?? 'none', undefined, {
    HealerErrors: 1,
  });
}

function answerFor(item: Examined, settled: ReadonlySet<Result['handled']>, group: string | undefined): Answer {
  const acknowledged = 'handled' in item && settled.has(item.handled);
  return {
    itemIdentifier: item.itemIdentifier,
    acknowledged,
    ...(group === undefined ? {} : { messageGroupId: group }),
  };
}

/**
 * Lambda's partial batch response. On a FIFO queue everything after a group's first failure goes back too, or SQS
 * would deliver what failed behind what came later.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
function answer(answers: readonly Answer[]): SQSBatchResponse {
  const brokenGroups = new Set<string>();
  const batchItemFailures: { itemIdentifier: string }[] = [];
  for (const { itemIdentifier, acknowledged, messageGroupId } of answers) {
    if (acknowledged && (messageGroupId === undefined || !brokenGroups.has(messageGroupId))) continue;
    if (messageGroupId !== undefined) brokenGroups.add(messageGroupId);
    if (itemIdentifier === '')
      throw new Error('a record without a message id is not handled: the whole batch goes back to the DLQ');
    batchItemFailures.push({ itemIdentifier });
  }
  return { batchItemFailures };
}
