import fc from 'fast-check';
import { changeBreaker } from '../../handlers/aws/breakers.ts';
import { pinLevel, setPaused } from '../../handlers/aws/control.ts';
import { type Breaker, held, released } from '../../handlers/core/group.ts';
import type { Level } from '../../handlers/core/level.ts';
import { governorOf } from './aws.ts';
import { type Fault, NO_FAULT, startRun, tell } from './faults.ts';
import { checkStanding } from './promises.ts';
import { consume, governOnce, heal } from './runs.ts';
import { type BodyKind, type Dead, groupRows, type Health, type World } from './world.ts';

/** What may happen next. The model is the world's own books; nothing is ever impossible. */
export type Command = fc.AsyncCommand<object, World>;

/** One step, after which the promises must hold. */
function command(words: string, act: (world: World) => unknown): Command {
  return {
    check: () => true,
    toString: () => `\n  ${words}`,
    run: async (_, world) => {
      world.now += 1;
      await act(world);
      checkStanding(world);
      failIfBroken(world);
    },
  };
}

export function failIfBroken({ violations, now }: World): void {
  if (violations.length === 0) return;
  throw new Error(`at ${new Date(now).toISOString()}: ${[...new Set(violations)].slice(0, 5).join('\n')}`);
}

export interface Written {
  readonly kind: BodyKind;
  /** Letters of one number share their body. */
  readonly number: number;
  /** All ten attributes are taken. */
  readonly full: boolean;
  readonly lane: number;
}

export function produce(world: World, letters: readonly Written[]): void {
  for (const { kind, number, full, lane } of letters) {
    const name = `m${world.produced.size + 1}`;
    const text = (StringValue: string) => ({ DataType: 'String', StringValue });
    const more = Array.from({ length: full ? 9 : 0 }, (_, i) => [`a${i}`, text('x')]);
    const message = {
      id: name,
      name,
      body: JSON.stringify({ kind, number }),
      attributes: { name: text(name), ...Object.fromEntries(more) },
      ...(world.fifo ? { group: `lane${lane}` } : {}),
      visibleAt: world.now,
      attempt: 0,
    };
    world.produced.set(name, message);
    world.source.push(message);
  }
}

/** A batch as SQS would give it: of a FIFO queue nothing that is behind what it does not give. */
export function pick(world: World, mask: number, atMost = 10): Dead[] {
  const stopped = new Set<string | undefined>();
  return world.dlq
    .filter(({ message }, i) => {
      const lane = world.fifo ? message.group : undefined;
      const chosen = ((mask >> (i % 16)) & 1) === 1 && !(world.fifo && stopped.has(lane));
      if (!chosen) stopped.add(lane);
      return chosen;
    })
    .slice(0, atMost);
}

/** The consumer, the healer and the governor at work, minute by minute. */
export async function live(world: World, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute++) {
    consume(world, 1000, false);
    for (let rounds = 0; world.dlq.length > 0 && rounds < 20; rounds++) {
      const before = world.dlq.length;
      await heal(world, pick(world, 0xffff), NO_FAULT);
      if (world.dlq.length === before) break;
    }
    await governOnce(world);
    world.now += 60_000;
  }
}

/** A person's commands on a group. */
export async function byHand(
  world: World,
  number: number,
  change: (breaker: Breaker, now: number) => Breaker,
): Promise<void> {
  const rows = groupRows(world);
  const row = rows[number % Math.max(1, rows.length)];
  if (row === undefined) return;
  const name = { queueKey: 'orders', group: String(row.group), failureClass: String(row.failureClass) };
  world.byHand = true;
  await changeBreaker(
    personOf(world),
    name,
    row,
    (breaker) => change(breaker, world.now),
    () => ({ originId: '', status: 'waiting', reason: '', error: '' }),
  );
  world.byHand = false;
}

const personOf = (world: World) =>
  governorOf(world, startRun(NO_FAULT, { handler: 'governor', paused: false, level: 0, isAlone: true }));

export async function pause(world: World, paused: boolean): Promise<void> {
  await setPaused(personOf(world).db, 'ledger', paused);
  world.paused = paused;
}

export const pin = (world: World, level: Level | undefined) => pinLevel(personOf(world).db, 'ledger', 'orders', level);

/** What was a bug works from now on. */
export function deploy(world: World): void {
  world.codeSha256 = `code ${world.now}`;
  world.deployedAt = world.now;
  if (world.health === 'bug') world.health = 'well';
}

async function together(world: World, first: number, second: number, governors: number): Promise<void> {
  world.interleaved = true;
  const other = world.fifo ? [] : pick(world, second);
  await Promise.all([
    heal(world, pick(world, first), NO_FAULT, { isAlone: false }),
    heal(world, other, NO_FAULT, { isAlone: false }),
    ...Array.from({ length: governors }, () => governOnce(world, NO_FAULT, false)),
  ]);
  world.interleaved = false;
}

const written: fc.Arbitrary<Written> = fc.record({
  kind: fc.oneof(
    { arbitrary: fc.constant<BodyKind>('plain'), weight: 8 },
    { arbitrary: fc.constantFrom<BodyKind>('poison', 'invalid'), weight: 1 },
  ),
  number: fc.integer({ min: 1, max: 12 }),
  full: fc.integer({ min: 0, max: 5 }).map((n) => n === 5),
  lane: fc.integer({ min: 1, max: 2 }),
});

const call = fc.integer({ min: 1, max: 40 });
const faultsAt = (operations: readonly string[]): fc.Arbitrary<Fault> =>
  fc.oneof(
    { arbitrary: fc.constant(NO_FAULT), weight: 4 },
    { arbitrary: fc.record({ kind: fc.constant('kill' as const), call, done: fc.boolean() }), weight: 2 },
    {
      arbitrary: fc.record({
        kind: fc.constant('fail' as const),
        call,
        how: fc.constantFrom('refused' as const, 'answer lost' as const, 'made twice' as const),
      }),
      weight: 2,
    },
    {
      arbitrary: fc.constantFrom(...operations).map((operation) => ({ kind: 'outage' as const, operation })),
      weight: 2,
    },
    { arbitrary: fc.record({ kind: fc.constant('slow' as const), call }), weight: 1 },
    {
      arbitrary: fc.integer({ min: 0, max: 3 }).map((n) => ({ kind: 'partly sent' as const, forGood: n === 3 })),
      weight: 1,
    },
  );
const healFault = faultsAt(['SendMessageBatch', 'PutObject', 'PutItem', 'BatchGet', 'BatchWrite', 'Update', 'Publish']);
const governFault = faultsAt(['SendMessageBatch', 'GetObject', 'BatchGet', 'Query', 'Update', 'GetQueueAttributes']);

const mask = fc.oneof(fc.constant(0xffff), fc.integer({ min: 1, max: 0xffff }));
const bits = (n: number) => n.toString(2).padStart(16, '0');
const small = fc.integer({ min: 0, max: 3 });
const HEALTHS: readonly Health[] = ['well', '503', '429', 'timeout', 'bug', '401', 'no memory', 'silent'];

const describe = (letters: readonly Written[]) =>
  letters.map(({ kind, number, full, lane }) => `${kind} ${number}${full ? ' (full)' : ''} in lane ${lane}`).join(', ');

const kinds: readonly (readonly [number, fc.Arbitrary<Command>])[] = [
  [
    3,
    fc
      .array(written, { minLength: 1, maxLength: 6 })
      .map((letters) => command(`written: ${describe(letters)}`, (world) => produce(world, letters))),
  ],
  [
    4,
    fc
      .tuple(fc.array(written, { minLength: 1, maxLength: 5 }), fc.constantFrom(...HEALTHS.slice(1)))
      .map(([letters, health]) =>
        command(`written, and dead of ${health} if of nothing else: ${describe(letters)}`, (world) => {
          const { health: before } = world;
          produce(world, letters);
          world.health = health;
          consume(world, 1000, false);
          world.health = before;
        }),
      ),
  ],
  [
    4,
    fc
      .tuple(fc.integer({ min: 1, max: 12 }), small)
      .map(([n, twins]) =>
        command(`the consumer takes up to ${n}${twins === 3 ? ', each of which dies twice' : ''}`, (world) =>
          consume(world, n, twins === 3),
        ),
      ),
  ],
  [
    5,
    fc
      .tuple(mask, healFault, small)
      .map(([chosen, what, lost]) =>
        command(
          `heal, of the DLQ ${bits(chosen)}${tell(what)}${lost === 3 ? ', and all are delivered again' : ''}`,
          (world) => heal(world, pick(world, chosen), what, { lostAck: lost === 3 }),
        ),
      ),
  ],
  [4, governFault.map((what) => command(`govern${tell(what)}`, (world) => governOnce(world, what)))],
  [
    3,
    fc.constantFrom(1, 20, 61, 130, 400, 1000, 4000, 15_000).map((seconds) =>
      command(`${seconds} s pass`, (world) => {
        world.now += seconds * 1000;
      }),
    ),
  ],
  [
    3,
    fc
      .integer({ min: 1, max: 12 })
      .map((minutes) => command(`all work for ${minutes} minutes`, (world) => live(world, minutes))),
  ],
  [
    3,
    fc.constantFrom(...HEALTHS).map((health) =>
      command(`the consumer’s health is: ${health}`, (world) => {
        world.health = health;
      }),
    ),
  ],
  [1, fc.constant(command('a deploy', deploy))],
  [1, small.map((n) => command(`a person releases group ${n}`, (world) => byHand(world, n, released)))],
  [1, small.map((n) => command(`a person holds group ${n}`, (world) => byHand(world, n, held)))],
  [1, fc.boolean().map((on) => command(on ? 'paused' : 'resumed', (world) => pause(world, on)))],
  [
    1,
    fc
      .constantFrom<Level | undefined>(0, 1, 2, 3, 4, undefined, undefined)
      .map((level) =>
        command(`the level is ${level === undefined ? 'not pinned' : `pinned at ${level}`}`, (world) =>
          pin(world, level),
        ),
      ),
  ],
  [
    1,
    fc.constantFrom(0, 0, 15_000, 30_000, 60_000, 200_000).map((depth) =>
      command(`the source queue’s depth is ${depth}`, (world) => {
        world.depth = depth;
      }),
    ),
  ],
  [
    2,
    fc
      .tuple(mask, mask, fc.integer({ min: 0, max: 2 }))
      .map(([first, second, governors]) =>
        command(`at once: heal ${bits(first)}, heal ${bits(second)}, and ${governors} governors`, (world) =>
          together(world, first, second, governors),
        ),
      ),
  ],
];

/** Each kind as often as its weight says: fast-check draws evenly from the list. */
export const commands = (replayPath?: string) =>
  fc.commands(
    kinds.flatMap(([weight, arbitrary]) => Array.from({ length: weight }, () => arbitrary)),
    { maxCommands: 50, size: 'max', ...(replayPath === undefined ? {} : { replayPath }) },
  );
