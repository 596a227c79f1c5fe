import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Message } from '../../../kit/index.ts';
import type { KnownDevice } from '../metadata.ts';
import type { TelemetryRecord } from '../record.ts';

/**
 * The write of one position. `processed` counts on purpose, with no condition: a record that is processed twice shows.
 * `originId` leads to the ledger and the archive, `messageId` back from them.
 */
export function booking(
  TableName: string,
  record: TelemetryRecord,
  { deviceId, vehicle, fleet }: KnownDevice,
  { id, originId, attempt }: Message,
): UpdateItemCommandInput {
  const repaired = attempt > 0 && record.device !== undefined;
  const reportedId = (repaired ? record.reported_device_id : undefined) ?? record.device_id;
  const fields = {
    deviceId,
    ...(reportedId === deviceId ? {} : { reportedDeviceId: reportedId }),
    vehicle,
    fleet,
    latitude: record.latitude,
    longitude: record.longitude,
    speedKmh: record.speed_kmh,
    recordedAt: record.time,
    // Whether the metadata came with the letter, from the repair, or from Redis.
    repaired,
    messageId: id,
    originId,
    heals: attempt,
  };
  const names = Object.keys(fields);
  return {
    TableName,
    Key: marshall({ recordId: record.record_id }),
    UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')} ADD #processed :one`,
    ExpressionAttributeNames: Object.fromEntries([...names, 'processed'].map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: marshall({
      ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [`:${name}`, value])),
      ':one': 1,
    }),
  };
}
