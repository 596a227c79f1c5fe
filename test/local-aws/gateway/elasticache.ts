// ElastiCache: moto keeps replication groups. What it lacks is served here: the clusters that are a group's nodes, and an
// address at which a server really is.
import { type Call, escapeXml, parseForm, type Reply, xmlReply } from './call.ts';
import type { Forward } from './forward.ts';

export type ElastiCache = {
  serve(call: Call): Promise<Reply>;
  /** Where the primary node of a replication group is. moto's own addresses lead nowhere. */
  place(replicationGroupId: string, address: string): void;
};

export function createElastiCache(moto: Forward): ElastiCache {
  const groups = new Map<string, Map<string, string>>();
  const places = new Map<string, string>();

  /** The node of a group with one, as the group was asked for. */
  function describeNode(id: string, form: Map<string, string>): Reply {
    const scalar = (key: string, value = form.get(key)) =>
      value === undefined ? '' : `<${key}>${escapeXml(value)}</${key}>`;
    const securityGroups = listOf(form, 'SecurityGroupIds').map(
      (one) => `<member><SecurityGroupId>${escapeXml(one)}</SecurityGroupId><Status>active</Status></member>`,
    );
    const cluster = [
      scalar('CacheClusterId', id),
      scalar('ReplicationGroupId'),
      scalar('CacheClusterStatus', 'available'),
      scalar('Engine'),
      scalar('EngineVersion', fullVersion(form.get('EngineVersion'))),
      scalar('CacheNodeType'),
      scalar('NumCacheNodes', '1'),
      scalar('CacheSubnetGroupName'),
      scalar('PreferredMaintenanceWindow', form.get('PreferredMaintenanceWindow') ?? 'sun:05:00-sun:06:00'),
      scalar('TransitEncryptionEnabled'),
      scalar('AtRestEncryptionEnabled'),
      scalar('AutoMinorVersionUpgrade', form.get('AutoMinorVersionUpgrade') ?? 'true'),
      `<SecurityGroups>${securityGroups.join('')}</SecurityGroups>`,
    ];
    return xmlReply(
      '<DescribeCacheClustersResponse xmlns="http://elasticache.amazonaws.com/doc/2015-02-02/"><DescribeCacheClustersResult>' +
        `<CacheClusters><CacheCluster>${cluster.join('')}</CacheCluster></CacheClusters></DescribeCacheClustersResult>` +
        '<ResponseMetadata><RequestId>local</RequestId></ResponseMetadata></DescribeCacheClustersResponse>',
    );
  }

  /** moto names a primary `master.<group>.<random>.use1.cache.amazonaws.com`. */
  function withPlaces(reply: Reply): Reply {
    const body = reply.body
      .toString()
      .replace(/master\.([a-z0-9-]+)\.[a-z0-9]+\.use1\.cache\.amazonaws\.com/g, (name, id) => places.get(id) ?? name);
    const { 'content-length': _, ...headers } = reply.headers;
    return { ...reply, headers, body: Buffer.from(body) };
  }

  return {
    async serve(call) {
      const form = parseForm(call.body);
      const cluster = form.get('CacheClusterId') ?? '';
      const group = groups.get(cluster.replace(/-001$/, ''));
      if (call.action === 'DescribeCacheClusters' && group !== undefined && cluster.endsWith('-001'))
        return describeNode(cluster, group);
      const reply = await moto(call);
      const id = form.get('ReplicationGroupId') ?? '';
      if (call.action === 'CreateReplicationGroup' && reply.status === 200) groups.set(id, form);
      if (call.action === 'DeleteReplicationGroup' && reply.status === 200) groups.delete(id);
      return call.action.endsWith('ReplicationGroup') || call.action.endsWith('ReplicationGroups')
        ? withPlaces(reply)
        : reply;
    },
    place(replicationGroupId, address) {
      places.set(replicationGroupId, address);
    },
  };
}

/** `8.0` is asked for and `8.0.1` is what runs. https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/engine-versions.html */
const fullVersion = (version: string | undefined) =>
  version !== undefined && /^\d+\.\d+$/.test(version) ? `${version}.1` : version;

/** `SecurityGroupIds.SecurityGroupId.1` …: this API names the members of its lists. */
const listOf = (form: Map<string, string>, prefix: string): string[] =>
  [...form].filter(([key]) => key.startsWith(`${prefix}.`)).map(([, value]) => value);
