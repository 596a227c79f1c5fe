import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Clients } from '../aws/clients.ts';
import { InputError } from '../exit.ts';
import { counted } from '../output/text.ts';
import type { Session } from '../session.ts';
import type { ChangeOptions } from '../stack/options.ts';
import type { Place } from '../stack/queues.ts';
import type { Scanned } from './scan.ts';

/**
 * Looking at letters is receiving them, which SQS counts. A DLQ with a redrive policy of its own would move them on
 * because somebody looked.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
 * @throws InputError where that is so and nobody said that it may be
 */
export async function acceptLook(
  session: Session,
  { sqs }: Clients,
  { queue, name }: Place,
  { yes }: ChangeOptions,
): Promise<void> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queue.dlqUrl, AttributeNames: ['RedrivePolicy'] }),
  );
  if ((Attributes.RedrivePolicy ?? '') === '') return;
  const policy = JSON.parse(Attributes.RedrivePolicy ?? '{}') as {
    maxReceiveCount?: unknown;
    deadLetterTargetArn?: unknown;
  };
  const said = `${name} has a redrive policy of its own: a letter that was received ${String(policy.maxReceiveCount)} times goes on to ${String(policy.deadLetterTargetArn)}, and looking counts`;
  if (yes !== true) throw new InputError(`${said}: pass --yes to look all the same`);
  await session.err.write(`dlq: ${said}\n`);
}

/** Says what could not be seen; the exit code is 1 then. */
export async function tellUnseen(session: Session, { inFlight, stuck }: Scanned): Promise<void> {
  if (stuck > 0)
    await session.err.write(`dlq: ${counted(stuck, 'letter')} come back by themselves within two minutes\n`);
  if (inFlight > 0)
    await session.complain(
      `${counted(inFlight, 'letter')} could not be seen: somebody else has received them and not yet deleted them`,
    );
}
