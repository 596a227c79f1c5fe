import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { type MessageHandler } from './message.js';
import { type ConsumeOptions } from './options.js';
/**
 * The handler of a Lambda function on an SQS queue whose event source mapping has `ReportBatchItemFailures`.
 *
 * A message that `handler` returns from is acknowledged. One that it throws for comes back later, or goes to the DLQ
 * with evidence: at once for a `PermanentError`, at its last receive for anything else. Neighbours are not touched.
 *
 * @throws Error, for the whole batch, naming every environment variable of the module that is missing; and, after the
 *   others are settled, when a record has no message id, for such a record can only be returned with all others
 */
export declare function consume(handler: MessageHandler, options?: ConsumeOptions): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;
