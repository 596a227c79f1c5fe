import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ArchivePlace } from '../../handlers/aws/archive.ts';
import { parseRules } from '../../handlers/core/rules-document.ts';
import { healBatch } from '../../handlers/heal/heal-batch.ts';
import { type Cloud, deadRecord, type Stack, startCloud, startStack } from './cloud.ts';

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.stop());

const INVALID = { errorType: 'ValidationError', message: 'store_id is required' };
const patch = (operations: object[]) => ({ json_patch: JSON.stringify(operations) });
const FIX = patch([{ op: 'add', path: '/store_id', value: 'main' }]);

async function start(repair: object): Promise<Stack> {
  const rule = { id: 'add-store', when: { message_contains: 'store_id' }, class: 'VALIDATION_ERROR', repair };
  return startStack(cloud, { policy: { rules: parseRules([rule]) } });
}
const text = (stringValue: string) => ({ stringValue, stringListValues: [], binaryListValues: [], dataType: 'String' });
const record = (stack: Stack, id: string, over: object = {}) =>
  deadRecord(stack.dlqArn, { id, error: INVALID, body: '{"order_id":"o","total":19.90}', ...over });
const heal = async (stack: Stack, ...records: object[]) =>
  (await healBatch(stack.healer, { Records: records }, 30_000)).batchItemFailures.map((one) => one.itemIdentifier);

describe('a letter that a rule mends', () => {
  it('goes back with its mended body, every digit kept; the original is archived, and each names the other', async () => {
    const stack = await start(FIX);
    expect(await heal(stack, record(stack, 'm-1', { attributes: { tenant: text('t') } }))).toEqual([]);
    const [sent] = await stack.sent();
    expect(sent?.Body).toBe('{"order_id":"o","total":19.90,"store_id":"main"}');
    expect(Object.keys(sent?.MessageAttributes ?? {}).sort()).toEqual(['dlq-healer', 'tenant']);
    const mark = JSON.parse(sent?.MessageAttributes?.['dlq-healer']?.StringValue ?? '');
    expect(mark).toMatchObject({ origin: 'm-1', attempt: 1, repair: 'add-store' });
    const [row] = await stack.rows();
    expect(row).toMatchObject({ status: 'healed', repair: 'add-store', healedMessageId: sent?.MessageId });
    const original = JSON.parse(await stack.healer.archive.read(row?.archive as ArchivePlace));
    expect(original).toMatchObject({ messageId: 'm-1', body: '{"order_id":"o","total":19.90}' });
    // Dead again by the same rule: it did not help, and nobody mends it for ever.
    const again = record(stack, 'm-2', { attributes: { 'dlq-healer': text(JSON.stringify(mark)) } });
    expect(await heal(stack, again)).toEqual([]);
    const rows = await stack.rows();
    expect(rows.find(({ attempt }) => attempt === 1)).toMatchObject({
      status: 'archived',
      reason: expect.stringContaining('did not help'),
    });
    expect(await stack.alerts()).toHaveLength(1);
    expect(await stack.sent()).toEqual([]);
  });

  it('whose repair fails is archived with the reason and told of, and its neighbours go', async () => {
    const stack = await start(
      patch([
        { op: 'test', path: '/order_id', value: 'o' },
        { op: 'add', path: '/store_id', value: 1 },
      ]),
    );
    const broken = record(stack, 'broken', { body: '{"order_id":"private-17"}' });
    const noJson = record(stack, 'no-json', { body: 'order 1' });
    expect(await heal(stack, broken, noJson, record(stack, 'fine'))).toEqual([]);
    const rows = new Map((await stack.rows()).map((row) => [row.originId, row]));
    expect(rows.get('fine')?.status).toBe('healed');
    for (const id of ['broken', 'no-json']) {
      const row = rows.get(id);
      expect(row).toMatchObject({ status: 'archived', reason: expect.stringContaining('its repair failed') });
      expect(JSON.stringify(row)).not.toContain('private-17');
      expect(JSON.parse(await stack.healer.archive.read(row?.archive as ArchivePlace)).messageId).toBe(id);
    }
    expect(await stack.alerts()).toHaveLength(1);
  });

  it('by a function that cannot be asked stays in the DLQ', async () => {
    const stack = await start({ function_arn: 'arn:aws:lambda:eu-central-1:123456789012:function:nowhere' });
    expect(await heal(stack, record(stack, 'm-3'))).toEqual(['m-3']);
    expect([await stack.rows(), await stack.sent(), await stack.objects()]).toEqual([[], [], []]);
  });

  it.each(['PutObject', 'SendMessageBatch', 'BatchWriteItem'])(
    'stays in the DLQ when %s fails, and is mended next time',
    async (action) => {
      const stack = await start(FIX);
      stack.faults((call) =>
        call.action === action ? { kind: 'fail', status: 400, code: 'AccessDenied' } : { kind: 'pass' },
      );
      expect(await heal(stack, record(stack, 'm-4'))).toEqual(['m-4']);
      stack.faults(undefined);
      expect(await heal(stack, record(stack, 'm-4'))).toEqual([]);
      const marks = (await stack.sent()).map(({ MessageAttributes }) =>
        JSON.parse(MessageAttributes?.['dlq-healer']?.StringValue ?? '{}'),
      );
      expect(new Set(marks.map(({ origin, attempt }) => `${origin}.${attempt}`))).toEqual(new Set(['m-4.1']));
      expect(await stack.rows()).toMatchObject([{ status: 'healed', repair: 'add-store' }]);
    },
  );
});
