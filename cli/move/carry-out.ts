import { audited, type Change, type Operator } from '../audit/audited.ts';
import type { Ended } from '../audit/entry.ts';
import type { Clients } from '../aws/clients.ts';
import { interruptible } from '../interrupt.ts';
import type { Session } from '../session.ts';
import type { Stack } from '../stack/stack.ts';
import type { Pace } from './course.ts';
import type { Mover } from './mover.ts';
import { showProgress } from './progress.ts';
import { documentOf, exitCodeOf, moveText } from './report.ts';
import { type Moved, run } from './run.ts';

/** A move that was agreed to. */
export interface AgreedMove {
  readonly change: Change;
  readonly stack: Stack | undefined;
  readonly queue: string;
  readonly count: number;
  readonly pace: Pace;
  readonly json: boolean;
  /** The command that tells what became of the letters. */
  readonly next: string;
  mover(operator: Operator): Promise<Mover>;
}

/** SQS's counts and the ledger are looked at so often while a canary is out, and for relapses afterwards. */
const LOOK_MS = 5_000;

/** Makes the move, shows how it goes, writes it into the audit and answers with what it came to. */
export async function carryOut(session: Session, clients: Clients, agreed: AgreedMove): Promise<void> {
  const { pace, count, change, stack, queue, json } = agreed;
  const limits = { count, pace, lookMs: Math.min(LOOK_MS, pace.windowSeconds * 250) };
  const { moved, audit } = await audited(session, clients, stack, change, async (operator) => {
    const mover = await agreed.mover(operator);
    const shown = showProgress(session, count);
    const told = () => shown.say('finishing what was begun; Ctrl-C again ends it at once');
    const moved = await interruptible(told, (signal) => run(mover, limits, signal, shown.tell)).finally(shown.end);
    return { ...endedBy(moved), moved, audit: operator.auditId };
  });
  const moving = { command: change.command, stack: stack?.name ?? null, queue, audit };
  await session.answer({ json }, documentOf(moving, moved), moveText(moved, agreed.next, session.width));
  session.exitCode = exitCodeOf(moved);
}

function endedBy({ outcome, why, sent, left, stuck, failed, relapsed, ids }: Moved): Ended {
  const sum = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((a, b) => a + b, 0);
  return {
    outcome,
    letters: { sent, left: sum(left), stuck: sum(stuck), failed, relapsed },
    ids,
    ...(why === undefined ? {} : { why }),
  };
}
