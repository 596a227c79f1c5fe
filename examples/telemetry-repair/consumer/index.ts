// Books each position with the vehicle and the fleet that its device belongs to.
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { requireEnv } from '../../../handlers/core/env.ts';
import { consume } from '../../../kit/index.ts';
import { type KnownDevice, readMetadata } from '../metadata.ts';
import { type TelemetryRecord, validate } from '../record.ts';
import { redisAt } from '../redis.ts';
import { booking } from './booking.ts';

/** Not permanent: a neighbour's repair may load the device before the last try. The module's rule knows it by its name. */
class DeviceMetadataMissing extends Error {
  override readonly name = 'DeviceMetadataMissing';
}

let services: ReturnType<typeof connect> | undefined;

function connect() {
  const environment = requireEnv(['REDIS_URL', 'POSITIONS_TABLE']);
  return { environment, redis: redisAt(environment.REDIS_URL), dynamodb: new DynamoDBClient({}) };
}

export const handler = consume(
  async (message, { signal }) => {
    services ??= connect();
    const { environment, redis, dynamodb } = services;
    const record = validate(message.json());
    // What the repair put into a letter counts; what a producer puts there does not.
    const repaired = message.attempt > 0 ? deviceIn(record) : undefined;
    const device = repaired ?? (await readMetadata(redis, record.device_id));
    if (device === undefined) throw new DeviceMetadataMissing('Redis has no metadata of this device');
    signal.throwIfAborted();
    await dynamodb.send(new UpdateItemCommand(booking(environment.POSITIONS_TABLE, record, device, message)));
  },
  // Short, so that a demonstration ends soon: up to 4 s before the second try, up to 8 s before the third. The defaults,
  // 5 and 900, give a cache that is being filled more time.
  { backoff: { baseSeconds: 4, maxSeconds: 60 } },
);

const deviceIn = ({ device_id, device }: TelemetryRecord): KnownDevice | undefined =>
  device === undefined ? undefined : { deviceId: device_id, ...device };
