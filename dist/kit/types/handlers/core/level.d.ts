/** How much of its work the healer still does for a queue (DESIGN §8). */
export type Level = 0 | 1 | 2 | 3 | 4;
export declare const LEVEL_NAMES: readonly ['normal', 'light', 'moderate', 'severe', 'emergency'];
/** At `light`, and for what is critical at `moderate`: delays are this many times longer, releases as many times fewer. */
export declare const SLOW_FACTOR = 4;
/** How long a lower level must be measured without a break before the level falls by one. */
export declare const CALM_MS: number;
/** What was measured of a queue. What is not known is not there, and says nothing. */
export interface Signals {
    /** Of what the consumer was given, the share that failed: 0 to 1. */
    readonly errorRate?: number;
    /** Messages that wait in the source queue and its retry tiers. */
    readonly depth?: number;
    /** Age of the oldest message of the source queue. */
    readonly latencySeconds?: number;
}
export type SignalName = keyof Signals;
/** Where levels 1, 2, 3 and 4 begin. */
export type Steps = readonly [number, number, number, number];
export interface Thresholds {
    readonly errorRate: Steps;
    readonly depth: Steps;
    /** Absent: the age of messages is no signal. */
    readonly latencySeconds?: Steps;
}
export interface Measured {
    readonly level: Level;
    /** For a person: what is why, e.g. `error rate 0.13 ≥ 0.1`. */
    readonly because: string;
    /** The signal that gave the level; absent at level 0. */
    readonly signal?: SignalName;
}
/** The level that the worst of the signals asks for; of equals the first in the order error rate, depth, latency. */
export declare function levelFrom(signals: Signals, thresholds: Thresholds): Measured;
/** The level of a queue as the governor keeps it; times in epoch milliseconds. */
export interface LevelState {
    readonly level: Level;
    /** Since when the level is this one. */
    readonly since: number;
    /** Since when a lower level is measured without a break. */
    readonly calmSince?: number;
    readonly because: string;
    /** The signal that raised the level. */
    readonly signal?: SignalName;
}
/** A queue of which nothing was ever noted. */
export declare const AT_EASE: LevelState;
/**
 * The level after a measurement: it rises at once, and falls by one step when a lower level was measured for 3 minutes
 * without a break, so that it does not flap. Where the signal that raised it could not be read, nobody knows that
 * things are calm and it stays.
 *
 * @param unread signals whose reading failed, unlike those that have nothing to say
 * @param now epoch milliseconds
 * @returns `previous` itself where nothing changed
 */
export declare function nextLevel(previous: LevelState, measured: Measured, unread: readonly SignalName[], now: number): LevelState;
/** What the healer and the governor do at a level with letters of one class. */
export interface Effects {
    /** `slowly`: with delays `SLOW_FACTOR` times as long. `park`: kept until the level falls. */
    readonly heal: 'at once' | 'slowly' | 'park';
    /** Whether a group that is held may be tried with a few letters. */
    readonly probes: boolean;
    /** What of that which is due goes out: `reduced` is one of `SLOW_FACTOR`. */
    readonly release: 'full' | 'reduced' | 'none';
}
/** @param critical whether the policy calls the letter's class critical: those go on, slowly, one level longer */
export declare function effectsOf(level: Level, critical: boolean): Effects;
