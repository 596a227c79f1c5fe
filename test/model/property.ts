import fc from 'fast-check';
import { breakerOf } from '../../handlers/aws/breakers.ts';
import { type Breaker, isOpen, released } from '../../handlers/core/group.ts';
import { byHand, commands, deploy, failIfBroken, live, pause, pin } from './commands.ts';
import { checkEnd, checkStanding, forPersons } from './promises.ts';
import { governOnce } from './runs.ts';
import { type Choices, createWorld, groupRows, letterRows, type World } from './world.ts';

const choices: fc.Arbitrary<Choices> = fc.record({
  seed: fc.nat(),
  fifo: fc.integer({ min: 0, max: 2 }).map((n) => n === 2),
  confirms: fc.boolean(),
});

/** Whatever happens, the promises hold; and once all is well again everything comes to its end. */
export const promisesHold = (replayPath?: string) =>
  fc.asyncProperty(choices, commands(replayPath), async (chosen, some) => {
    const world = createWorld(chosen);
    const { now } = Date;
    // The healer's and Powertools' own clock.
    Date.now = () => world.now;
    try {
      await fc.asyncModelRun(() => ({ model: {}, real: world }), some);
      await settle(world);
    } finally {
      Date.now = now;
    }
  });

const HOURS = 12;

async function settle(world: World): Promise<void> {
  Object.assign(world, { health: 'well', depth: 0 });
  await pause(world, false);
  await pin(world, undefined);
  await governOnce(world); // it may be the first to look which code runs
  world.now += 60_000;
  deploy(world);
  await live(world, 20); // until the level has fallen, and the deploy was noticed and made use of
  const end = world.now + HOURS * 3600_000;
  while (world.now < end && !isQuiet(world, 'time')) await liveOn(world);
  checkAll(world, false);
  for (let round = 0; round < 10 && !isQuiet(world, 'person'); round++) {
    for (const [n, row] of groupRows(world).entries())
      if (isOpen(breakerOf(row))) await byHand(world, n, (breaker: Breaker, now) => released(breaker, now));
    const later = world.now + 3600_000;
    while (world.now < later && !isQuiet(world, 'person')) await liveOn(world);
  }
  checkAll(world, true);
}

/** A minute; several where nobody has anything to do. */
async function liveOn(world: World): Promise<void> {
  const idle = world.dlq.length === 0 && world.source.every(({ visibleAt }) => visibleAt > world.now);
  await live(world, 1);
  if (idle) world.now += 240_000;
}

function checkAll(world: World, isPersonDone: boolean): void {
  checkStanding(world);
  checkEnd(world, isPersonDone);
  failIfBroken(world);
}

/** Nothing is under way any more but what waits for a person. */
function isQuiet(world: World, until: 'time' | 'person'): boolean {
  const open = groupRows(world).map(breakerOf).filter(isOpen);
  const waitsOn = open.some(
    ({ state, releasedBy }) => until === 'person' || state !== 'holding' || releasedBy === 'time',
  );
  const byPerson = until === 'time' ? forPersons(world) : new Set<unknown>();
  const parked = letterRows(world).some((row) => row.status === 'parked' && !byPerson.has(row));
  return world.source.length + world.dlq.length === 0 && !waitsOn && !parked;
}
