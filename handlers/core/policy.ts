import type { BuiltInClass, FailureClass, VerdictKind } from './classes.ts';
import type { Thresholds } from './level.ts';
import type { UserRule } from './rules/user.ts';

/** What happens to letters of one failure class. */
export interface ClassPolicy {
  readonly verdict: VerdictKind;
  /** How many heals a letter gets before it counts as exhausted; 0 where the verdict is not `heal`. */
  readonly attempts: number;
  /** Ceiling of the first back-off, seconds; it doubles with each attempt up to `maxDelaySeconds`. */
  readonly baseDelaySeconds: number;
  readonly maxDelaySeconds: number;
  /** `always`: every verdict of this class alerts. `exhausted`: only the last one. */
  readonly notify: 'always' | 'exhausted' | 'never';
  /** Who sets a parked letter free. */
  readonly releasedBy: 'person' | 'deploy';
  /** Whether its letters are healed, slowly, where the queue's level parks the others. */
  readonly critical: boolean;
}

export interface QueuePolicy {
  readonly key: string;
  readonly dlqUrl: string;
  readonly dlqArn: string;
  /** Where healed letters go; undefined where nothing is known, then a heal becomes a park. */
  readonly sourceUrl?: string;
  readonly sourceArn?: string;
  readonly tierArns: readonly string[];
  /**
   * ARNs of functions, state machines and queues that letters of this DLQ may be given back to besides the source, and of
   * rules that pass their events on unchanged.
   */
  readonly targets: readonly string[];
  readonly fifo: boolean;
  readonly consumerFunction?: string;
  readonly logGroup?: string;
  /** Whether letters that say nothing are looked for in the log group. */
  readonly logLookup?: boolean;
  readonly classes: Readonly<Record<string, ClassPolicy>>;
}

/** When a group's breaker opens, how long it stays open, and how its letters come back. Rates are letters per minute. */
export interface BreakerPolicy {
  /** Relapses within the window that open it. */
  readonly relapses: number;
  readonly windowSeconds: number;
  /** The first cool-down; each opening in a row doubles it. */
  readonly coolDownSeconds: number;
  readonly maxCoolDownSeconds: number;
  /** Letters of the canary. */
  readonly probes: number;
  /** The first minute's rate of the ramp; it doubles each minute. */
  readonly rampPerMinute: number;
  /** Of everything that the governor sends to one queue. */
  readonly maxPerMinute: number;
}

export const DEFAULT_BREAKER: BreakerPolicy = {
  relapses: 5,
  windowSeconds: 300,
  coolDownSeconds: 120,
  maxCoolDownSeconds: 3600,
  probes: 3,
  rampPerMinute: 30,
  maxPerMinute: 3000,
};

export interface Policy {
  readonly stack: string;
  readonly queues: readonly QueuePolicy[];
  readonly rules: readonly UserRule[];
  readonly poison: { readonly threshold: number; readonly windowSeconds: number };
  readonly breaker: BreakerPolicy;
  readonly healFifo: boolean;
  readonly alertWindowSeconds: number;
  readonly ledgerDays: number;
  /** Where each degradation level of a queue begins. */
  readonly degradation: Thresholds;
}

/** DESIGN: at most 5 heals, far below the 16 hops at which Lambda's recursion detection drops a message. */
export const MAX_ATTEMPTS = 5;

const HEAL = { verdict: 'heal', attempts: 3, notify: 'exhausted', releasedBy: 'person', critical: false } as const;
const STAY = { attempts: 0, baseDelaySeconds: 0, maxDelaySeconds: 0, releasedBy: 'person', critical: false } as const;

export const DEFAULT_CLASSES: Readonly<Record<BuiltInClass, ClassPolicy>> = {
  TIMEOUT: { ...HEAL, baseDelaySeconds: 60, maxDelaySeconds: 900 },
  THROTTLED: { ...HEAL, baseDelaySeconds: 300, maxDelaySeconds: 3600 },
  DEPENDENCY_FAILURE: { ...HEAL, baseDelaySeconds: 300, maxDelaySeconds: 3600 },
  RESOURCE_EXHAUSTED: { ...HEAL, attempts: 1, baseDelaySeconds: 300, maxDelaySeconds: 900, notify: 'always' },
  AUTH_FAILURE: { ...STAY, verdict: 'park', notify: 'always' },
  CODE_BUG: { ...STAY, verdict: 'park', notify: 'always', releasedBy: 'deploy' },
  VALIDATION_ERROR: { ...STAY, verdict: 'archive', notify: 'never' },
  BAD_PAYLOAD: { ...STAY, verdict: 'archive', notify: 'never' },
  UNKNOWN: { ...STAY, verdict: 'park', notify: 'always' },
};

/** No default for the age of messages: a queue that is filled for a nightly run holds old ones by design. */
export const DEFAULT_DEGRADATION: Thresholds = {
  errorRate: [0.05, 0.1, 0.2, 0.5],
  depth: [10_000, 20_000, 50_000, 100_000],
};

/** A class that a user's rule names and no policy describes is treated as what it is: nothing we know of. */
export function classPolicy(queue: QueuePolicy, failureClass: FailureClass): ClassPolicy {
  return queue.classes[failureClass] ?? DEFAULT_CLASSES.UNKNOWN;
}
