import type { Logger } from '@aws-lambda-powertools/logger';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Policy } from '../core/policy.ts';
import { readDocument } from './documents.ts';

/**
 * Reads the policy once per environment and remembers it while it is the one that this function was deployed with.
 * In the middle of an apply the ledger may hold another: that one is used for this batch and read again for the next.
 */
export function policyReader(
  db: DynamoDBDocumentClient,
  table: string,
  expectedHash: string,
  parse: (document: string) => Policy,
  logger: Logger,
): () => Promise<Policy> {
  let remembered: Policy | undefined;
  return async () => {
    if (remembered !== undefined) return remembered;
    const document = await readDocument(db, table, 'policy', expectedHash);
    const policy = parse(document.text);
    if (document.expected) remembered = policy;
    else
      logger.warn('the policy in the ledger is not the one this function was deployed with', {
        expectedHash,
        found: document.hash,
      });
    return policy;
  };
}
