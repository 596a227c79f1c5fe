import { attempt, type Outcome } from '../../handlers/aws/outcome.ts';
import type { Clients } from '../aws/clients.ts';
import { type Depth, readDepth } from '../stack/depth.ts';
import type { Watching } from './options.ts';
import type { Answer } from './readings.ts';
import { refusal } from './refusal.ts';
import type { Target } from './targets.ts';

/** Depths by queue URL, one for each look, oldest first; a queue that once gave no answer has none. */
export type Depths = ReadonlyMap<string, Answer<readonly Depth[]>>;

/**
 * Looks at all queues again and again. SQS needs a minute until its counts agree with what happened:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
 * @param onLook told after each look how many are done, and the depths so far
 */
export async function watch(
  clients: Clients,
  targets: readonly Target[],
  { looks, pauseMs }: Watching,
  onLook: (done: number, depths: Depths) => void,
): Promise<Depths> {
  const urls = [...new Set(targets.flatMap(({ dlqUrl, sources }) => [dlqUrl, ...sources.map(({ url }) => url)]))];
  const seen = new Map<string, Outcome<Depth>[]>(urls.map((url) => [url, []]));
  for (let look = 1; look <= looks; look++) {
    if (look > 1) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    await Promise.all(urls.map(async (url) => seen.get(url)?.push(await attempt(() => readDepth(clients.sqs, url)))));
    onLook(look, answersOf(seen));
  }
  return answersOf(seen);
}

function answersOf(seen: ReadonlyMap<string, readonly Outcome<Depth>[]>): Depths {
  return new Map([...seen].map(([url, outcomes]) => [url, answerOf(outcomes)]));
}

function answerOf(outcomes: readonly Outcome<Depth>[]): Answer<readonly Depth[]> {
  const depths: Depth[] = [];
  for (const outcome of outcomes) {
    if (!outcome.ok) return refusal(outcome.error);
    depths.push(outcome.value);
  }
  return { value: depths };
}
