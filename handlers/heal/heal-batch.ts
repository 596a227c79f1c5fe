import type { SQSBatchResponse } from 'aws-lambda';
import { CLAIM_MARGIN_MS } from '../aws/claims.ts';
import type { Healer } from '../aws/healer.ts';
import { emit } from '../aws/metrics.ts';
import { fifoGroupOf, readRecords } from '../aws/records.ts';
import type { Handled } from '../core/handled.ts';
import { act, type Result } from './act.ts';
import { type Examined, examine } from './examine.ts';
import { report } from './report.ts';

/** What becomes of one record: acknowledged, or back to the DLQ. */
interface Answer {
  readonly itemIdentifier: string;
  readonly acknowledged: boolean;
  readonly messageGroupId?: string;
}

/** Letters that go through the steps together: as many keys as one read takes, and no more than memory and time bear. */
const TOGETHER = 100;

/** Time kept back at the end; of a short run half of it. Nothing is begun that could not be finished. */
const SPARE_MS = 10_000;

/**
 * Handles one batch of dead letters.
 *
 * @param event the event of an SQS mapping with ReportBatchItemFailures
 * @param remainingMs until the function is killed; what cannot be begun in time goes back
 * @returns the letters that are not durably handled; all others are healed, parked, archived or quarantined
 * @throws when nothing can be decided (no ledger) or a record without a message id is not handled: Lambda then returns
 * the whole batch, and what was handled already answers for itself the next time
 */
export async function healBatch(healer: Healer, event: unknown, remainingMs: number): Promise<SQSBatchResponse> {
  const records = recordsOf(event);
  const spareMs = Math.min(SPARE_MS, remainingMs / 2);
  const end = Date.now() + remainingMs;
  const answers: Answer[] = [];
  for (let start = 0; start < records.length; start += TOGETHER) {
    const some = records.slice(start, start + TOGETHER);
    const left = end - Date.now();
    if (left > spareMs) answers.push(...(await healSome(healer, some, left, spareMs)));
    else {
      healer.logger.warn('out of time: the rest of the batch stays in the DLQ', { letters: records.length - start });
      answers.push(...readRecords(records.slice(start)).map((one, i) => answerFor(one, false, records[start + i])));
      break;
    }
  }
  return answer(answers);
}

async function healSome(
  healer: Healer,
  records: readonly unknown[],
  remainingMs: number,
  spareMs: number,
): Promise<Answer[]> {
  const end = Date.now() + remainingMs;
  const examined = await examine(healer, readRecords(records), remainingMs - spareMs);
  for (const item of examined) if ('error' in item) reportUnexamined(healer, item);
  const handled = examined.flatMap((item) => ('handled' in item ? [item.handled] : []));
  // What was read of the ledger must not be older than a claim's margin when the claims are made.
  const left = end - Date.now();
  const inTime = remainingMs - left < CLAIM_MARGIN_MS && left > spareMs / 2;
  const results = inTime ? await act(healer, handled, left) : handled.map(outOfTime);
  const unnoted = await report(healer, results);
  const settled = new Set(
    results.filter((result) => result.kind === 'settled' && !unnoted.has(result)).map(({ handled: one }) => one),
  );
  return examined.map((item, i) => answerFor(item, 'handled' in item && settled.has(item.handled), records[i]));
}

const outOfTime = (handled: Handled): Result => ({ kind: 'left', handled, why: 'looking for the cause took too long' });

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

function answerFor({ itemIdentifier }: { itemIdentifier: string }, acknowledged: boolean, record: unknown): Answer {
  const group = fifoGroupOf(record);
  return { itemIdentifier, acknowledged, ...(group === undefined ? {} : { messageGroupId: group }) };
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
