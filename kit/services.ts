import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { requireEnv } from '../handlers/core/env.ts';
import { type Levels, readLevels } from './level.ts';
import type { Settings } from './options.ts';
import { readTopologies, type Topologies } from './topology.ts';

/** What the module's output `consumer_environment` sets on a function that uses the kit. */
export const CONSUMER_ENVIRONMENT = [
  'DLQ_HEALER_STACK',
  'DLQ_HEALER_LEDGER_TABLE',
  'DLQ_HEALER_IDEMPOTENCY_TABLE',
] as const;

type Environment = Readonly<Record<(typeof CONSUMER_ENVIRONMENT)[number], string>>;

export interface Services {
  readonly environment: Environment;
  readonly sqs: SQSClient;
  readonly dynamodb: DynamoDBClient;
  readonly idempotency?: BasePersistenceLayer;
  readonly topologies: Topologies;
  readonly levels: Levels;
  readonly logger: Logger;
}

/**
 * Made once per execution environment.
 * @throws Error naming every environment variable that is missing
 */
export function createServices({ idempotency, levelMaxAgeMs }: Settings): Services {
  const needed = CONSUMER_ENVIRONMENT.filter((name) => idempotency || name !== 'DLQ_HEALER_IDEMPOTENCY_TABLE');
  const environment: Environment = requireEnv(needed);
  // A connection that hangs would eat the margin in which neighbours are still acknowledged.
  const requestHandler = { connectionTimeout: 1_000 };
  const sqs = new SQSClient({ requestHandler });
  const dynamodb = new DynamoDBClient({ requestHandler });
  const logger = new Logger({ persistentKeys: { stack: environment.DLQ_HEALER_STACK } });
  return {
    environment,
    sqs,
    dynamodb,
    ...(idempotency
      ? {
          idempotency: new DynamoDBPersistenceLayer({
            tableName: environment.DLQ_HEALER_IDEMPOTENCY_TABLE,
            awsSdkV3Client: dynamodb,
          }),
        }
      : {}),
    topologies: readTopologies(sqs),
    levels: readLevels({
      dynamodb,
      table: environment.DLQ_HEALER_LEDGER_TABLE,
      logger,
      maxAgeMs: levelMaxAgeMs,
    }),
    logger,
  };
}
