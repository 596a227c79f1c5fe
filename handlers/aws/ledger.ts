import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Lineage } from '../core/letter.ts';
import type { Level } from '../core/level.ts';
import { type Item, type Key, readItems } from './batch-ops.ts';
import { controlKey, levelOf, parseControl } from './control-row.ts';
import { contentKey, groupKey, laneKey, letterKey, nameOf } from './keys.ts';

/** What the ledger knows of the letters of one batch before it is known why they died. */
export interface Known {
  readonly paused: boolean;
  /** By queue key: the degradation level; at ease where there is none. */
  readonly levels: ReadonlyMap<string, Level>;
  /** By message id: the lineage of a letter that had no room for its attribute. */
  readonly lineages: ReadonlyMap<string, Lineage>;
  /** By message id: the kit's failure record, as JSON text. */
  readonly failureRecords: ReadonlyMap<string, string>;
}

const CONTROL: Key = { pk: 'control', sk: 'stack' };

/** One batched, consistent read for a whole batch. */
export async function readKnown(
  db: DynamoDBDocumentClient,
  table: string,
  lineageIds: readonly string[],
  failureIds: readonly string[],
  queueKeys: readonly string[],
): Promise<Known> {
  const keys = [
    CONTROL,
    ...queueKeys.map(controlKey),
    ...unique(lineageIds).map((id) => ({ pk: `message#${id}`, sk: 'lineage' })),
    ...unique(failureIds).map((id) => ({ pk: `message#${id}`, sk: 'failure' })),
  ];
  const items = await readItems(db, table, keys);
  const ofKind = (sk: string) => items.filter((item) => item.sk === sk);
  const idOf = (item: Item) => String(item.pk).slice('message#'.length);
  return {
    paused: ofKind('stack').some((item) => item.paused === true),
    levels: new Map(
      queueKeys.map((key) => [key, levelOf(parseControl(items.find(({ sk }) => sk === controlKey(key).sk)))]),
    ),
    lineages: new Map(ofKind('lineage').map((item) => [idOf(item), lineageFrom(item)])),
    failureRecords: new Map(ofKind('failure').map((item) => [idOf(item), String(item.evidence)])),
  };
}

const lineageFrom = ({ originId, attempt, group, round, repair }: Item): Lineage => ({
  originId: String(originId),
  attempt: Number(attempt),
  ...(typeof group === 'string' ? { group } : {}),
  ...(typeof round === 'number' ? { round } : {}),
  ...(typeof repair === 'string' ? { repair } : {}),
});

const unique = (ids: readonly string[]) => [...new Set(ids)];

/** Whose rows are asked for once it is known why a letter died. */
export interface Standing {
  readonly queueKey: string;
  readonly lineage: Lineage;
  readonly group: string;
  readonly contentHash: string;
  /** The message group, on a FIFO queue. */
  readonly lane?: string;
}

/** Rows of a batch's letters, groups, bodies and message groups. */
export type Rows = ReadonlyMap<string, Item>;

/** The second batched, consistent read: was this death handled before, and how do its group and its body stand? */
export async function readStandings(
  db: DynamoDBDocumentClient,
  table: string,
  standings: readonly Standing[],
): Promise<Rows> {
  const keys = standings.flatMap(({ queueKey, lineage, group, contentHash, lane }) => [
    letterKey(queueKey, lineage),
    contentKey(queueKey, contentHash),
    groupKey(queueKey, group),
    ...(lineage.group === undefined ? [] : [groupKey(queueKey, lineage.group)]),
    ...(lane === undefined ? [] : [laneKey(queueKey, lane)]),
  ]);
  const distinct = new Map(keys.map((key) => [nameOf(key), key]));
  const items = await readItems(db, table, [...distinct.values()]);
  return new Map(items.map((item) => [nameOf(item as unknown as Key), item]));
}
