import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { readItems } from '../../handlers/aws/batch-ops.ts';
import type { Healer } from '../../handlers/aws/healer.ts';
import { letterKey } from '../../handlers/aws/keys.ts';
import type { Clients } from '../aws/clients.ts';
import type { Watcher } from './relapses.ts';

/** The canary's executions and as many of the last ones are asked after: each costs a call. */
const WATCHED = 100;

const FAILED = new Set(['FAILED', 'TIMED_OUT', 'ABORTED']);

/**
 * By the executions themselves: one that failed is a letter that died again.
 * @param ledger where the ARNs of executions are found that were started from kept letters
 */
export function executionWatch(
  { stepFunctions }: Clients,
  ledger: (Pick<Healer, 'db' | 'table'> & { readonly queueKey: string }) | undefined,
): Watcher {
  /** By heal key; undefined where the ledger has to be asked. */
  const open = new Map<string, string | undefined>();
  let relapsed = 0;
  let confirmed = 0;

  async function findArns(): Promise<void> {
    const unknown = [...open].flatMap(([healKey, arn]) => (arn === undefined ? [healKey] : [])).slice(0, WATCHED);
    if (ledger === undefined || unknown.length === 0) return;
    const rows = await readItems(
      ledger.db,
      ledger.table,
      unknown.map((healKey) => {
        const dot = healKey.lastIndexOf('.');
        return letterKey(ledger.queueKey, {
          originId: healKey.slice(0, dot),
          attempt: Number(healKey.slice(dot + 1)) - 1,
        });
      }),
    );
    for (const { healKey, healedMessageId } of rows)
      if (typeof healedMessageId === 'string') open.set(String(healKey), healedMessageId);
  }

  return {
    sent(healKey, newId) {
      open.set(healKey, newId);
      if (open.size > WATCHED) open.delete(open.keys().next().value as string);
    },
    cameBack: () => false,
    async read() {
      await findArns();
      await Promise.all(
        [...open].map(async ([healKey, executionArn]) => {
          if (executionArn === undefined) return;
          const { status = '' } = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
          if (FAILED.has(status)) relapsed += 1;
          if (status === 'SUCCEEDED') confirmed += 1;
          if (status !== 'RUNNING' && status !== 'PENDING_REDRIVE') open.delete(healKey);
        }),
      );
      return { relapsed, confirmed };
    },
  };
}
