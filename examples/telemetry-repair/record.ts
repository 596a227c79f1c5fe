import { PermanentError } from '../../kit/index.ts';

/** What a device sends, and, once a letter was mended, what the repair added. */
export interface TelemetryRecord {
  readonly record_id: string;
  readonly device_id: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly speed_kmh: number;
  /** ISO 8601. */
  readonly time: string;
  /** From the repair: of the device that the record is now about. */
  readonly device?: Device;
  /** From the repair: the id that the record came with, where it was corrected. */
  readonly reported_device_id?: string;
}

/** What the consumer needs to know of a device. */
export interface Device {
  readonly vehicle: string;
  readonly fleet: string;
}

/** Inclusive. */
const RANGES = {
  latitude: [-90, 90],
  longitude: [-180, 180],
  speed_kmh: [0, 500],
} as const;

/** @throws PermanentError named `ValidationError` that says which field is wrong: no retry moves a device onto the globe */
export function validate(value: unknown): TelemetryRecord {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('a record must be an object');
  const record = value as Readonly<Record<string, unknown>>;
  for (const field of ['record_id', 'device_id', 'time']) {
    if (typeof record[field] !== 'string' || record[field] === '')
      throw invalid(`field "${field}" must be a non-empty string`);
  }
  if (Number.isNaN(Date.parse(record.time as string))) throw invalid('field "time" must be a date and time');
  for (const [field, [least, most]] of Object.entries(RANGES)) {
    const number = record[field];
    if (typeof number !== 'number' || number < least || number > most)
      throw invalid(`field "${field}" must be a number from ${least} to ${most}`);
  }
  return value as TelemetryRecord;
}

const invalid = (message: string) => new PermanentError(message, { name: 'ValidationError' });
