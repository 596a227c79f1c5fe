import type { KnownDevice } from '../metadata.ts';
import type { TelemetryRecord } from '../record.ts';

type Reported = Readonly<Record<string, unknown>> & Pick<TelemetryRecord, 'device_id'>;

/** The record in a letter's body; undefined where there is none that names a device. What else is in it is the consumer's to check. */
export function readRecord(body: string): Reported | undefined {
  try {
    const value = JSON.parse(body) as unknown;
    const { device_id } = Object(value) as { device_id?: unknown };
    return typeof device_id === 'string' && device_id !== '' ? (value as Reported) : undefined;
  } catch {
    return undefined;
  }
}

/** The record with the device's metadata, and with the id that the device has now. */
export function mended(record: Reported, { deviceId, vehicle, fleet }: KnownDevice): string {
  // Whatever the producer wrote there goes.
  const reported = deviceId === record.device_id ? undefined : record.device_id;
  return JSON.stringify({ ...record, device_id: deviceId, reported_device_id: reported, device: { vehicle, fleet } });
}
