import type { Context } from 'aws-lambda';
import { deadLetter, sendDeadLetter, writeFailureRecord } from './dead-letter.ts';
import { halfOfWhatIsLeft } from './deadline.ts';
import { describeError, type ErrorDescription, textOf } from './describe-error.ts';
import { PermanentError } from './errors.ts';
import { evidenceOf, evidenceText } from './evidence.ts';
import { diesInDlq, mayBeItsLast } from './last-receive.ts';
import type { Received } from './message.ts';
import type { Settings } from './options.ts';
import type { Services } from './services.ts';
import type { Topology } from './topology.ts';
import { delayAfter, hide } from './visibility.ts';

/** `returned`: the message must be in the answer's `batchItemFailures`; it comes back after so many seconds. */
export type Settled = { readonly kind: 'acknowledged' } | { readonly kind: 'returned'; readonly delaySeconds?: number };

/** What one invocation settles its failures with. */
export interface Settlement {
  readonly settings: Settings;
  readonly services: Services;
  readonly context: Context;
  /** Absent where the queues could not be read: then nothing but the answer tells SQS of the failure. */
  readonly topology?: Topology;
}

/** A message whose handler failed: to the DLQ with its evidence, or back to its queue for a while. Never throws. */
export async function settleFailure(
  received: Received,
  error: unknown,
  keyHeld: boolean,
  settlement: Settlement,
): Promise<Settled> {
  const { services, context, topology } = settlement;
  const description = describeError(error);
  const evidence = evidenceText(evidenceOf(description, received.message, context, new Date()));
  const dying = error instanceof PermanentError || diesInDlq(received, topology);
  let reason: string | undefined;
  if (dying || topology === undefined) {
    const unsent = await sendToDlq(received, evidence, settlement);
    if (unsent === undefined) {
      services.logger.error('message failed: sent to the DLQ', facts(received, description));
      return { kind: 'acknowledged' };
    }
    reason = [unsent, await recordFailure(received, evidence, settlement)].filter(Boolean).join('; ');
  } else if (mayBeItsLast(received, topology)) {
    // SQS moves it, and Lambda may be throttled until its receives in the next queue are used up: nothing runs there then.
    reason = await recordFailure(received, evidence, settlement);
  }
  const delaySeconds = delayAfter(received, error, keyHeld, settlement);
  const unhidden = await hide(received, delaySeconds, settlement);
  const why = [reason, unhidden].filter(Boolean).join('; ');
  services.logger[dying ? 'error' : 'warn'](
    dying ? 'message failed: left to SQS to move to the DLQ' : 'message failed: returned to its queue',
    {
      ...facts(received, description),
      ...(unhidden === undefined ? { delaySeconds } : {}),
      ...(why ? { reason: why } : {}),
    },
  );
  return { kind: 'returned', delaySeconds };
}

/** A message that another run holds: back by the time at which that run has ended. It has not failed. */
export async function settleInProgress(
  received: Received,
  timeoutSeconds: number,
  settlement: Settlement,
): Promise<Settled> {
  const delaySeconds = timeoutSeconds + 1;
  const reason = await hide(received, delaySeconds, settlement);
  settlement.services.logger.info('message is in progress elsewhere: returned to its queue', {
    ...ids(received),
    delaySeconds,
    ...(reason ? { reason } : {}),
  });
  return { kind: 'returned', delaySeconds };
}

/** A FIFO message behind one of its group that failed: it comes back together with that one. */
export async function settleBlocked(received: Received, ahead: Settled, settlement: Settlement): Promise<Settled> {
  const delaySeconds = ahead.kind === 'returned' ? ahead.delaySeconds : undefined;
  if (delaySeconds !== undefined) await hide(received, delaySeconds, settlement);
  if (diesInDlq(received, settlement.topology)) {
    const description = {
      errorType: 'NotProcessed',
      message: 'not processed at its last receive: an earlier message of its group had failed',
    };
    const evidence = evidenceText(evidenceOf(description, received.message, settlement.context, new Date()));
    await recordFailure(received, evidence, settlement);
  }
  return { kind: 'returned', ...(delaySeconds === undefined ? {} : { delaySeconds }) };
}

/** @returns why it was not sent; undefined when the DLQ has it */
async function sendToDlq(
  received: Received,
  evidence: string,
  { services, context, topology }: Settlement,
): Promise<string | undefined> {
  if (topology === undefined) return 'the queue could not be read';
  if (topology.dlq === undefined) return 'the queue has no DLQ';
  const input = deadLetter(received, evidence, topology.dlq);
  if (input === undefined) return 'no room for the evidence in 10 attributes and 1 MiB';
  try {
    await sendDeadLetter(services, input, halfOfWhatIsLeft(context));
    return undefined;
  } catch (error) {
    return `not sent to the DLQ: ${textOf(error)}`;
  }
}

/** @returns why it was not written */
async function recordFailure(
  received: Received,
  evidence: string,
  { services, context }: Settlement,
): Promise<string | undefined> {
  try {
    await writeFailureRecord(services, received, evidence, Date.now(), halfOfWhatIsLeft(context));
    return undefined;
  } catch (error) {
    return `no failure record written: ${textOf(error)}`;
  }
}

function ids({ message }: Received) {
  const { id, originId, attempt, queueArn, receiveCount, maxReceiveCount } = message;
  return {
    messageId: id,
    originId,
    attempt,
    queue: queueArn.split(':').at(-1),
    receiveCount,
    ...(maxReceiveCount === undefined ? {} : { maxReceiveCount }),
  };
}

/** `message` is the logger's own key, and `stack` names the stack that the module was applied as. */
function facts(received: Received, { message, stack, ...description }: ErrorDescription) {
  return {
    ...ids(received),
    ...description,
    ...(message === undefined ? {} : { errorMessage: message }),
    ...(stack === undefined ? {} : { errorStack: stack }),
  };
}
