import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type Alert, alertSubject, alertText } from '../core/alert.ts';
import type { Item } from './batch-ops.ts';
import { alertSent, takeAlert } from './groups.ts';

export interface Alerting {
  readonly db: DynamoDBDocumentClient;
  readonly sns: SNSClient;
  readonly table: string;
  readonly topicArn: string;
  readonly stack: string;
  readonly windowSeconds: number;
}

/**
 * Publishes the alert of one group if one is due. Published first and noted after: a crash in between sends it twice,
 * never not at all.
 *
 * @returns whether an alert went out
 * @throws when SNS or the ledger refuses; the letters stay noted as not alerted on and the governor tries again
 */
export async function alertGroup(alerting: Alerting, queueKey: string, group: string, now: number): Promise<boolean> {
  const { db, sns, table, topicArn, windowSeconds } = alerting;
  const task = await takeAlert(db, table, queueKey, group, now);
  if (task === undefined) return false;
  const alert = alertOf(alerting, task.row, task.unalerted);
  await sns.send(
    new PublishCommand({
      TopicArn: topicArn,
      Subject: alertSubject(alert),
      Message: alertText(alert),
      // Subscribers may filter on these. https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering.html
      MessageAttributes: Object.fromEntries(
        (['stack', 'queue', 'failureClass'] as const).map((name) => [
          name,
          { DataType: 'String', StringValue: alert[name] },
        ]),
      ),
    }),
  );
  await alertSent(db, table, task, windowSeconds, now);
  return true;
}

function alertOf({ stack, windowSeconds }: Alerting, row: Item, count: number): Alert {
  const sample = (row.lastLetter ?? {}) as Partial<Record<string, unknown>>;
  return {
    stack,
    queue: String(row.queue),
    group: String(row.group),
    failureClass: String(row.failureClass),
    count,
    verdict: String(sample.status),
    reason: String(sample.reason),
    error: String(sample.error ?? ''),
    sampleId: String(sample.originId),
    archive: String(sample.archive ?? ''),
    firstSeen: String(row.firstSeen),
    lastSeen: String(row.lastSeen),
    windowSeconds,
  };
}
