import type { Message as SqsMessage } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import { readMessage } from '../../handlers/aws/records.ts';
import { deadLetter } from '../../kit/dead-letter.ts';
import { describeError } from '../../kit/describe-error.ts';
import { evidenceOf, evidenceText } from '../../kit/evidence.ts';
import { type Message, messageOf } from '../../kit/message.ts';
import type { ReceivedMessage } from '../local-aws/host/batches.ts';
import { idOf, type Kind } from './letters.ts';
import { deleteAll, type Queue, receive, sendAll } from './queues.ts';

class ValidationError extends Error {
  override readonly name = 'ValidationError';
}
class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}
class PaymentError extends Error {
  override readonly name = 'PaymentError';
  readonly statusCode = 503;
}

/** Counts since the start. */
export interface Done {
  processed: number;
  died: number;
  /** Letters that the healer had sent back, and those of them that died again. */
  cameBack: number;
  relapsed: number;
  /** Copies of one heal, by its key: the second is acknowledged and not processed, as the kit does. */
  copies: number;
  /** Calls that the dependency got. */
  asked: number;
}

export interface Consumer {
  readonly done: Done;
  /** Letter id → how often it was processed. */
  readonly processed: ReadonlyMap<number, number>;
  /** Works on at most so many letters; returns when the source queue shows none. */
  consume(most: number): Promise<void>;
}

const CONTEXT = {
  functionName: 'orders',
  awsRequestId: 'load',
  logGroupName: '/aws/lambda/orders',
  logStreamName: 'load',
} as Context;

/** A consumer as the kit makes one: what fails goes to the DLQ with its evidence, then it is acknowledged. */
export function createConsumer(
  queues: { readonly source: Queue; readonly dlq: Queue; readonly sourceArn: string },
  kindOf: (id: number) => Kind,
  dependencyIsUp: () => boolean,
): Consumer {
  const done: Done = { processed: 0, died: 0, cameBack: 0, relapsed: 0, copies: 0, asked: 0 };
  const processed = new Map<number, number>();
  const healKeys = new Set<string>();
  const timedOut = new Set<number>();

  /** @throws what the consumer's own code would */
  function work(id: number): void {
    if (kindOf(id) === 'invalid') throw new ValidationError('store_id is required');
    done.asked += 1;
    if (kindOf(id) === 'slow' && !timedOut.has(id)) {
      timedOut.add(id);
      throw new TimeoutError('gave up after 5400 ms');
    }
    if (!dependencyIsUp()) throw new PaymentError('503 Service Unavailable');
    processed.set(id, (processed.get(id) ?? 0) + 1);
    done.processed += 1;
  }

  /** The error that ended it, or nothing. */
  function handle(message: Message): Error | undefined {
    if (message.attempt > 0) done.cameBack += 1;
    if (healKeys.has(message.healKey)) {
      done.copies += 1;
      return undefined;
    }
    try {
      work(idOf(message.body));
      healKeys.add(message.healKey);
      return undefined;
    } catch (error) {
      done.died += 1;
      if (message.attempt > 0) done.relapsed += 1;
      return error as Error;
    }
  }

  function deadEntry(received: ReceivedMessage): object[] {
    // The API's shape on the wire; no attribute of this run is binary, which alone would differ.
    const read = readMessage(received as unknown as SqsMessage, queues.sourceArn);
    if (!('letter' in read)) throw new Error(read.unreadable);
    const message = messageOf(read.letter, { here: read.letter.system.receiveCount, before: 0 }, undefined);
    const error = handle(message);
    if (error === undefined) return [];
    const evidence = evidenceText(evidenceOf(describeError(error), message, CONTEXT, new Date()));
    const dead = deadLetter({ letter: read.letter, message, receiptHandle: '' }, evidence, {
      url: queues.dlq.url,
      fifo: false,
    });
    if (dead === undefined) throw new Error(`no room for the evidence of ${message.id}`);
    return [{ MessageBody: dead.MessageBody, MessageAttributes: dead.MessageAttributes }];
  }

  return {
    done,
    processed,
    async consume(most) {
      for (let taken = 0; taken < most; ) {
        const batch = await receive(queues.source);
        if (batch.length === 0) return;
        taken += batch.length;
        await sendAll(queues.dlq, batch.flatMap(deadEntry));
        await deleteAll(queues.source, batch);
      }
    },
  };
}
