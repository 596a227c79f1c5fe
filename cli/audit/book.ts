import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Healer } from '../../handlers/aws/healer.ts';
import { AUDIT, auditKey } from '../../handlers/aws/keys.ts';
import { stateDirectory } from '../state-directory.ts';
import type { AuditEntry } from './entry.ts';

/** Where changes are written down. */
export interface Book {
  /** Writes an entry, or what became of one that was written before. @throws where it cannot be written */
  write(entry: AuditEntry): Promise<void>;
  /** The latest entries, newest first. */
  read(limit: number): Promise<AuditEntry[]>;
}

/** Rows of the ledger, kept for good. */
export function ledgerBook({ db, table: TableName }: Pick<Healer, 'db' | 'table'>): Book {
  return {
    async write({ id, at, ...entry }) {
      const names = Object.keys(entry).filter((name) => entry[name as keyof typeof entry] !== undefined);
      await db.send(
        new UpdateCommand({
          TableName,
          Key: auditKey(at, id),
          UpdateExpression: `SET #id = :id, #at = :at, ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
          ExpressionAttributeNames: {
            '#id': 'id',
            '#at': 'at',
            ...Object.fromEntries(names.map((name) => [`#${name}`, name])),
          },
          ExpressionAttributeValues: {
            ':id': id,
            ':at': at,
            ...Object.fromEntries(names.map((name) => [`:${name}`, entry[name as keyof typeof entry]])),
          },
        }),
      );
    },
    async read(limit) {
      const entries: AuditEntry[] = [];
      let start: Record<string, unknown> | undefined;
      do {
        const page = await db.send(
          new QueryCommand({
            TableName,
            KeyConditionExpression: 'pk = :audit',
            ExpressionAttributeValues: { ':audit': AUDIT },
            ScanIndexForward: false,
            ConsistentRead: true,
            Limit: limit - entries.length,
            ...(start === undefined ? {} : { ExclusiveStartKey: start }),
          }),
        );
        for (const { pk: _pk, sk: _sk, ...entry } of page.Items ?? []) entries.push(entry as AuditEntry & typeof entry);
        start = page.LastEvaluatedKey;
      } while (start !== undefined && entries.length < limit);
      return entries;
    },
  };
}

/** Lines of a file of the operator's own, for queues that have no ledger. The later line of an entry completes the first. */
export function fileBook(env: Readonly<Record<string, string | undefined>>): Book {
  const path = join(stateDirectory(env), 'audit.jsonl');
  return {
    async write(entry) {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await appendFile(path, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
    },
    async read(limit) {
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return '';
        throw error;
      });
      const entries = new Map<string, AuditEntry>();
      for (const line of text.split('\n')) {
        if (line === '') continue;
        const entry = JSON.parse(line) as AuditEntry;
        entries.set(entry.id, { ...entries.get(entry.id), ...entry });
      }
      return [...entries.values()].sort((a, b) => b.at.localeCompare(a.at)).slice(0, limit);
    },
  };
}
