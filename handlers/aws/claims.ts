import { IdempotencyConfig, IdempotencyItemAlreadyExistsError } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** Claims keep two runs from acting on one death at the same time; what was done, the ledger's rows say. */
export interface Claims {
  /**
   * @param remainingMs until this run is killed; a little later another run may take the claim over
   * @returns false where another run holds it: try again later
   */
  claim(key: string, remainingMs: number): Promise<boolean>;
  /** Gives a claim back after a failure, so that the next delivery need not wait for it to expire. */
  release(key: string): Promise<void>;
}

/** Longer than any queue keeps a message (14 days): the twin of a letter may surface that late. */
const KEPT_SECONDS = 30 * 24 * 3600;

/**
 * A claim outlives its run by this. A run claims after it has read the ledger, and gives up where more time than this
 * passed in between: so whoever wins a claim has read what its last holder recorded.
 */
export const CLAIM_MARGIN_MS = 30_000;

/** Claims are Powertools' idempotency records: https://docs.aws.amazon.com/powertools/typescript/latest/features/idempotency/ */
export function claimsIn(
  client: DynamoDBClient,
  tableName: string,
  keyPrefix: string,
  marginMs = CLAIM_MARGIN_MS,
): Claims {
  const store = new DynamoDBPersistenceLayer({ tableName, awsSdkV3Client: client });
  store.configure({
    config: new IdempotencyConfig({ expiresAfterSeconds: KEPT_SECONDS, hashFunction: 'sha256', useLocalCache: false }),
    keyPrefix,
  });
  return {
    async claim(key, remainingMs) {
      try {
        await store.saveInProgress(key, Math.max(1, remainingMs) + marginMs);
        return true;
      } catch (error) {
        if (error instanceof IdempotencyItemAlreadyExistsError) return false;
        throw error;
      }
    },
    release: async (key) => store.deleteRecord(key),
  };
}
