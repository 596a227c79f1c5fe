import { parse } from '@lukeed/ms';
import { UsageError } from '../exit.ts';
import { parseNumber } from '../input/number.ts';
import { parseSince } from '../input/since.ts';
import { duration } from '../output/text.ts';
import type { PlaceOptions } from '../stack/options.ts';
import type { Demands } from './checks.ts';

/** As commander gives them. */
export interface VerifyOptions extends PlaceOptions {
  readonly source: readonly string[];
  readonly function?: string;
  readonly stateMachine?: string;
  readonly since?: string;
  readonly for: string;
  readonly interval: string;
  readonly successRate: string;
  readonly strict?: boolean;
}

export interface Watching extends Demands {
  /** How often everything is looked at, at least twice. */
  readonly looks: number;
  /** Between two looks, milliseconds. */
  readonly pauseMs: number;
}

const HOUR = 3_600_000;

/** SQS keeps a message for 14 days at most, CloudWatch its minutes for 15. */
const LONGEST_SINCE = 14 * 24 * HOUR;

/** @throws UsageError naming the option, what it takes and what came */
export function watchingOf({ for: text, interval, successRate, strict }: VerifyOptions): Watching {
  const forMs = durationIn('--for', text, 1000, HOUR);
  const seconds = parseNumber(interval, '--interval', 1, 600, false);
  const looks = Math.max(2, Math.floor(forMs / (seconds * 1000)) + 1);
  return {
    looks,
    pauseMs: forMs / (looks - 1),
    successRate: parseNumber(successRate, '--success-rate', 0, 1, false),
    strict: strict === true,
  };
}

/**
 * The instant that `--since` means: itself, or so long ago.
 * @param now epoch milliseconds
 * @throws UsageError where it means none, or one that is not in the last 14 days
 */
export function sinceIn(text: string, now: number): number {
  const at = parseSince(text, '--since', now);
  if (at < now - LONGEST_SINCE) throw new UsageError(`--since must lie within the last 14 days; got ${text}`);
  return at;
}

/** The instant, unless it is too long ago to know of what has happened since. */
export const recentOnly = (at: number, now: number): number | undefined => (at < now - LONGEST_SINCE ? undefined : at);

export const DEFAULT_SINCE_MS = HOUR;

// A bare number would be milliseconds.
const hasUnit = (text: string) => /^\d/.test(text) && /[a-z]\s*$/i.test(text);

function durationIn(option: string, text: string, min: number, max: number): number {
  const ms = hasUnit(text) ? parse(text) : undefined;
  if (ms === undefined || ms < min || ms > max)
    throw new UsageError(
      `${option} takes a duration from ${duration(min / 1000)} to ${duration(max / 1000)}, such as 2m; got ${text}`,
    );
  return ms;
}

const MACHINE = /^arn:[\w-]+:states:[\w-]+:\d{12}:stateMachine:[\w.-]+$/;

/** @throws UsageError where it is no ARN of a state machine: executions are listed of one, not of a version or an alias */
export function machineIn(arn: string | undefined): string | undefined {
  if (arn !== undefined && !MACHINE.test(arn))
    throw new UsageError(
      `--state-machine takes the ARN of a state machine, arn:aws:states:REGION:ACCOUNT:stateMachine:NAME; got ${arn}`,
    );
  return arn;
}
