import { type Effects, effectsOf, LEVEL_NAMES, type Level } from '../../handlers/core/level.ts';

/** What may keep the governor from sending anything. */
export interface Conditions {
  readonly stack: string;
  readonly queue: string;
  /** Of the stack, as Terraform set it. */
  readonly mode: string;
  /** By a person. */
  readonly paused: boolean;
  readonly level: Level;
  /** Whether the policy calls the class of the letters critical. */
  readonly critical: boolean;
}

/** Why a group that is released will not go, or not whole, each with what ends it; empty where nothing is in its way. */
export function obstaclesOf({ stack, queue, mode, paused, level, critical }: Conditions): string[] {
  return [
    ...(mode === 'heal' ? [] : [`the stack is in mode "${mode}": nothing goes until Terraform applies mode = "heal"`]),
    ...(paused ? [`the stack is paused: nothing goes until dlq resume --stack ${stack}`] : []),
    ...levelObstacle(level, effectsOf(level, critical), `dlq level 0 --stack ${stack} --queue ${queue}`),
  ];
}

function levelObstacle(level: Level, { probes, release }: Effects, end: string): string[] {
  const at = `the queue is at level ${level} (${LEVEL_NAMES[level]})`;
  if (!probes) return [`${at}: nothing goes until it falls, or ${end}`];
  if (release === 'none') return [`${at}: the canary goes, the rest not until it falls, or ${end}`];
  return release === 'reduced' ? [`${at}: after the canary letters go at a quarter of the rate`] : [];
}
