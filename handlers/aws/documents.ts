import { createHash } from 'node:crypto';
import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';

/** A document that Terraform wrote to the ledger, and whether it is the one this function was deployed with. */
export interface LedgerDocument {
  readonly text: string;
  readonly hash: string;
  /** False while an apply is under way: the newer document is used, and nobody should remember it as theirs. */
  readonly expected: boolean;
}

/**
 * Reads a document of the ledger, consistently.
 * @throws Error when it is not there or damaged; the caller's batch stays in its queue
 */
export async function readDocument(
  db: DynamoDBDocumentClient,
  table: string,
  name: 'policy' | 'schema',
  expectedHash: string,
): Promise<LedgerDocument> {
  const { Item } = await db.send(
    new GetCommand({ TableName: table, Key: { pk: 'document', sk: name }, ConsistentRead: true }),
  );
  const text: unknown = Item?.document;
  if (typeof text !== 'string') {
    throw new Error(
      `table ${table} has no ${name} document; expected an item pk="document", sk="${name}": run terraform apply`,
    );
  }
  const hash = createHash('sha256').update(text).digest('hex');
  return { text, hash, expected: hash === expectedHash };
}
