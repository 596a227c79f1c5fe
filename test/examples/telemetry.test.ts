import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { handler as consumer } from '../../examples/telemetry-repair/consumer/index.ts';
import { makeFleet, makeRecords } from '../../examples/telemetry-repair/producer/fleet.ts';
import { KINDS } from '../../examples/telemetry-repair/producer/kinds.ts';
import { validate } from '../../examples/telemetry-repair/record.ts';
import { handler as repair } from '../../examples/telemetry-repair/repair/index.ts';
import { lambdaContext, sqsEvent, sqsRecord } from '../kit/fake-aws.ts';
import { fake, useFakeAws, withQueues } from '../kit/setup.ts';

useFakeAws();
beforeEach(() => {
  withQueues({ positions: { target: 'positions-dlq', maxReceiveCount: 3 }, 'positions-dlq': {} });
  // Nobody listens there: what works in these tests works without Redis.
  vi.stubEnv('REDIS_URL', 'redis://127.0.0.1:1');
  vi.stubEnv('POSITIONS_TABLE', 'positions');
  vi.stubEnv('DEVICES_TABLE', 'devices');
});

const RECORD = {
  record_id: 'r1',
  device_id: 'gps-1',
  latitude: 48.2,
  longitude: 16.4,
  speed_kmh: 50,
  time: '2026-01-01T00:00:00Z',
};
const DEVICE = { vehicle: 'truck-7', fleet: 'north' };

describe('the records of the example', () => {
  it('are the same for the same seed, and others for another', () => {
    const made = (seed: number) => makeRecords(makeFleet(seed), seed, 1, 0);
    expect(made(3)).toEqual(made(3));
    expect(made(3)).not.toEqual(made(4));
  });

  it('are of every kind, each from a device of its own', () => {
    const fleet = makeFleet(1);
    expect(new Set(fleet.map(({ kind }) => kind))).toEqual(new Set(Object.keys(KINDS)));
    expect(new Set(fleet.map(({ deviceId }) => deviceId)).size).toBe(fleet.length);
    const records = makeRecords(fleet, 1, 1, 0);
    expect(new Set(records.map(({ recordId }) => recordId)).size).toBe(fleet.length);
  });

  it.each(makeRecords(makeFleet(5), 5, 1, 0))('$sender.kind: breaks a rule only where that is its kind', (sent) => {
    const check = () => validate(JSON.parse(sent.body));
    if (sent.sender.kind === 'impossible') expect(check).toThrow(/field "latitude" must be a number from -90 to 90/);
    else expect(check).not.toThrow();
  });
});

describe('a record', () => {
  it.each([
    ['a list', []],
    ['no device', { ...RECORD, device_id: undefined }],
    ['an empty id', { ...RECORD, record_id: '' }],
    ['a time that is none', { ...RECORD, time: 'noon' }],
    ['a latitude that is a text', { ...RECORD, latitude: '48.2' }],
    ['a latitude beyond the pole', { ...RECORD, latitude: 90.001 }],
    ['a longitude beyond the date line', { ...RECORD, longitude: -180.001 }],
    ['a negative speed', { ...RECORD, speed_kmh: -1 }],
  ])('with %s breaks a rule', (_, value) => {
    expect(() => validate(value)).toThrow(expect.objectContaining({ name: 'ValidationError' }));
  });

  it('may lie on a pole and on the date line', () => {
    expect(validate({ ...RECORD, latitude: -90, longitude: 180, speed_kmh: 0 })).toBeDefined();
  });
});

describe('the consumer', () => {
  const consume = (body: object, healed: boolean, receiveCount = 3) => {
    const mark = { dataType: 'String' as const, stringValue: '{"v":1,"origin":"m0","attempt":1}' };
    const messageAttributes = healed ? { 'dlq-healer': mark } : {};
    const record = sqsRecord('m1', { body: JSON.stringify(body), queue: 'positions', receiveCount, messageAttributes });
    return consumer(sqsEvent(record), lambdaContext());
  };
  const booked = () =>
    fake()
      .dynamodb.commandCalls(UpdateItemCommand)
      .map((call) => call.args[0].input)
      .filter(({ TableName }) => TableName === 'positions')
      .map((input) => ({ ...unmarshall(input.Key ?? {}), ...unmarshall(input.ExpressionAttributeValues ?? {}) }));

  it('books a mended record with what the repair put into it, whether Redis is there or not', async () => {
    await consume({ ...RECORD, device_id: 'gps-2', reported_device_id: 'gps-1', device: DEVICE }, true);
    expect(booked()).toMatchObject([
      {
        recordId: 'r1',
        ':deviceId': 'gps-2',
        ':reportedDeviceId': 'gps-1',
        ':vehicle': 'truck-7',
        ':fleet': 'north',
        ':repaired': true,
        ':originId': 'm0',
        ':messageId': 'm1',
        ':one': 1,
      },
    ]);
  });

  it('does not take a producer’s word for the metadata, and says that Redis is down, not that it knows nothing', async () => {
    expect(await consume({ ...RECORD, device: DEVICE }, false)).toEqual({ batchItemFailures: [] });
    expect(booked()).toEqual([]);
    expect(fake().evidence()).toMatchObject({ message: expect.stringContaining('ECONNREFUSED') });
    expect(fake().evidence()).not.toMatchObject({ errorType: 'DeviceMetadataMissing' });
  });

  it('gives a record that breaks a rule up at once', async () => {
    await consume({ ...RECORD, latitude: 999 }, false, 1);
    expect(fake().evidence()).toMatchObject({ errorType: 'ValidationError', receiveCount: 1 });
  });
});

describe('the repair', () => {
  const registry = (entries: Record<string, Record<string, string>>) =>
    fake()
      .dynamodb.on(GetItemCommand)
      .callsFake(async ({ TableName, Key }) => {
        const entry = TableName === 'devices' ? entries[Key.deviceId.S] : undefined;
        if (entry === undefined) return {};
        return { Item: Object.fromEntries(Object.entries(entry).map(([name, value]) => [name, { S: value }])) };
      });
  const repaired = async (body: unknown = RECORD) => {
    vi.spyOn(console, 'log').mockReturnValue();
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await repair({ body: text, originId: 'm0', attempt: 0 });
    return 'body' in answer ? JSON.parse(answer.body) : answer.reason;
  };

  it('adds the metadata, though Redis is down, and says in its log that it could not load it', async () => {
    registry({ 'gps-1': DEVICE });
    expect(await repaired()).toEqual({ ...RECORD, device: DEVICE });
    expect(vi.mocked(console.log).mock.lastCall?.[0]).toContain(
      '"outcome":"mended","originId":"m0","attempt":0,"loaded":false',
    );
  });

  it('corrects the id of a device that was replaced, by however many others', async () => {
    registry({ 'gps-1': { replacedBy: 'gps-2' }, 'gps-2': { replacedBy: 'gps-3' }, 'gps-3': DEVICE });
    expect(await repaired()).toEqual({ ...RECORD, device_id: 'gps-3', reported_device_id: 'gps-1', device: DEVICE });
  });

  it('overwrites what a producer wrote in its place', async () => {
    registry({ 'gps-1': DEVICE });
    const forged = { ...RECORD, device: { vehicle: 'mine', fleet: 'mine' }, reported_device_id: 'other' };
    expect(await repaired(forged)).toEqual({ ...RECORD, device: DEVICE });
  });

  it.each([
    ['nobody knows', {}, 'the registry does not know the device'],
    [
      'was replaced by one that nobody knows',
      { 'gps-1': { replacedBy: 'gps-2' } },
      'the registry does not know the device that replaced it',
    ],
    [
      'was replaced in a circle',
      { 'gps-1': { replacedBy: 'gps-1' } },
      'the device was replaced more than 5 times, or in a circle',
    ],
    ['has no fleet', { 'gps-1': { vehicle: 'truck-7' } }, 'the registry’s entry of the device lacks vehicle or fleet'],
  ])('declines a device that %s', async (_, entries, reason) => {
    registry(entries as Record<string, Record<string, string>>);
    expect(await repaired()).toBe(reason);
  });

  it.each(['not json', '[]', 'null', '{"device_id": 7}'])('declines the body %s', async (body) => {
    expect(await repaired(body)).toBe('the body is no telemetry record');
  });

  it('throws where the registry cannot be asked: nothing is known of the device then', async () => {
    fake().dynamodb.on(GetItemCommand).rejects(new Error('no route'));
    await expect(repaired()).rejects.toThrow('no route');
  });
});
