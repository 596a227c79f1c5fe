import { awsComplaint } from '../aws/complaint.ts';
import { printable } from '../output/text.ts';
import type { Session } from '../session.ts';

/** What could not be read. */
export interface Unread {
  /** Key of the queue; null where the reading is of all of them. */
  readonly queue: string | null;
  readonly reading: string;
  /** For a person: what was refused, and what to do. */
  readonly why: string;
}

export interface Gathering {
  readonly unread: readonly Unread[];
  /** Does one reading; where it fails the others are still made. @returns null where it failed */
  read<T>(queue: string | null, reading: string, work: () => Promise<T>): Promise<T | null>;
}

/** Collects readings that do not depend on each other: a missing permission must not hide what may be seen. */
export function gathering(): Gathering {
  const unread: Unread[] = [];
  return {
    unread,
    async read(queue, reading, work) {
      try {
        return await work();
      } catch (error) {
        unread.push({ queue, reading, why: whyOf(error) });
        return null;
      }
    },
  };
}

const whyOf = (error: unknown) => awsComplaint(error) ?? (error instanceof Error ? error.message : String(error));

/** Tells of each cause once, however many readings it spoilt. */
export async function complainOf(session: Session, unread: readonly Unread[]): Promise<void> {
  for (const [why, some] of Map.groupBy(unread, (one) => one.why)) {
    const what = [...new Set(some.map(({ reading }) => reading))].join(', ');
    await session.complain(`not everything could be read (${what}): ${why}`);
  }
}

/** In place of what could not be read. */
export const NOT_READ = 'not read';

/** Instants as people read them: `2026-11-26 03:00:12`, in UTC. */
export const second = (at: string): string => printable(at).slice(0, 19).replace('T', ' ');
export const minute = (at: string): string => second(at).slice(0, 16);
