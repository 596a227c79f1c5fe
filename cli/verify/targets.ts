import type { QueuePolicy } from '../../handlers/core/policy.ts';
import type { Clients } from '../aws/clients.ts';
import { UsageError } from '../exit.ts';
import type { Session } from '../session.ts';
import { besideUrl, nameInUrl } from '../stack/depth.ts';
import { placeOf, queuesOf, stackOf, urlOf } from '../stack/queues.ts';
import type { Stack } from '../stack/stack.ts';
import type { VerifyOptions } from './options.ts';

/** A DLQ and what belongs to it. */
export interface Target {
  /** Key of the queue, or the DLQ's name. */
  readonly queue: string;
  readonly place: string;
  readonly dlqUrl: string;
  readonly sources: readonly { readonly name: string; readonly url: string; readonly isTier: boolean }[];
  readonly consumerFunction?: string;
}

export interface Targets {
  readonly targets: readonly Target[];
  readonly stack?: Stack;
}

/** @throws UsageError where the command line names no place, or one source or function for several queues */
export async function targetsOf(clients: Clients, options: VerifyOptions, session: Session): Promise<Targets> {
  const { env } = session.io;
  if (options.dlq !== undefined) {
    const { queue } = await placeOf(clients, options, env);
    return { targets: [await targetOf(clients, queue, `--dlq ${queue.dlqUrl}`, options)] };
  }
  const stack = await stackOf(clients, options, env);
  const queues = queuesOf(stack, options);
  if (queues.length !== 1 && (options.source.length > 0 || options.function !== undefined))
    throw new UsageError(
      `--source and --function are of one queue: pass --queue too: ${queues.map(({ key }) => key).join(', ')}`,
    );
  const targets = queues.map((queue) =>
    targetOf(clients, queue, `--stack ${stack.name} --queue ${queue.key}`, options),
  );
  return { targets: await Promise.all(targets), stack };
}

async function targetOf(clients: Clients, queue: QueuePolicy, place: string, options: VerifyOptions): Promise<Target> {
  const named = await Promise.all(options.source.map((source) => urlOf(clients, source)));
  const urls = named.length > 0 ? named : sourceUrls(queue);
  const tiers = named.length > 0 ? [] : queue.tierArns.map((arn) => besideUrl(urls[0] ?? queue.dlqUrl, arn));
  const consumerFunction = options.function ?? queue.consumerFunction;
  return {
    queue: queue.key,
    place,
    dlqUrl: queue.dlqUrl,
    sources: [
      ...urls.map((url) => ({ name: nameInUrl(url), url, isTier: false })),
      ...tiers.map((url) => ({ name: nameInUrl(url), url, isTier: true })),
    ],
    ...(consumerFunction === undefined ? {} : { consumerFunction }),
  };
}

/** Of a DLQ without a stack that has several sources, SQS has told of them as targets. */
function sourceUrls({ sourceUrl, dlqUrl, targets, sourceArn }: QueuePolicy): string[] {
  if (sourceUrl !== undefined) return [sourceUrl];
  if (sourceArn !== undefined) return [besideUrl(dlqUrl, sourceArn)];
  return targets.filter((arn) => arn.split(':')[2] === 'sqs').map((arn) => besideUrl(dlqUrl, arn));
}
