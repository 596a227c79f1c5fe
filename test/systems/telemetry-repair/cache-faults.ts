import { DEFAULT_SIZE } from '../../../examples/telemetry-repair/producer/fleet.ts';
import { KINDS, type KindName } from '../../../examples/telemetry-repair/producer/kinds.ts';
import type { Report } from './report.ts';

/** Redis must hold each device that was repaired, and know whom the id of a replaced one means; none of it for ever. */
export function cacheFaults({ sent, cached, replayed, deaths }: Report): string[] {
  const held = new Map(cached.map((one) => [one.deviceId, one]));
  const healed = sent.filter(({ round }) => round === 'next').map(({ sender }) => sender);
  const wanted = healed.flatMap(({ deviceId, truth }) =>
    truth === undefined
      ? []
      : [
          [truth.deviceId, { vehicle: truth.vehicle, fleet: truth.fleet }] as const,
          ...(truth.deviceId === deviceId ? [] : [[deviceId, { replacedBy: truth.deviceId }] as const]),
        ],
  );
  return [
    ...wanted.flatMap(([deviceId, fields]) => {
      const found = held.get(deviceId);
      return [
        ...(sameFields(found?.fields ?? {}, fields)
          ? []
          : [
              `Redis holds ${JSON.stringify(found?.fields ?? {})} of ${deviceId}; it must be ${JSON.stringify(fields)}`,
            ]),
        ...((found?.ttlSeconds ?? 0) > 0 ? [] : [`Redis would hold ${deviceId} for ever`]),
      ];
    }),
    ...(replayed === DEFAULT_SIZE.late ? [] : [`${replayed} letters were replayed; it must be ${DEFAULT_SIZE.late}`]),
    ...unusedKinds(sent.map(({ sender }) => sender.kind)),
    ...(deaths.length > 0 ? [] : ['nothing died']),
  ];
}

function sameFields(found: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
  const names = new Set([...Object.keys(found), ...Object.keys(wanted)]);
  return [...names].every((name) => found[name] === wanted[name]);
}

const unusedKinds = (sent: readonly KindName[]): string[] =>
  Object.keys(KINDS)
    .filter((kind) => !sent.includes(kind as KindName))
    .map((kind) => `no record of the kind ${kind} was sent`);
