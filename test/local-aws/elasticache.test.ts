import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Fixture, startFixture } from './fixture.ts';

/** ElastiCache as the AWS provider speaks to it: the query protocol. */

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.stop());

async function call(action: string, parameters: Record<string, string>) {
  const reply = await fetch(fixture.aws.gateway.url, {
    method: 'POST',
    headers: {
      authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/elasticache/aws4_request, Signature=x',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ Action: action, Version: '2015-02-02', ...parameters }).toString(),
  });
  return { status: reply.status, text: await reply.text() };
}

const group = (id: string, more: Record<string, string> = {}) =>
  call('CreateReplicationGroup', {
    ReplicationGroupId: id,
    ReplicationGroupDescription: 'a cache',
    Engine: 'valkey',
    EngineVersion: '8.0',
    CacheNodeType: 'cache.t4g.micro',
    NumCacheClusters: '1',
    'SecurityGroupIds.SecurityGroupId.1': 'sg-a',
    ...more,
  });

describe('a replication group', () => {
  it('is where it was placed, before or after it was made', async () => {
    fixture.aws.gateway.placeCache('fleet-a', '127.0.0.1');
    const made = await group('fleet-a', { Port: '6400' });
    expect(made).toMatchObject({ status: 200, text: expect.stringContaining('<Address>127.0.0.1</Address>') });
    await group('fleet-b');
    const before = await call('DescribeReplicationGroups', { ReplicationGroupId: 'fleet-b' });
    expect(before.text).toMatch(/<Address>master\.fleet-b\.\w+\.use1\.cache\.amazonaws\.com</);
    fixture.aws.gateway.placeCache('fleet-b', '127.0.0.2');
    const { text } = await call('DescribeReplicationGroups', { ReplicationGroupId: 'fleet-b' });
    expect(text).toContain('<Address>127.0.0.2</Address>');
  });

  it('has a node that is as the group was asked for', async () => {
    await group('fleet-c', { CacheSubnetGroupName: 'fleet' });
    const { status, text } = await call('DescribeCacheClusters', { CacheClusterId: 'fleet-c-001' });
    expect(status).toBe(200);
    for (const part of [
      '<CacheClusterId>fleet-c-001</CacheClusterId>',
      '<ReplicationGroupId>fleet-c</ReplicationGroupId>',
      '<CacheClusterStatus>available</CacheClusterStatus>',
      '<EngineVersion>8.0.1</EngineVersion>',
      '<CacheNodeType>cache.t4g.micro</CacheNodeType>',
      '<CacheSubnetGroupName>fleet</CacheSubnetGroupName>',
      '<SecurityGroups><member><SecurityGroupId>sg-a</SecurityGroupId><Status>active</Status></member></SecurityGroups>',
    ])
      expect(text).toContain(part);
  });

  it('takes its node along when it is deleted, and other clusters are not made up', async () => {
    await group('fleet-d');
    await call('DeleteReplicationGroup', { ReplicationGroupId: 'fleet-d' });
    for (const id of ['fleet-d-001', 'other-001']) {
      const { status, text } = await call('DescribeCacheClusters', { CacheClusterId: id });
      expect(status).toBe(404);
      expect(text).toContain('CacheClusterNotFound');
    }
  });
});

it('functions that start after a certificate is trusted trust it', async () => {
  await fixture.deploy('trusting', 'export const handler = () => process.env.NODE_EXTRA_CA_CERTS ?? "none";');
  const ask = async () =>
    (
      await fixture.host().invoke({ functionName: 'trusting', payload: Buffer.from('{}'), type: 'RequestResponse' })
    ).payload.toString();
  expect(await ask()).toBe('"none"');
  await fixture.aws.trust('-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n');
  await fixture.deploy('trusting-too', 'export const handler = () => process.env.NODE_EXTRA_CA_CERTS ?? "none";');
  const { payload } = await fixture
    .host()
    .invoke({ functionName: 'trusting-too', payload: Buffer.from('{}'), type: 'RequestResponse' });
  expect(payload.toString()).toMatch(/trusted\.pem"$/);
});
