// Devices' metadata as Redis holds it: a hash `device:<id>` with `vehicle` and `fleet`, or, of a device that another has
// replaced, with `replacedBy`.
import type { Device } from './record.ts';
import type { Redis } from './redis.ts';

/** A day: until then a change in the registry may go unseen. */
const TTL_SECONDS = 24 * 3600;

/** A device under the id that it has now. */
export interface KnownDevice extends Device {
  readonly deviceId: string;
}

/** What Redis knows of a device, or of the one that replaced it; undefined where it knows nothing. */
export async function readMetadata(redis: Redis, deviceId: string): Promise<KnownDevice | undefined> {
  const named = await redis((client) => client.hGetAll(keyOf(deviceId)));
  const currentId = named.replacedBy ?? deviceId;
  const { vehicle, fleet } = currentId === deviceId ? named : await redis((client) => client.hGetAll(keyOf(currentId)));
  return vehicle === undefined || fleet === undefined ? undefined : { deviceId: currentId, vehicle, fleet };
}

/** Lets the next record find the device, under the id that this one came with too. May be repeated. */
export async function loadMetadata(redis: Redis, { deviceId, ...device }: KnownDevice, reportedId: string) {
  await write(redis, deviceId, { ...device });
  if (reportedId !== deviceId) await write(redis, reportedId, { replacedBy: deviceId });
}

/** Both or neither, or the hash could stay for ever; and no field of an older one stays. */
const write = (redis: Redis, deviceId: string, fields: Record<string, string>) =>
  redis((client) =>
    client.multi().del(keyOf(deviceId)).hSet(keyOf(deviceId), fields).expire(keyOf(deviceId), TTL_SECONDS).exec(),
  );

const keyOf = (deviceId: string) => `device:${deviceId}`;
