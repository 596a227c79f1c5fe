/** The consumer kit: what a Lambda on an SQS queue imports as `dlq-healer/kit`. */
export type { MessageAttribute, MessageAttributes } from '../handlers/core/letter.js';
export type { Level } from '../handlers/core/level.js';
export { consume } from './consume.js';
export { PermanentError, RetryableError } from './errors.js';
export type { Message, MessageContext, MessageHandler } from './message.js';
export type { ConsumeOptions } from './options.js';
