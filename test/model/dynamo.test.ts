import { afterAll, beforeAll, expect, it } from 'vitest';
import { held, released } from '../../handlers/core/group.ts';
import { type Cloud, startCloud, startStack } from '../healer/cloud.ts';
import { byHand, deploy, live, pause, pin, produce, type Written } from './commands.ts';
import { perform } from './dynamo.ts';
import { createWorld, type Health, type World } from './world.ts';

/** The DynamoDB in memory answers as the emulator does, to every call that the handlers make in a long story. */

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.stop());

type Call = readonly [command: string, input: Readonly<Record<string, unknown>>];

/** What the handlers ask of the ledger in a story with every kind of death, by hand and by clock. */
async function callsOf(world: World): Promise<Call[]> {
  const calls: Call[] = [];
  world.watch = (command, input) => void calls.push([command, structuredClone(input)]);
  const { now } = Date;
  Date.now = () => world.now;
  try {
    const letter: Written = { kind: 'plain', number: 1, full: false, lane: 1 };
    for (const health of ['503', '429', 'timeout', 'bug', '401', 'no memory', 'silent'] as Health[]) {
      world.health = health;
      produce(world, [
        letter,
        { ...letter, number: 2, lane: 2 },
        { ...letter, kind: 'invalid' },
        { ...letter, full: true },
      ]);
      await live(world, 6);
    }
    await byHand(world, 0, held);
    await pin(world, 4);
    await pause(world, true);
    await live(world, 2);
    await pause(world, false);
    await pin(world, undefined);
    world.depth = 60_000;
    world.health = 'bug';
    produce(world, [letter, letter]);
    await live(world, 2);
    world.depth = 0;
    deploy(world);
    for (let n = 0; n < 6; n++) await byHand(world, n, released);
    await live(world, 20);
  } finally {
    Date.now = now;
  }
  return calls;
}

const inSomeOrder = (answer: unknown): unknown => {
  const { Items, Responses, Attributes, Item, LastEvaluatedKey } = answer as Record<string, unknown>;
  const texts = (list: unknown) => (list as unknown[] | undefined)?.map((one) => text(one)).sort();
  const read = Object.values((Responses ?? {}) as object).map(texts);
  return {
    items: texts(Items),
    read,
    attributes: text(Attributes),
    item: text(Item),
    more: LastEvaluatedKey !== undefined,
  };
};

const text = (value: unknown): string =>
  JSON.stringify(value, (_, part) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  ) ?? '';

it.each([false, true])(
  'answers every call of a long story as the emulator does; FIFO: %s',
  async (fifo) => {
    const world = createWorld({ seed: 7, fifo, confirms: false });
    const calls = await callsOf(world);
    const stack = await startStack(cloud);
    const lib = (await import('@aws-sdk/lib-dynamodb')) as unknown as Record<string, new (input: object) => never>;
    const tables = createWorld({ seed: 7, fifo, confirms: false }).tables;
    const kinds = new Map<string, number>();
    let compared = 0;
    for (const [command, input] of calls) {
      const kind = `${command} ${['UpdateExpression', 'ConditionExpression', 'KeyConditionExpression', 'FilterExpression'].map((one) => String(input[one]).replaceAll(/[#:]\w+/g, '')).join(' ')}`;
      const times = (kinds.get(kind) ?? 0) + 1;
      kinds.set(kind, times);
      // Writes must all be made; of reads a few of each kind do, for the emulator is slow.
      if (times > 12 && ['BatchGetCommand', 'QueryCommand', 'GetCommand'].includes(command)) continue;
      const Command = lib[command];
      if (Command === undefined) throw new Error(`what is ${command}?`);
      const ours = await answerOf(async () => perform(tables, command, input));
      const theirs = await answerOf(() => cloud.db.send(new Command(renamed(input, stack.healer.table))));
      expect({ kind, ...ours }).toEqual({ kind, ...theirs });
      compared += 1;
    }
    expect(compared).toBeGreaterThan(200);
    expect(kinds.size).toBeGreaterThan(15);
  },
  240_000,
);

async function answerOf(work: () => Promise<unknown>) {
  try {
    return { answer: inSomeOrder(await work()) };
  } catch (error) {
    return { error: (error as Error).name };
  }
}

/** The same call for another table. */
function renamed(input: Readonly<Record<string, unknown>>, table: string): object {
  const { RequestItems, TableName } = input;
  if (TableName !== undefined) return { ...input, TableName: table };
  return { ...input, RequestItems: { [table]: Object.values(RequestItems as object)[0] } };
}
