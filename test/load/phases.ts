import type { Done } from './consumer.ts';
import type { Pump } from './pump.ts';
import type { Row } from './world.ts';

/** What happened in one part of the run. */
export interface Phase {
  readonly name: string;
  readonly minutes: number;
  /** Real seconds. */
  readonly seconds: number;
  readonly processed: number;
  readonly died: number;
  readonly relapsed: number;
  readonly handledByHealer: number;
  /** Letters that the healer handled in a real second, everything else that this machine did included. */
  readonly handledPerSecond: number;
  /** Calls that the dependency got in its busiest minute. */
  readonly busiestMinute: number;
}

/** Adds minutes up to phases, each from the difference to the minute before. */
export function phaseRecorder(consumer: Done, pump: Pump['done']) {
  const phases = new Map<string, Omit<Phase, 'handledPerSecond'>>();
  const look = () => ({ ...consumer, handled: pump.acknowledged, at: performance.now() });
  let before = look();
  return {
    minute(name: string): void {
      const now = look();
      const known = phases.get(name);
      phases.set(name, {
        name,
        minutes: (known?.minutes ?? 0) + 1,
        seconds: (known?.seconds ?? 0) + (now.at - before.at) / 1000,
        processed: (known?.processed ?? 0) + now.processed - before.processed,
        died: (known?.died ?? 0) + now.died - before.died,
        relapsed: (known?.relapsed ?? 0) + now.relapsed - before.relapsed,
        handledByHealer: (known?.handledByHealer ?? 0) + now.handled - before.handled,
        busiestMinute: Math.max(known?.busiestMinute ?? 0, now.asked - before.asked),
      });
      before = now;
    },
    all: (): Phase[] =>
      [...phases.values()].map((phase) => ({ ...phase, handledPerSecond: phase.handledByHealer / phase.seconds })),
  };
}

/** A group's breaker went from one state to another within the minute before. */
export interface BreakerChange {
  readonly minute: number;
  readonly group: string;
  readonly failureClass: string;
  readonly state: string;
}

export function breakerTimeline() {
  const states = new Map<string, string>();
  const changes: BreakerChange[] = [];
  return {
    changes,
    look(minute: number, groups: readonly Row[]): void {
      for (const row of groups) {
        const group = String(row.group);
        // A group whose breaker never opened has none.
        const state = (row.breaker as { readonly state?: string } | undefined)?.state ?? 'healing';
        if ((states.get(group) ?? 'healing') === state) continue;
        states.set(group, state);
        changes.push({ minute, group, failureClass: String(row.failureClass), state });
      }
    },
  };
}
