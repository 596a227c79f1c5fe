import {
  IdempotencyConfig,
  IdempotencyItemAlreadyExistsError,
  IdempotencyRecordStatus,
} from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** What a finished action left behind, so that a second run can answer as the first did. */
export interface Done {
  /** The message that was handled under this key. */
  readonly messageId: string;
  /** sha256 of its body: a letter with another body under the same key is another letter. */
  readonly contentHash: string;
  readonly status: string;
}

/** `won`: ours to do. `done`: finished before. `busy`: another run holds it; try again later. */
export type Claim =
  | { readonly state: 'won' }
  | { readonly state: 'done'; readonly done: Done }
  | { readonly state: 'busy' };

export interface Claims {
  /** @param remainingMs until this run is killed: from then on another run may take the claim over. */
  claim(key: string, remainingMs: number): Promise<Claim>;
  complete(key: string, done: Done): Promise<void>;
  /** Gives a claim back after a failure, so that the next delivery need not wait for it to expire. */
  release(key: string): Promise<void>;
}

/** Longer than any queue keeps a message (14 days): the twin of a letter may surface that late. */
const KEPT_SECONDS = 30 * 24 * 3600;

/** Claims are Powertools' idempotency records: https://docs.aws.amazon.com/powertools/typescript/latest/features/idempotency/ */
export function claimsIn(client: DynamoDBClient, tableName: string, keyPrefix: string): Claims {
  const store = new DynamoDBPersistenceLayer({ tableName, awsSdkV3Client: client });
  store.configure({
    config: new IdempotencyConfig({ expiresAfterSeconds: KEPT_SECONDS, hashFunction: 'sha256', useLocalCache: false }),
    keyPrefix,
  });
  return {
    async claim(key, remainingMs) {
      try {
        await store.saveInProgress(key, Math.max(1, remainingMs));
        return { state: 'won' };
      } catch (error) {
        if (!(error instanceof IdempotencyItemAlreadyExistsError)) throw error;
        const found = error.existingRecord;
        if (found?.getStatus() !== IdempotencyRecordStatus.COMPLETED) return { state: 'busy' };
        return { state: 'done', done: found.getResponse() as unknown as Done };
      }
    },
    complete: async (key, done) => store.saveSuccess(key, { ...done }),
    release: async (key) => store.deleteRecord(key),
  };
}
