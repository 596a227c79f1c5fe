import type { QueuePolicy } from '../../handlers/core/policy.ts';
import { besideUrl, nameInUrl } from '../stack/depth.ts';

/** One queue of SQS, and what it is to the letters. */
export interface QueueRef {
  readonly role: 'source' | 'tier' | 'dlq';
  readonly name: string;
  readonly url: string;
}

/** Source, retry tiers and DLQ of a queue of a stack, in this order. */
export function refsOf({ sourceUrl, tierArns, dlqUrl }: QueuePolicy): QueueRef[] {
  const source = sourceUrl === undefined ? [] : [ref('source', sourceUrl)];
  const tiers = sourceUrl === undefined ? [] : tierArns.map((arn) => ref('tier', besideUrl(sourceUrl, arn)));
  return [...source, ...tiers, { role: 'dlq', name: nameInUrl(dlqUrl), url: dlqUrl }];
}

/** The same of a DLQ that no stack manages; all that SQS names as its sources. */
export function unmanagedRefs({ sourceUrl, targets, dlqUrl }: QueuePolicy): QueueRef[] {
  const sources = sourceUrl === undefined ? targets.map((arn) => besideUrl(dlqUrl, arn)) : [sourceUrl];
  return [...sources.map((url) => ref('source', url)), { role: 'dlq', name: nameInUrl(dlqUrl), url: dlqUrl }];
}

const ref = (role: QueueRef['role'], url: string): QueueRef => ({ role, name: nameInUrl(url), url });
