// What EventBridge and its Scheduler put into a dead-letter queue beside the event or the payload.
import { randomBytes } from 'node:crypto';
import type { Message, Undelivered } from './deliveries.ts';

const attributes = (texts: Record<string, string>): NonNullable<Message['attributes']> =>
  Object.fromEntries(Object.entries(texts).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]));

/**
 * Neither error is tried again, so neither the condition nor the number of retries is there.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
export const ruleLetter = (body: string, ruleArn: string, targetArn: string, why: Undelivered): Message => ({
  body,
  attributes: attributes({
    RULE_ARN: ruleArn,
    TARGET_ARN: targetArn,
    ...(why === 'missing'
      ? { ERROR_CODE: 'NO_RESOURCE', ERROR_MESSAGE: `The target ${targetArn} does not exist.` }
      : { ERROR_CODE: 'NO_PERMISSIONS', ERROR_MESSAGE: `Not authorized to invoke target ${targetArn}` }),
  }),
});

/**
 * SQS's limit as the Scheduler knows it. The page says that a payload may be cut and not at what size: this is SQS's former
 * limit, and the largest input of a schedule. https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
 */
const MAX_LETTER_BYTES = 262_144;

export function scheduleLetter(body: string, schedule: string, targetArn: string, at: Date, why: Undelivered): Message {
  const service = targetArn.split(':')[2] === 'sqs' ? 'AWS.SimpleQueueService' : 'AWS.Lambda';
  const missing = service === 'AWS.Lambda' ? 'ResourceNotFoundException' : 'NonExistentQueue';
  const texts = {
    ERROR_CODE: `${service}.${why === 'missing' ? missing : 'AccessDeniedException'}`,
    ERROR_MESSAGE:
      why === 'missing'
        ? `${targetArn} does not exist.`
        : `The execution role is not authorized to perform: lambda:InvokeFunction on resource: ${targetArn}`,
    EXECUTION_ID: randomBytes(8).toString('hex'),
    EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
    RETRY_ATTEMPTS: '0',
    SCHEDULED_TIME: `${at.toISOString().slice(0, 19)}Z`,
    SCHEDULE_ARN: schedule,
    TARGET_ARN: targetArn,
  };
  const named = Object.entries({ ...texts, IS_PAYLOAD_TRUNCATED: 'false' });
  const room = MAX_LETTER_BYTES - named.reduce((sum, parts) => sum + Buffer.byteLength(`${parts.join('')}String`), 0);
  const truncated = Buffer.byteLength(body) > room;
  return {
    body: truncated ? body.slice(0, room) : body,
    attributes: attributes({ ...texts, IS_PAYLOAD_TRUNCATED: String(truncated) }),
  };
}
