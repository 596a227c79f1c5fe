import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { readDocument } from '../aws/documents.ts';
import { requireEnv } from '../core/env.ts';
import { accepted, failed, refused } from './answer.ts';
import { bodyOf, MAX_BODY_BYTES } from './request.ts';
import { compileSchema, type Validator } from './validator.ts';

const env = requireEnv(['STACK_NAME', 'LEDGER_TABLE', 'QUEUE_URL', 'SCHEMA_HASH']);
const db = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const sqs = new SQSClient({});
const logger = new Logger({ persistentKeys: { stack: env.STACK_NAME } });

let remembered: Validator | undefined;

/**
 * The Lambda behind the HTTP API: a body that keeps to the schema goes to the queue as it came. 202 means that SQS has it.
 * No body is ever logged.
 */
export const handler = async (
  event: APIGatewayProxyEventV2,
  context: Context,
): Promise<APIGatewayProxyStructuredResultV2> => {
  logger.addContext(context);
  try {
    return await ingest(event);
  } catch (error) {
    logger.error('the message was not accepted', error as Error);
    return failed(isPassing(error) ? 503 : 500);
  }
};

async function ingest(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const body = bodyOf(event);
  if (body.kind === 'too-large') {
    const message = `must be at most ${MAX_BODY_BYTES} bytes; got ${body.bytes}`;
    return refused(413, 'the body is too large', [{ path: '', rule: 'body', message }]);
  }
  if (body.kind === 'bad') {
    return refused(400, 'the body cannot be read', [{ path: '', rule: 'body', message: body.why }]);
  }
  const validate = remembered ?? (await readValidator());
  const reasons = validate(body.value, Buffer.byteLength(body.text));
  if (reasons.length > 0) return refused(400, 'the body breaks the schema', reasons);
  const { MessageId } = await sqs.send(new SendMessageCommand({ QueueUrl: env.QUEUE_URL, MessageBody: body.text }));
  return accepted(MessageId);
}

/** A schema other than the one this function was deployed with is used but not remembered: an apply is under way. */
async function readValidator(): Promise<Validator> {
  const { text, hash, expected } = await readDocument(db, env.LEDGER_TABLE, 'schema', env.SCHEMA_HASH);
  const validator = compileSchema(text);
  if (expected) remembered = validator;
  else
    logger.warn('the schema in the ledger is not the one this function was deployed with', {
      hash,
      expected: env.SCHEMA_HASH,
    });
  return validator;
}

/** Throttling, a server's fault or a broken connection pass; a missing permission or queue does not. */
function isPassing(error: unknown): boolean {
  const { $fault, $retryable, $metadata } = error as Record<'$fault' | '$retryable', unknown> & {
    $metadata?: { httpStatusCode?: number };
  };
  if ($retryable !== undefined || $fault === 'server') return true;
  const status = $metadata?.httpStatusCode;
  return status === undefined
    ? 'code' in (error as object) || (error as Error).name === 'TimeoutError'
    : status === 429 || status >= 500;
}
