import type { FailureClass } from '../../../handlers/core/classes.ts';

export type Fate = 'processed' | 'archived';

/** One way in which a record of the example goes right or wrong. */
export interface Kind {
  /** For people: what is the matter with the record. */
  readonly what: string;
  /** Of its death, if it dies. */
  readonly expectedClass: FailureClass | null;
  /** Where it ends with nobody's help. */
  readonly fate: Fate;
  /** Whether the repair mends it. */
  readonly repaired: boolean;
}

export const KINDS = {
  known: { what: 'Redis knows the device', expectedClass: null, fate: 'processed', repaired: false },
  missing: {
    what: 'Redis does not know the device, the registry does',
    expectedClass: 'METADATA_MISSING',
    fate: 'processed',
    repaired: true,
  },
  replaced: {
    what: 'the device was replaced by another, which its sender does not know',
    expectedClass: 'METADATA_MISSING',
    fate: 'processed',
    repaired: true,
  },
  unknown: {
    what: 'the registry does not know the device either',
    expectedClass: 'METADATA_MISSING',
    fate: 'archived',
    repaired: false,
  },
  late: {
    what: 'the registry gets to know the device only later',
    expectedClass: 'METADATA_MISSING',
    fate: 'archived',
    repaired: false,
  },
  impossible: {
    what: 'the coordinates are not on the globe',
    expectedClass: 'VALIDATION_ERROR',
    fate: 'archived',
    repaired: false,
  },
} as const satisfies Record<string, Kind>;

export type KindName = keyof typeof KINDS;
