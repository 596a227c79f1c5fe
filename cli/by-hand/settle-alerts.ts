import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { wasSettled } from '../../handlers/core/group.ts';
import type { Operator } from '../audit/audited.ts';
import type { Membership } from './resolve.ts';

/** Letters of the group that no alert has told of. */
export const unalertedOf = ({ group: { row } }: Membership): number => Math.max(0, Number(row.unalerted ?? 0));

/**
 * Takes back what was still to be alerted of the letters that were resolved, and has the next failure alert at once. Where
 * others may have come since they were counted, or an alert is on its way, nothing is taken back: it goes out within a
 * minute, with those who were resolved in its count. An alert too many, never one too few.
 */
export async function settleAlerts(membership: Membership, { auditId }: Operator): Promise<void> {
  const { db, table: TableName, now } = membership.group.stack.healer;
  const { pk, sk, lastAlertAt } = membership.group.row;
  const unalerted = unalertedOf(membership);
  const update = async (input: Partial<UpdateCommandInput>) => {
    try {
      await db.send(new UpdateCommand({ TableName, Key: { pk, sk }, ...input }));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };
  const values = { ':at': new Date(now()).toISOString(), ':by': auditId };
  // Those who were counted and whom the index did not show yet would wait unseen.
  const isCertain =
    unalerted === 0 || wasSettled(Date.parse(String(membership.group.row.lastSeen)), membership.listedAt);
  // As long as no alert was sent the number only rises: the same number is the same letters.
  const nobodyCame = [
    'attribute_exists(pk) AND attribute_not_exists(alertLease)',
    unalerted === 0 ? '(attribute_not_exists(unalerted) OR unalerted <= :unalerted)' : 'unalerted = :unalerted',
    typeof lastAlertAt === 'string' ? 'lastAlertAt = :last' : 'attribute_not_exists(lastAlertAt)',
  ].join(' AND ');
  const cleared =
    isCertain &&
    (await update({
      UpdateExpression:
        'SET resolvedAt = :at, resolvedBy = :by, unalerted = :none REMOVE dueKey, dueAt, nextAlertAt, lastAlertAt, alertingSince',
      ConditionExpression: nobodyCame,
      ExpressionAttributeValues: {
        ...values,
        ':none': 0,
        ':unalerted': unalerted,
        ...(typeof lastAlertAt === 'string' ? { ':last': lastAlertAt } : {}),
      },
    }));
  if (cleared) return;
  await update({
    UpdateExpression: 'SET resolvedAt = :at, resolvedBy = :by, dueAt = :at REMOVE nextAlertAt, alertingSince',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeValues: values,
  });
}
