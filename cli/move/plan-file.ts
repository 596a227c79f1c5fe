import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { reasonOf, UsageError } from '../exit.ts';
import type { PlaceOptions } from '../stack/options.ts';

/** The first line of a plan: what it is about. The others are letters. Names and meanings are a promise (docs/cli/move.md). */
export interface PlanHead {
  readonly version: 1;
  readonly kind: PlanKind;
  readonly createdAt: string;
  readonly stack: string | null;
  readonly queue: string | null;
  readonly dlq: string | null;
  readonly region: string;
  /** The selection in words. */
  readonly letters: string;
}

export type PlanKind = 'redrive' | 'replay';

export interface PlanLine {
  readonly id: string;
  readonly take: boolean;
  readonly class: string;
  readonly group: string;
  /** Where it would go, or why it would stay. */
  readonly why: string;
}

/** A plan as it is carried out: these letters and no others. */
export interface Plan {
  readonly ids: ReadonlySet<string>;
  /** Where its letters lie, as options of the command line. */
  readonly place: Pick<PlaceOptions, 'stack' | 'queue' | 'dlq' | 'region'>;
}

/** Writes a plan line by line; the file is whole once `end` has returned. */
export async function writePlan(path: string, head: PlanHead) {
  const file = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST')
      throw new UsageError(`${path} is there already: a plan is not written over another file`);
    throw new UsageError(`cannot write the plan ${path}: ${reasonOf(error)}`);
  });
  const write = (line: object) => file.write(`${JSON.stringify(line)}\n`);
  await write(head);
  return {
    add: async (line: PlanLine) => void (await write(line)),
    end: async () => {
      // A plan that was cut short would pass for a smaller one.
      await write({ end: true });
      await file.close();
    },
  };
}

/** @throws UsageError naming the line that is wrong */
export async function readPlan(path: string, kind: PlanKind): Promise<Plan> {
  const ids = new Set<string>();
  let head: PlanHead | undefined;
  let ended = false;
  let number = 0;
  const wrong = (what: string) => new UsageError(`${path}:${number}: ${what}: write the plan again (dlq plan)`);
  try {
    for await (const text of createInterface({ input: createReadStream(path, 'utf8') })) {
      number += 1;
      const line = parsed(text);
      if (line === undefined) throw wrong('it is no JSON object');
      if (head === undefined) head = headOf(line, kind, wrong);
      else if (line.end === true) ended = true;
      else if (typeof line.id !== 'string' || typeof line.take !== 'boolean') throw wrong('it is no letter of a plan');
      else if (line.take) ids.add(line.id);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new UsageError(`cannot read the plan ${path}: ${reasonOf(error)}`);
  }
  if (head === undefined || !ended) throw wrong('the plan ends too early');
  const { stack, queue, dlq, region } = head;
  return {
    ids,
    place: {
      region,
      ...(stack === null ? {} : { stack }),
      ...(queue === null ? {} : { queue }),
      ...(dlq === null ? {} : { dlq }),
    },
  };
}

function headOf(line: Record<string, unknown>, kind: PlanKind, wrong: (what: string) => Error): PlanHead {
  if (line.version !== 1) throw wrong('it is no plan of this version');
  if (line.kind !== kind) throw wrong(`it is a plan for dlq ${String(line.kind)}, not for dlq ${kind}`);
  return line as unknown as PlanHead;
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
