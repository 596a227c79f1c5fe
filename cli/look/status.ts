import { readControls, readPaused } from '../../handlers/aws/control.ts';
import { type Control, levelOf, reasonOf } from '../../handlers/aws/control-row.ts';
import type { GetMetricData } from '../../handlers/aws/metric-data.ts';
import { LEVEL_NAMES, type Level } from '../../handlers/core/level.ts';
import type { QueuePolicy } from '../../handlers/core/policy.ts';
import type { Status } from '../../handlers/core/verdict.ts';
import type { Clients } from '../aws/clients.ts';
import { type Depth, readDepth } from '../stack/depth.ts';
import type { Place } from '../stack/queues.ts';
import type { Stack } from '../stack/stack.ts';
import { type QueueRef, refsOf, unmanagedRefs } from './depths.ts';
import { type Gathering, gathering, type Unread } from './gather.ts';
import { type Count, countByStatus, countOpenGroups, type OpenGroups } from './ledger-counts.ts';
import { readTraffic, type Traffic, total } from './traffic.ts';

/** How a stack stands. Names and meanings are a promise (docs/cli/look.md); what could not be read is null. */
export interface StackState {
  readonly stack: string | null;
  readonly region: string;
  readonly mode: string | null;
  readonly paused: boolean | null;
  /** ISO 8601. */
  readonly at: string;
  readonly queues: readonly QueueState[];
  readonly unread: readonly Unread[];
}

export interface QueueState {
  readonly queue: string;
  readonly messages: readonly Messages[];
  readonly lastHour: { readonly arrived: number; readonly healed: number } | null;
  readonly letters: Readonly<Partial<Record<Status, Count | null>>> | null;
  readonly groups: OpenGroups | null;
  readonly level: LevelNow | null;
  /** By the minute: for rates. */
  readonly traffic: Traffic | null;
}

/** One queue of SQS: source, retry tier or DLQ. */
export interface Messages {
  readonly role: QueueRef['role'];
  readonly name: string;
  readonly visible: number | null;
  readonly inFlight: number | null;
  readonly delayed: number | null;
  /** Age of the oldest message; null where it is not known, too. */
  readonly oldestSeconds: number | null;
}

export interface LevelNow {
  readonly level: Level;
  readonly name: string;
  readonly because: string;
  /** When the governor set its level; null where it never did. */
  readonly since: string | null;
  readonly pinned: boolean;
  /** The governor's own. */
  readonly measured: Level;
}

/** What to read besides depths, levels and open groups. */
export interface Wanted {
  readonly statuses: readonly Status[];
  /** Of the oldest messages. */
  readonly ages: boolean;
}

export type StackReader = Pick<Clients, 'sqs' | 'now'> & { readonly getMetricData: GetMetricData };

/** Reads the state of queues of a stack, as much of it as may be read. Never throws for a reading that fails. */
export async function readStack(
  reader: StackReader,
  stack: Stack,
  queues: readonly QueuePolicy[],
  { statuses, ages }: Wanted,
): Promise<StackState> {
  const { db, table, policy } = stack.healer;
  const { read, unread } = gathering();
  const keys = queues.map(({ key }) => key);
  const now = reader.now();
  const [paused, controls, traffic, states] = await Promise.all([
    read(null, 'pause', () => readPaused(db, table)),
    read(null, 'levels', () => readControls(db, table, keys)),
    read(null, 'metrics', () => readTraffic(reader.getMetricData, policy.stack, queues, ages, now)),
    Promise.all(
      queues.map(async (queue) => {
        const [depths, groups, ...counts] = await Promise.all([
          readDepths(reader, read, queue.key, refsOf(queue)),
          read(queue.key, 'groups', () => countOpenGroups(db, table, queue.key)),
          ...statuses.map((status) =>
            read(queue.key, `letters ${status}`, () => countByStatus(db, table, queue.key, status)),
          ),
        ]);
        return {
          queue: queue.key,
          depths,
          groups,
          letters: Object.fromEntries(statuses.map((s, i) => [s, counts[i]])),
        };
      }),
    ),
  ]);
  return {
    ...{ stack: stack.name, region: stack.region, mode: stack.mode, paused },
    at: new Date(now).toISOString(),
    queues: states.map(({ queue, depths, groups, letters }) => {
      const its = traffic?.get(queue) ?? null;
      const control = controls?.get(queue);
      return {
        queue,
        messages: depths.map((one) => ({ ...one, oldestSeconds: its?.oldest.get(one.name) ?? null })),
        lastHour: its === null ? null : { arrived: total(its.arrived), healed: total(its.healed) },
        letters,
        groups,
        level: control === undefined ? null : levelNow(control),
        traffic: its,
      };
    }),
    unread,
  };
}

/** Depths of a DLQ that no stack manages, and of its sources. */
export async function readUnmanaged(clients: Clients, { name, queue }: Place): Promise<StackState> {
  const { read, unread } = gathering();
  const depths = await readDepths(clients, read, name, unmanagedRefs(queue));
  const messages = depths.map((one) => ({ ...one, oldestSeconds: null }));
  return {
    ...{ stack: null, region: await clients.region(), mode: null, paused: null },
    at: new Date(clients.now()).toISOString(),
    queues: [{ queue: name, messages, lastHour: null, letters: null, groups: null, level: null, traffic: null }],
    unread,
  };
}

const UNKNOWN = { visible: null, inFlight: null, delayed: null };

const readDepths = (
  { sqs }: Pick<Clients, 'sqs'>,
  read: Gathering['read'],
  queue: string,
  refs: readonly QueueRef[],
): Promise<(Pick<Messages, 'role' | 'name'> & (Depth | typeof UNKNOWN))[]> =>
  Promise.all(
    refs.map(async (ref) => {
      const { role, name } = ref;
      return { role, name, ...((await read(queue, `depth of ${name}`, () => readDepth(sqs, ref.url))) ?? UNKNOWN) };
    }),
  );

function levelNow(control: Control): LevelNow {
  const { state, pinnedLevel } = control;
  const level = levelOf(control);
  return {
    level,
    name: LEVEL_NAMES[level],
    because: reasonOf(control),
    since: state.since === 0 ? null : new Date(state.since).toISOString(),
    pinned: pinnedLevel !== undefined,
    measured: state.level,
  };
}
