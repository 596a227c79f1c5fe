import { readSource, type SourceFacts } from '../../handlers/aws/source-facts.ts';
import type { QueuePolicy } from '../../handlers/core/policy.ts';
import type { Target } from '../../handlers/core/target.ts';
import { judgingSeconds } from '../../handlers/govern/judging.ts';
import type { Clients } from '../aws/clients.ts';
import { besideUrl } from '../stack/depth.ts';

/** The queues that letters go to: to see whether they are empty, and how long a letter takes to die there. */
export interface Destinations {
  /** URLs, tiers included. */
  readonly urls: readonly string[];
  readonly windowSeconds: number;
}

export async function destinationsOf(
  { sqs }: Clients,
  queue: QueuePolicy,
  toward: Target | undefined,
): Promise<Destinations> {
  const queues = queuesOf(queue, toward);
  const facts = await Promise.all(queues.map((one) => readSource(sqs, one)));
  const urls = queues.flatMap(({ sourceUrl, tierArns }) =>
    sourceUrl === undefined ? [] : [sourceUrl, ...tierArns.map((arn) => besideUrl(sourceUrl, arn))],
  );
  const known = facts.filter((one): one is SourceFacts => one !== undefined);
  return {
    urls: [...new Set(urls)],
    windowSeconds: Math.max(0, ...known.map(judgingSeconds)) || judgingSeconds(undefined),
  };
}

type Source = Pick<QueuePolicy, 'sourceUrl' | 'tierArns'>;

function queuesOf(queue: QueuePolicy, toward: Target | undefined): (QueuePolicy & Source)[] {
  if (toward?.kind === 'queue') return [{ ...queue, sourceUrl: toward.url, tierArns: [] }];
  if (toward !== undefined) return [];
  const others = queue.targets
    .filter((arn) => arn.split(':', 3)[2] === 'sqs' && arn !== queue.sourceArn)
    .map((arn) => ({ ...queue, sourceUrl: besideUrl(queue.dlqUrl, arn), tierArns: [] }));
  return queue.sourceUrl === undefined ? others : [queue, ...others];
}
