import { seededRandom, shuffled } from '../../shared/random.ts';
import type { KnownDevice } from '../metadata.ts';
import type { KindName } from './kinds.ts';

/** A device that sends records, and what is true of it. */
export interface Sender {
  readonly kind: KindName;
  readonly deviceId: string;
  /** The device as the registry has it, at once or later; undefined where it never does. */
  readonly truth?: KnownDevice;
}

export interface Sent {
  readonly recordId: string;
  readonly sender: Sender;
  readonly body: string;
}

/** So many devices of each kind. */
export type FleetSize = Readonly<Record<KindName, number>>;

export const DEFAULT_SIZE: FleetSize = { known: 24, missing: 10, replaced: 6, unknown: 4, late: 3, impossible: 6 };

/** The devices of one run, the same for the same seed. No two send under one id. */
export function makeFleet(seed: number, size: FleetSize = DEFAULT_SIZE): Sender[] {
  const random = seededRandom(seed);
  const fleets = ['north', 'south', 'harbour', 'night'];
  const kinds = (Object.keys(size) as KindName[]).flatMap((kind) => Array<KindName>(size[kind]).fill(kind));
  return kinds.map((kind, index) => {
    const deviceId = `gps-${seed}-${String(index + 1).padStart(4, '0')}`;
    if (kind === 'unknown') return { kind, deviceId };
    const truth = {
      deviceId: kind === 'replaced' ? `${deviceId}-b` : deviceId,
      vehicle: `truck-${100 + Math.floor(random() * 900)}`,
      fleet: fleets[Math.floor(random() * fleets.length)] as string,
    };
    return { kind, deviceId, truth };
  });
}

/** One record of each of these devices, in an order that depends on the seed alone. `round` keeps the ids of several apart. */
export function makeRecords(senders: readonly Sender[], seed: number, round: number, now: number): Sent[] {
  const random = seededRandom(seed * 1000 + round);
  return shuffled(senders, random).map((sender, index) => {
    const recordId = `record-${seed}-${round}-${String(index + 1).padStart(4, '0')}`;
    const place = placeOf(random);
    const record = {
      record_id: recordId,
      device_id: sender.deviceId,
      ...(sender.kind === 'impossible' ? offTheGlobe(place, random) : place),
      speed_kmh: Math.round(random() * 1200) / 10,
      time: new Date(now + index * 1000).toISOString(),
    };
    return { recordId, sender, body: JSON.stringify(record) };
  });
}

interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

/** Somewhere around Vienna, to about ten metres. */
const placeOf = (random: () => number): Place => ({
  latitude: Math.round((48 + random() / 2) * 10_000) / 10_000,
  longitude: Math.round((16 + random()) * 10_000) / 10_000,
});

/** What receivers send: the two swapped and scaled, or a number that stands for "no fix". */
function offTheGlobe({ latitude, longitude }: Place, random: () => number): Place {
  return random() < 0.5 ? { latitude: latitude * 10, longitude: longitude * 10 } : { latitude: 999, longitude };
}
