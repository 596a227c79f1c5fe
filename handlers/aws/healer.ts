import type { Logger } from '@aws-lambda-powertools/logger';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Policy } from '../core/policy.ts';
import type { Archive } from './archive.ts';
import type { Claims } from './claims.ts';
import type { Bus } from './events.ts';
import type { GiveBackClients } from './targets.ts';

/** Everything one run of the healer works with; the clock and the dice are passed in. */
export interface Healer extends GiveBackClients {
  readonly stack: string;
  readonly mode: string;
  readonly region: string;
  readonly policy: Policy;
  readonly table: string;
  readonly topicArn: string;
  readonly db: DynamoDBDocumentClient;
  readonly sns: SNSClient;
  /** Of the consumers' log groups. */
  readonly logs: CloudWatchLogsClient;
  readonly archive: Archive;
  readonly bus: Bus;
  readonly claims: Claims;
  readonly logger: Logger;
  /** Epoch milliseconds. */
  now(): number;
  /** Uniform in [0, 1). */
  random(): number;
}
