import { randomUUID } from 'node:crypto';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { Clients } from '../aws/clients.ts';
import type { Session } from '../session.ts';
import type { Stack } from '../stack/stack.ts';
import { type Book, fileBook, ledgerBook } from './book.ts';
import { type AuditEntry, type Ended, MAX_IDS } from './entry.ts';

/** What is about to be done, for the audit. */
export type Change = Pick<AuditEntry, 'command' | 'what' | 'queue' | 'group'>;

/** Who does it: known to the letters' rows as well. */
export interface Operator {
  readonly who: string;
  /** Of the audit's entry. */
  readonly auditId: string;
}

/** The audit of a stack is its ledger; queues without one have a file. */
export const bookOf = (stack: Stack | undefined, session: Session): Book =>
  stack === undefined ? fileBook(session.io.env) : ledgerBook(stack.healer);

/**
 * Does work that changes something, between two writes of the audit: nothing is changed that is not written down before,
 * and a run that is killed stays in the audit as begun.
 * @throws whatever `work` throws, after that was written down
 */
export async function audited<T extends Ended>(
  session: Session,
  clients: Clients,
  stack: Stack | undefined,
  change: Change,
  work: (operator: Operator) => Promise<T>,
): Promise<T> {
  const book = bookOf(stack, session);
  const { Arn = 'unknown' } = await clients.sts.send(new GetCallerIdentityCommand({}));
  const begun: AuditEntry = {
    ...change,
    id: randomUUID(),
    at: new Date(clients.now()).toISOString(),
    who: Arn,
    outcome: 'begun',
  };
  await book.write(begun);
  const end = async ({ outcome, letters, ids, why }: Ended) => {
    const endedAt = new Date(clients.now()).toISOString();
    const known = { letters, ids: ids?.slice(0, MAX_IDS), why };
    const present = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
    await book
      .write({ ...begun, outcome, endedAt, ...present })
      .catch((error: Error) =>
        session.complain(`the change was made, but how it ended could not be written into the audit: ${error.message}`),
      );
  };
  try {
    const ended = await work({ who: Arn, auditId: begun.id });
    await end(ended);
    return ended;
  } catch (error) {
    await end({ outcome: 'failed', why: error instanceof Error ? error.message.slice(0, 500) : String(error) });
    throw error;
  }
}
