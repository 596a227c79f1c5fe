// The consumer of orders: takes the payment, recommends something where there is room for it, books. It decides which
// failures pass, when a service is left alone and what is left out at which level; the kit does the rest.
import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { requireEnv } from '../../../handlers/core/env.ts';
import { consume, type Level, type Message, type MessageContext, RetryableError } from '../../../kit/index.ts';
import { dependency } from './dependency.ts';
import { judge } from './failures.ts';
import { addressOf, type Order, validate } from './order.ts';
import { planFor } from './plan.ts';
import { invoke } from './service.ts';

/** 30 seconds or a minute in earnest. */
const OPEN_MS = 4_000;
const PAYMENTS_TIMEOUT_MS = 3_000;
/** Nobody waits long for what is optional. */
const RECOMMENDATIONS_TIMEOUT_MS = 2_000;

type Recommendations = 'given' | 'left out' | 'failed';

let parts: ReturnType<typeof connect> | undefined;

/** Once per execution environment: the breakers remember what the messages before met. */
function connect() {
  const environment = requireEnv(['PAYMENTS_FUNCTION', 'RECOMMENDATIONS_FUNCTION', 'ORDERS_TABLE', 'BREAKER_FAILURES']);
  const failures = Number(environment.BREAKER_FAILURES);
  const logger = new Logger();
  const tell = (what: string) => logger.warn(what);
  return {
    environment,
    // One try per receive: the SDK's own retries would knock at a service that is down behind the breaker's back.
    lambda: new LambdaClient({ maxAttempts: 1 }),
    dynamodb: new DynamoDBClient({}),
    payments: dependency('payments', { timeoutMs: PAYMENTS_TIMEOUT_MS, failures, openMs: OPEN_MS }, tell),
    recommendations: dependency(
      'recommendations',
      { timeoutMs: RECOMMENDATIONS_TIMEOUT_MS, failures, openMs: OPEN_MS },
      tell,
    ),
  };
}

export const handler = consume(
  async (message, context) => {
    try {
      await work(message, context);
    } catch (error) {
      // What came of being given up is the kit's to judge.
      throw context.signal.aborted ? error : judge(error, message, Math.random());
    }
  },
  {
    // A service that fails is asked by so many messages at once before the breaker has heard of it.
    concurrency: 3,
    // Short, so that a demonstration ends soon. The defaults: 5 to 900 seconds, and 15 for the level.
    backoff: { baseSeconds: 1, maxSeconds: 8 },
    levelMaxAgeSeconds: 2,
  },
);

async function work(message: Message, { signal, level, idempotencyKey, logger }: MessageContext): Promise<void> {
  parts ??= connect();
  const { environment, lambda, payments, recommendations } = parts;
  const order = validate(message.json());
  const degraded = await level();
  const plan = planFor(degraded, order, message, Math.random());
  if (plan.kind === 'put-off')
    throw new RetryableError(`put off at level ${degraded}`, { delaySeconds: plan.delaySeconds });
  addressOf(order);
  const request = { order, idempotencyKey };
  const service = { name: 'payments', functionName: environment.PAYMENTS_FUNCTION };
  await payments.ask((abort) => invoke(lambda, service, request, abort), signal);

  let given: Recommendations = 'left out';
  if (plan.recommend) {
    const extra = { name: 'recommendations', functionName: environment.RECOMMENDATIONS_FUNCTION };
    given = await recommendations
      .ask((abort) => invoke(lambda, extra, request, abort), signal)
      .then(
        () => 'given' as const,
        (error: Error) => {
          logger.warn('no recommendations: the order is booked without', { reason: error.message });
          return 'failed' as const;
        },
      );
  }
  // Once sent, a booking is not called back: nobody could tell whether it was done. So the signal is asked before it.
  signal.throwIfAborted();
  await book(parts, order, { given, degraded, receives: message.receiveCount });
}

/** Counts on purpose, with no condition: an order that is processed twice shows. */
async function book(
  { dynamodb, environment }: NonNullable<typeof parts>,
  { order_id }: Order,
  { given, degraded, receives }: { given: Recommendations; degraded: Level; receives: number },
): Promise<void> {
  await dynamodb.send(
    new UpdateItemCommand({
      TableName: environment.ORDERS_TABLE,
      Key: { orderId: { S: order_id } },
      UpdateExpression:
        'ADD #processed :one SET #by = :kit, #level = :level, recommendations = :given, receives = :receives',
      ExpressionAttributeNames: { '#processed': 'processed', '#by': 'by', '#level': 'level' }, // reserved words
      ExpressionAttributeValues: {
        ':one': { N: '1' },
        ':kit': { S: 'kit' },
        ':level': { N: String(degraded) },
        ':given': { S: given },
        ':receives': { N: String(receives) },
      },
    }),
  );
}
