import { paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { Item } from '../../handlers/aws/batch-ops.ts';
import { breakerOf } from '../../handlers/aws/breakers.ts';
import type { Healer } from '../../handlers/aws/healer.ts';
import { normalise } from '../../handlers/core/fingerprint.ts';
import type { Breaker } from '../../handlers/core/group.ts';
import { redact } from '../../handlers/core/redact.ts';
import { STATUSES, type Status } from '../../handlers/core/verdict.ts';
import { instant } from '../analyze/ages.ts';
import { clip, printable } from '../output/text.ts';
import { NOTHING_WAITS, type Waits } from './ledger-counts.ts';

/** A group of letters, as its row tells. Names and meanings are a promise (docs/cli/look.md); instants are ISO 8601. */
export interface Group {
  readonly queue: string;
  /** Fingerprint. */
  readonly group: string;
  readonly class: string;
  /** Of one of its letters: normalised and redacted; null where none was recorded. */
  readonly error: string | null;
  readonly breaker: BreakerNow;
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
  /** Letters that came into each status, ever. */
  readonly counts: Readonly<Record<Status, number>>;
  /** Letters that lie there now. */
  readonly now: Waits;
  /** Origin id of one of its letters; null where the row names none. */
  readonly example: string | null;
}

export interface BreakerNow {
  readonly state: Breaker['state'];
  readonly since: string | null;
  /** Who ends the holding; null where nothing is held. */
  readonly releasedBy: Breaker['releasedBy'] | null;
  /** A person holds it. */
  readonly byHand: boolean;
  /** End of the cool-down; null where no time ends it. */
  readonly until: string | null;
  /** When probes that did not come back count as successful. */
  readonly judgeAt: string | null;
  /** Openings, ever. */
  readonly round: number;
}

/** Alerts about a level that stopped all healing are noted like a group, and are none. */
const NO_GROUP = 'emergency';

/** Every group of a queue, in no order. @throws when the ledger refuses */
export async function readGroups(
  { db, table }: Pick<Healer, 'db' | 'table'>,
  queueKey: string,
  waits: ReadonlyMap<string, Waits>,
): Promise<Group[]> {
  const pages = paginateQuery(
    { client: db },
    {
      TableName: table,
      KeyConditionExpression: 'pk = :queue AND begins_with(sk, :group)',
      ExpressionAttributeValues: { ':queue': `queue#${queueKey}`, ':group': 'group#' },
    },
  );
  const groups: Group[] = [];
  for await (const { Items = [] } of pages)
    for (const row of Items) if (row.group !== NO_GROUP) groups.push(groupOf(row, waits.get(String(row.group))));
  return groups;
}

const MAX_ERROR = 300;

/** A group's row. @param now what waits of it; nothing where absent */
export function groupOf(row: Item, now: Waits = NOTHING_WAITS): Group {
  const { lastLetter } = row as { readonly lastLetter?: { readonly error?: string; readonly originId?: string } };
  const error = shownError(String(lastLetter?.error ?? ''));
  return {
    queue: String(row.queue),
    group: String(row.group),
    class: String(row.failureClass),
    error: error === '' ? null : error,
    breaker: breakerNow(breakerOf(row)),
    firstSeen: textOf(row.firstSeen),
    lastSeen: textOf(row.lastSeen),
    counts: Object.fromEntries(STATUSES.map((s) => [s, Number(row[`${s}Count`] ?? 0)])) as Record<Status, number>,
    now,
    example: textOf(lastLetter?.originId),
  };
}

/** The type as it is; the message with everything replaced that differs between letters. */
function shownError(text: string): string {
  const [, type = '', message = ''] = /^((?:[\w.$]+(?:: |$))?)(.*)$/s.exec(redact(text)) ?? [];
  return clip(printable(`${type}${normalise(message)}`).trim(), MAX_ERROR);
}

const textOf = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);

function breakerNow(breaker: Breaker): BreakerNow {
  const { state, since, releasedBy, byHand, until, judgeAt, round } = breaker;
  return {
    state,
    since: since === 0 ? null : instant(since),
    releasedBy: state === 'holding' ? releasedBy : null,
    byHand: byHand === true,
    until: instant(until),
    judgeAt: instant(judgeAt),
    round,
  };
}

/** The letters of a group that lie somewhere now. */
export const waitsOf = ({ now }: Group): number => now.waiting + now.parked + now.quarantined;

/** Those first of which most waits, then those seen last. */
export const byNeed = (groups: readonly Group[]): Group[] =>
  groups.toSorted((a, b) => waitsOf(b) - waitsOf(a) || (b.lastSeen ?? '').localeCompare(a.lastSeen ?? ''));

const DAY_MS = 24 * 3_600_000;

/** Whether there is a reason to look at the group: something waits, it is held, or a letter of it died within the day. */
export function isCurrent(group: Group, now: number): boolean {
  const isHeld = group.breaker.state !== 'healing' || group.breaker.byHand;
  return waitsOf(group) > 0 || isHeld || Date.parse(group.lastSeen ?? '') >= now - DAY_MS;
}

/** What `--state` may name: what lies there now, or how the breaker stands. */
export const STATES = ['waiting', 'parked', 'quarantined', 'held', 'probing', 'ramping', 'healing'] as const;
export type StateName = (typeof STATES)[number];

export function isInState({ now, breaker }: Group, state: StateName): boolean {
  if (state === 'waiting' || state === 'parked' || state === 'quarantined') return now[state] > 0;
  return breaker.state === (state === 'held' ? 'holding' : state);
}

/** How the group's breaker stands and who changes that, in words. */
export function breakerWords({ state, releasedBy, byHand, until, judgeAt, since }: BreakerNow): string {
  const from = since === null ? '' : ` since ${short(since)}`;
  switch (state) {
    case 'healing':
      return 'healing: its letters go at once, each as its class has it';
    case 'holding':
      return `held${from}, until ${endOf(releasedBy, byHand, until)}`;
    case 'probing':
      return `tried with a canary${from}${judgeAt === null ? '' : `, judged by ${short(judgeAt)} at the latest`}`;
    case 'ramping':
      return `let go at a rising rate${from}`;
  }
}

function endOf(releasedBy: BreakerNow['releasedBy'], byHand: boolean, until: string | null): string {
  if (byHand) return 'a person releases it (a person holds it)';
  if (releasedBy === 'deploy') return 'the consumer is deployed, or a person releases it';
  if (releasedBy === 'person') return 'a person releases it';
  return until === null ? 'the governor’s next run' : `the cool-down ends at ${short(until)}`;
}

const short = (at: string) => `${at.slice(0, 16).replace('T', ' ')} UTC`;
