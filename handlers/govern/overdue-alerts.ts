import { alertGroup } from '../aws/alerts.ts';
import { groupsToAlert, nothingToAlert } from '../aws/groups.ts';
import type { Healer } from '../aws/healer.ts';
import { emit } from '../aws/metrics.ts';
import { attempt } from '../aws/outcome.ts';

/**
 * Sends the alerts that are due and that no healer sent: those whose sender died, and the count of what came while a
 * group's window was open.
 */
export async function sendOverdueAlerts(healer: Healer): Promise<void> {
  const alerting = { ...healer, windowSeconds: healer.policy.alertWindowSeconds };
  for (const row of await groupsToAlert(healer.db, healer.table, healer.now(), 100)) {
    const queue = String(row.queue);
    const group = String(row.group);
    const sent = await attempt(async () => {
      if (Number(row.unalerted) > 0) return alertGroup(alerting, queue, group, healer.now());
      await nothingToAlert(healer.db, healer.table, row);
      return false;
    });
    if (!sent.ok) {
      healer.logger.error('the alert could not be sent; the next run tries again', { queue, group, error: sent.error });
      emit(healer.stack, queue, undefined, { HealerErrors: 1 });
    } else if (sent.value) {
      emit(healer.stack, queue, undefined, { AlertsSent: 1 });
    }
  }
}
