import { PublishCommand, type PublishCommandInput, type SNSClient } from '@aws-sdk/client-sns';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type Alert, alertSubject, alertText, escalation } from '../core/alert.ts';
import { alertDocument } from '../core/alert-document.ts';
import type { Item } from './batch-ops.ts';
import { alertingSeconds, alertSent, type GroupSample, takeAlert } from './groups.ts';

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
  await sns.send(new PublishCommand(publication(topicArn, alertOf(alerting, task.row, task.unalerted, now))));
  await alertSent(db, table, task, windowSeconds, now);
  return true;
}

/** Which form each protocol's subscribers get. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const MACHINES = ['http', 'https', 'sqs', 'lambda', 'firehose'] as const;

function publication(TopicArn: string, alert: Alert): PublishCommandInput {
  const text = alertText(alert);
  const document = JSON.stringify(alertDocument(alert));
  const byProtocol = Object.fromEntries(MACHINES.map((protocol) => [protocol, document]));
  const word = (StringValue: string) => ({ DataType: 'String', StringValue });
  return {
    TopicArn,
    Subject: alertSubject(alert),
    MessageStructure: 'json',
    Message: JSON.stringify({ default: text, email: text, ...byProtocol }),
    // Subscribers may filter on these. https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering.html
    MessageAttributes: {
      stack: word(alert.stack),
      queue: word(alert.queue),
      failureClass: word(alert.failureClass),
      level: { DataType: 'Number', StringValue: String(escalation(alert).level) },
    },
  };
}

function alertOf({ stack, windowSeconds }: Alerting, row: Item, count: number, now: number): Alert {
  const sample = (row.lastLetter ?? {}) as Partial<GroupSample>;
  return {
    stack,
    queue: String(row.queue),
    group: String(row.group),
    failureClass: String(row.failureClass),
    count,
    alertingSeconds: alertingSeconds(row, windowSeconds, now),
    status: String(sample.status),
    reason: sample.reason ?? '',
    error: sample.error ?? '',
    sampleIds: sample.sampleIds ?? (sample.originId ? [sample.originId] : []),
    archive: sample.archive ?? '',
    logsUrl: sample.logsUrl ?? '',
    firstSeen: String(row.firstSeen),
    lastSeen: String(row.lastSeen),
    windowSeconds,
  };
}
