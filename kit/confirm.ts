import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { confirmedKey } from '../handlers/aws/keys.ts';
import { halfOfWhatIsLeft } from './deadline.ts';
import { textOf } from './describe-error.ts';
import type { Settlement } from './failure.ts';
import type { Received } from './message.ts';

/** Longer than any judging window. */
const CONFIRMED_SECONDS = 86_400;

/**
 * Tells the governor that a letter of a canary was processed, so that the letters behind it need not wait until it can
 * no longer come back. Never throws: without it they wait for that time.
 */
export async function confirmProbe({ message }: Received, { services, context }: Settlement): Promise<void> {
  const { dynamodb, environment, logger } = services;
  const { pk, sk } = confirmedKey(message.healKey);
  const expiresAt = Math.floor(Date.now() / 1000) + CONFIRMED_SECONDS;
  try {
    const command = new PutItemCommand({
      TableName: environment.DLQ_HEALER_LEDGER_TABLE,
      Item: { pk: { S: pk }, sk: { S: sk }, expiresAt: { N: String(expiresAt) } },
    });
    await dynamodb.send(command, { abortSignal: halfOfWhatIsLeft(context) });
  } catch (error) {
    logger.warn('a letter of a canary was processed, and the governor could not be told', {
      messageId: message.id,
      healKey: message.healKey,
      reason: textOf(error),
    });
  }
}
