/** The consumer kit: what a Lambda on an SQS queue imports as `dlq-healer/kit`. */
export type { MessageAttribute, MessageAttributes } from '../handlers/core/letter.ts';
export type { Level } from '../handlers/core/level.ts';
export { consume } from './consume.ts';
export { PermanentError, RetryableError } from './errors.ts';
export type { Message, MessageContext, MessageHandler } from './message.ts';
export type { ConsumeOptions } from './options.ts';
