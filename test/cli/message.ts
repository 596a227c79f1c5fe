import type { Analysis } from '../../cli/analyze/analysis.ts';
import { dlq } from './dlq.ts';

let count = 0;
/** A message as the AWS command line prints it, with the evidence of the kit. */
export const message = (evidence: object = {}, over: object = {}) => ({
  MessageId: `m-${++count}`,
  Body: `{"n":${count}}`,
  Attributes: { SentTimestamp: String(Date.now()), DeadLetterQueueSourceArn: 'arn:aws:sqs:eu-central-1:1:orders' },
  MessageAttributes: { 'dlq-evidence': { DataType: 'String', StringValue: JSON.stringify({ v: 1, ...evidence }) } },
  ...over,
});

/** What `--json` says of these messages. */
export async function analysisOf(messages: readonly unknown[], ...args: string[]): Promise<Analysis> {
  const input = JSON.stringify({ Messages: messages });
  return JSON.parse((await dlq(['analyze', '--json', '--file', '-', ...args], { input })).out);
}
