import type { Command } from 'commander';
import { jmesPath } from '../../handlers/core/rules-document.ts';
import type { Target } from '../../handlers/core/target.ts';
import type { Clients } from '../aws/clients.ts';
import { UsageError } from '../exit.ts';
import { parseNumber } from '../input/number.ts';
import { parseSince } from '../input/since.ts';
import type { Selector } from '../letters/selector.ts';
import type { ChangeOptions } from '../stack/options.ts';
import { urlOf } from '../stack/queues.ts';
import type { Pace } from './course.ts';

export interface SelectorOptions {
  readonly all?: boolean;
  readonly count?: string;
  readonly group?: string;
  readonly class?: string;
  readonly since?: string;
  readonly where?: string;
}

export interface MoveOptions extends ChangeOptions, SelectorOptions {
  readonly plan?: string;
  readonly to?: string;
  readonly rate: string;
  readonly canary: string;
  readonly window?: string;
  readonly maxRelapses: string;
  readonly rules?: string;
}

/** Which letters. */
export const addSelectorOptions = (command: Command): Command =>
  command
    .option('--all', 'every letter that was there when the command began')
    .option('--count <n>', 'at most so many')
    .option('--group <fingerprint>', 'letters of one group (12 hex characters)')
    .option('--class <class>', 'letters of one failure class')
    .option('--since <time>', 'letters that died since then: an instant, or how long ago (30m, 2h, 3d)')
    .option('--where <expression>', 'letters for which a JMESPath expression holds, e.g. "body.total > `100`"');

/** How fast, and how carefully. */
export const addPaceOptions = (command: Command): Command =>
  command
    .option('--rate <n>', 'letters per second at full speed; off for as fast as it goes', '10')
    .option('--canary <n>', 'letters that go first and are watched; 0 for none', '5')
    .option('--window <seconds>', 'how long the canary is watched at most (default: as long as a letter takes to die)')
    .option('--max-relapses <n>', 'letters that may die again after the canary before the command stops itself', '5');

/** @throws UsageError where nothing says which letters are meant */
export function selectorOf(options: SelectorOptions, now: number): { selector: Selector; count: number } {
  const { all, count, group, since, where } = options;
  const named = [count, group, options.class, since, where].some((value) => value !== undefined);
  if (all === true && (group ?? options.class ?? since ?? where) !== undefined)
    throw new UsageError('--all means every letter: pass it, or the conditions');
  if (all !== true && !named)
    throw new UsageError('which letters? Pass --all, --count, --group, --class, --since or --where (or --plan FILE)');
  if (group !== undefined && !/^[0-9a-f]{12}$/.test(group))
    throw new UsageError(`--group must be a fingerprint, 12 hex characters (dlq groups, dlq analyze); got ${group}`);
  return {
    selector: {
      ...(group === undefined ? {} : { group }),
      ...(options.class === undefined ? {} : { class: options.class }),
      ...(since === undefined ? {} : { since: parseSince(since, '--since', now) }),
      ...(where === undefined ? {} : { where: whereOf(where) }),
    },
    count: count === undefined ? Number.POSITIVE_INFINITY : parseNumber(count, '--count', 1, 1e9),
  };
}

function whereOf(expression: string): string {
  try {
    return jmesPath(expression, '--where') ?? expression;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** @param windowSeconds how long a letter takes to die */
export function paceOf({ rate, canary, window, maxRelapses }: MoveOptions, windowSeconds: number): Pace {
  return {
    rate: rate === 'off' ? undefined : parseNumber(rate, '--rate', 0.1, 10_000, false),
    canary: parseNumber(canary, '--canary', 0, 1000),
    windowSeconds: window === undefined ? windowSeconds : parseNumber(window, '--window', 1, 43_200),
    maxRelapses: parseNumber(maxRelapses, '--max-relapses', 0, 1e6),
  };
}

/** The selection in words, for the preview and the audit. */
export function selectionText({ all, count, group, class: failureClass, since, where }: SelectorOptions): string {
  if (all === true) return 'every letter';
  const conditions = [
    ...(group === undefined ? [] : [`of group ${group}`]),
    ...(failureClass === undefined ? [] : [`of class ${failureClass}`]),
    ...(since === undefined ? [] : [`that died since ${since}`]),
    ...(where === undefined ? [] : [`where ${where}`]),
  ];
  const which = conditions.length === 0 ? 'letters' : `letters ${conditions.join(', ')}`;
  return count === undefined ? which : `at most ${count} ${which}`;
}

/** The queue of `--to`. @throws UsageError where letters of a standard queue would go to a FIFO queue */
export async function targetTo(clients: Clients, to: string | undefined, fifo: boolean): Promise<Target | undefined> {
  if (to === undefined) return undefined;
  const url = await urlOf(clients, to);
  const toFifo = url.endsWith('.fifo');
  if (toFifo && !fifo)
    throw new UsageError('--to names a FIFO queue, and letters of a standard queue have no message group to go with');
  return { kind: 'queue', url, fifo: toFifo };
}
