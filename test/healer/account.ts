import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'vitest';
import type { ArchivePlace } from '../../handlers/aws/archive.ts';
import { isOpen } from '../../handlers/core/group.ts';
import type { StoredMessage } from '../local-aws/fauxqs.ts';
import type { Cloud, Stack } from './cloud.ts';

/** What a stack holds, and whether every letter in it is accounted for. */

export type Row = Record<string, unknown>;

export interface Holdings {
  /** Letters' rows by `<origin>.<attempt>`, with `~<message id>` behind it of a twin. */
  readonly letters: ReadonlyMap<string, Row>;
  readonly groups: readonly Row[];
  /** By message id: rows that stand for a mark. */
  readonly lineages: ReadonlyMap<string, Row>;
  /** All of the ledger. */
  readonly all: readonly Row[];
  /** In the source queue, in its order. */
  readonly sent: readonly StoredMessage[];
  /** Messages of the topic. */
  readonly alerts: readonly { readonly Subject: string; readonly Message: string }[];
}

const KEPT = ['parked', 'waiting', 'archived', 'quarantined', 'duplicate'];
const letterName = ({ originId, attempt, sk, messageId }: Row) =>
  `${originId}.${attempt}${String(sk).includes('#twin#') ? `~${messageId}` : ''}`;

export async function holdingsOf(cloud: Cloud, stack: Stack): Promise<Holdings> {
  const [all, sent, alerts] = await Promise.all([
    scanAll(cloud, stack.tables.ledger),
    cloud.stored(String(stack.sourceUrl.split('/').at(-1))),
    cloud.stored(stack.inbox),
  ]);
  const letters = all.filter(({ pk }) => String(pk).startsWith('letter#'));
  return {
    letters: new Map(letters.map((row) => [letterName(row), row])),
    groups: all.filter(({ sk }) => String(sk).startsWith('group#')),
    lineages: new Map(
      all.filter(({ sk }) => sk === 'lineage').map((row) => [String(row.pk).slice('message#'.length), row]),
    ),
    all,
    sent,
    alerts: alerts.map(({ body }) => JSON.parse(body)),
  };
}

export async function scanAll(cloud: Cloud, TableName: string): Promise<Row[]> {
  return (await cloud.db.send(new ScanCommand({ TableName, ConsistentRead: true }))).Items ?? [];
}

const markOf = ({ messageAttributes }: StoredMessage): { origin: string; attempt: number } | undefined => {
  const text = messageAttributes?.['dlq-healer']?.StringValue;
  return text === undefined ? undefined : JSON.parse(text);
};

/**
 * The heal keys of what lies in the source queue, as a consumer with the kit would see them. Of a message without a mark
 * the ledger may know the key; where it does not (the healer died in between) the message is nobody's second copy.
 */
const keyOf = (message: StoredMessage, { lineages }: Holdings): string | undefined => {
  const mark = markOf(message);
  if (mark !== undefined) return `${mark.origin}.${mark.attempt}`;
  const row = lineages.get(message.messageId);
  return row === undefined ? undefined : `${row.originId}.${row.attempt}`;
};

/**
 * Expects that nothing is lost, nothing goes back under two keys, and the books agree.
 *
 * @param before what the stack held before the run that was disturbed
 * @param elsewhere ids under which letters were given back to targets other than the source queue
 */
export async function expectAccounted(
  stack: Stack,
  before: Holdings,
  now: Holdings,
  elsewhere: ReadonlySet<string> = new Set(),
): Promise<void> {
  for (const name of before.letters.keys()) expect(now.letters.has(name), `the row of ${name}`).toBe(true);
  const sentKeys = now.sent.map((message) => keyOf(message, now));
  for (const [name, row] of now.letters) {
    expect(row.healKey, name).toBe(`${row.originId}.${Number(row.attempt) + 1}`);
    if (KEPT.includes(String(row.status))) await expectKept(stack, name, row);
    else expect(row.status, name).toBe('healed');
    if (row.status !== 'healed' || before.letters.get(name)?.status === 'healed') continue;
    expect(row, name).not.toHaveProperty('dueKey');
    const isSent = sentKeys.includes(String(row.healKey)) || elsewhere.has(String(row.healedMessageId));
    expect(isSent, `${name} is healed, so it is in its target`).toBe(true);
  }
  expectOneKeyEach(now, sentKeys);
  expectFound(now);
  for (const group of now.groups)
    if (Number(group.unalerted) > 0) expect(group, 'letters to alert on are noted').toMatchObject({ dueKey: 'alert' });
}

/** A kept letter lies whole where its row says, and whoever may send it back finds it. */
async function expectKept(stack: Stack, name: string, row: Row): Promise<void> {
  const record = JSON.parse(await stack.healer.archive.read(row.archive as ArchivePlace));
  expect(record, name).toMatchObject({ messageId: row.messageId, originId: row.originId, attempt: row.attempt });
  if (row.status === 'parked') expect(row.dueKey, `${name} is parked, so it lies in a lot`).toBeDefined();
  if (row.status === 'parked' || row.status === 'waiting') expect(row, name).not.toHaveProperty('expiresAt');
}

/** A crash may send twice, never under another key, and never a letter that the ledger does not call healed. */
function expectOneKeyEach(now: Holdings, sentKeys: readonly (string | undefined)[]): void {
  const healed = [...now.letters.values()].filter(({ status }) => status === 'healed');
  const healKeys = new Set(healed.map(({ healKey }) => healKey));
  const keysByBody = new Map<string, Set<string>>();
  for (const [i, { body }] of now.sent.entries()) {
    const key = sentKeys[i];
    if (key === undefined) continue;
    expect(healKeys, 'what was sent is healed').toContain(key);
    keysByBody.set(body, (keysByBody.get(body) ?? new Set()).add(key));
  }
  for (const [body, keys] of keysByBody) expect([...keys], `keys of ${body.slice(0, 80)}`).toHaveLength(1);
}

/** Letters in a group's lot are found: the governor goes through the groups that are open. */
function expectFound(now: Holdings): void {
  for (const [name, { dueKey }] of now.letters) {
    const [, queue, group] = /^held#(.*)#([^#]+)$/.exec(String(dueKey ?? '')) ?? [];
    if (group === undefined) continue;
    const row = now.groups.find((one) => one.group === group);
    expect(row, `${name} is held, so its group is open`).toMatchObject({ statusKey: `${queue}#group` });
    expect(isOpen(row?.breaker as Parameters<typeof isOpen>[0]), name).toBe(true);
    expect(row).not.toHaveProperty('expiresAt');
  }
}
