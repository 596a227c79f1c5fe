// The system's course: known and unknown devices, the records after them, and a cache that goes away and comes back.
import { setTimeout as sleep } from 'node:timers/promises';
import type { KnownDevice } from '../../../examples/telemetry-repair/metadata.ts';
import { loadMetadata } from '../../../examples/telemetry-repair/metadata.ts';
import { makeFleet, makeRecords, type Sender } from '../../../examples/telemetry-repair/producer/fleet.ts';
import { type LetterRow, readTruth } from '../../demo/truth.ts';
import type { Redis } from '../../local-aws/redis.ts';
import { untilQuiet } from '../quiet.ts';
import type { Applied } from '../system.ts';
import { collect } from './collect.ts';
import { replay } from './replay.ts';
import type { Cached, Death, Report, Round, SentRecord } from './report.ts';
import { listen } from './watch.ts';
import { createWorld, type World } from './world.ts';

const SEED = 6;
const OUTAGE_RECORDS = 8;
/** A life of three tries lasts up to 12 s, and the function starts anew. */
const DIE_WITHIN_SECONDS = 60;

export async function runCourse(applied: Applied, redis: Redis): Promise<Report> {
  const begin = Date.now();
  const world = createWorld(applied);
  const truth = readTruth(applied.aws);
  const { heard, stop } = listen(applied.host, world.functions);
  const sent: SentRecord[] = [];
  const unsettled: string[] = [];
  const { progress } = applied;

  const rest = async (phase: string) => {
    if (!(await untilQuiet(applied, { prefix: world.prefix }))) unsettled.push(phase);
  };
  const send = async (senders: readonly Sender[], round: Round) => {
    const records = makeRecords(senders, SEED, ROUNDS.indexOf(round) + 1, Date.now());
    sent.push(...(await world.send(records)).map((record) => ({ ...record, round })));
  };

  try {
    const fleet = makeFleet(SEED);
    const ofKind = (...kinds: Sender['kind'][]) => fleet.filter(({ kind }) => kinds.includes(kind));
    await world.register(ofKind('known', 'missing', 'replaced', 'impossible'));
    for (const { truth } of ofKind('known', 'impossible')) await load(redis, truth);

    progress.step('records of known, missing, replaced and unknown devices');
    await send(fleet, 'first');
    await rest('the first records');

    progress.step('the registry gets to know the late devices; their letters are replayed');
    const late = ofKind('late');
    await world.register(late);
    const declined = (await truth.letters(world.outputs.ledger_table)) as (LetterRow & Death)[];
    const replayed = await replay(
      applied.aws,
      world,
      sent.filter(({ sender }) => sender.kind === 'late').map(({ originId }) => originId),
    );
    await rest('the replay');

    progress.step('the next record of each device that was missing');
    const healed = ofKind('missing', 'replaced', 'late');
    await send(healed, 'next');
    await rest('the next records');
    const cached = await readCache(redis, healed);

    progress.step('the cache goes away');
    await redis.stop();
    const downSince = Date.now();
    await send(ofKind('known').slice(0, OUTAGE_RECORDS), 'outage');
    await untilDead(world, truth, sent);
    await redis.start();
    const upSince = Date.now();
    progress.step('the cache is back');
    await rest('the outage');

    return {
      ...heard,
      sent,
      cached,
      unsettled,
      declined: declined.filter(({ status }) => status === 'archived'),
      replayed,
      ...(await collect(applied, world, truth)),
      seconds: {
        down: (upSince - downSince) / 1000,
        recovery: (Date.now() - upSince) / 1000,
        total: (Date.now() - begin) / 1000,
      },
    };
  } finally {
    stop();
    truth.close();
    world.close();
  }
}

const ROUNDS: readonly Round[] = ['first', 'next', 'outage'];

async function load(redis: Redis, device: KnownDevice | undefined): Promise<void> {
  // biome-ignore lint/suspicious/noExplicitAny: the same client with another type of options
  if (device !== undefined) await loadMetadata((work) => redis.with(work as any), device, device.deviceId);
}

/** What Redis holds under each id that a record may come with. */
const readCache = (redis: Redis, senders: readonly Sender[]): Promise<Cached[]> =>
  redis.with(async (client) => {
    const ids = [...new Set(senders.flatMap(({ deviceId, truth }) => [deviceId, truth?.deviceId ?? deviceId]))];
    return Promise.all(
      ids.map(async (deviceId) => ({
        deviceId,
        fields: { ...(await client.hGetAll(`device:${deviceId}`)) },
        ttlSeconds: Number(await client.ttl(`device:${deviceId}`)),
      })),
    );
  });

/** Until each record of the outage has died once, so that the cache comes back after, not before, they need it. */
async function untilDead(
  world: World,
  truth: ReturnType<typeof readTruth>,
  sent: readonly SentRecord[],
): Promise<void> {
  const waiting = new Set(sent.filter(({ round }) => round === 'outage').map(({ originId }) => originId));
  const deadline = Date.now() + DIE_WITHIN_SECONDS * 1000;
  while (waiting.size > 0 && Date.now() < deadline) {
    await sleep(1_000);
    for (const { originId } of await truth.letters(world.outputs.ledger_table)) waiting.delete(originId);
  }
}
