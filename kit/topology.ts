import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** What the kit has to know of a queue to treat a failed message right. */
export interface Topology {
  readonly queueUrl: string;
  /** Absent where the queue has no redrive policy: then nothing dies in it. */
  readonly maxReceiveCount?: number;
  /** Receives from here to the end of the chain: those of this queue and of every tier behind it. */
  readonly receivesToDlq?: number;
  /** Where SQS moves a message after its last receive. */
  readonly next?: { readonly kind: 'tier'; readonly delaySeconds: number } | { readonly kind: 'dlq' };
  /** The end of the chain: the first queue that gives nothing up. */
  readonly dlq?: { readonly arn: string; readonly url: string; readonly fifo: boolean };
}

interface Queue {
  readonly arn: string;
  readonly url: string;
  readonly delaySeconds: number;
  readonly redrive?: { readonly targetArn: string; readonly maxReceiveCount: number };
}

const REFRESH_MS = 5 * 60_000;
/** A discovery that failed is not tried again for each message of an outage. */
const RETRY_MS = 60_000;
/** Discovery delays the first batch of an environment, so it gives up early. */
const READ_TIMEOUT_MS = 2_000;
/** Longer chains are loops. */
const MAX_QUEUES = 12;

export interface Topologies {
  /** @throws whatever kept the queues from being read */
  of(queueArn: string): Promise<Topology>;
  /**
   * Receives that a message was given before it came to `queueArn`, when SQS moved it there along the redrive chain that
   * `sourceArn` is a part of; 0 where that chain does not lead there.
   */
  receivesBefore(queueArn: string, sourceArn: string): Promise<number>;
}

/** Reads queues at run time and remembers them for five minutes, and beyond while they cannot be read again. */
export function readTopologies(sqs: SQSClient): Topologies {
  const queueAt = remembering((arn) => readQueue(sqs, arn));
  const sourcesAt = remembering(async (arn) => sourcesOf(sqs, arn, (await queueAt(arn)).url));

  async function chainFrom(arn: string): Promise<[Queue, ...Queue[]]> {
    const chain: [Queue, ...Queue[]] = [await queueAt(arn)];
    for (let target = chain[0].redrive?.targetArn; target !== undefined; target = chain.at(-1)?.redrive?.targetArn) {
      if (chain.length === MAX_QUEUES)
        throw new Error(`the redrive policies after ${arn} do not end within ${MAX_QUEUES} queues`);
      chain.push(await queueAt(target));
    }
    return chain;
  }

  /**
   * Where the chain begins. SQS does not document whether a message that it moved twice names the queue it was sent to or
   * the one it was moved from last. A queue that several others give up to has no one queue before it.
   */
  async function headOf(arn: string): Promise<string> {
    let head = arn;
    for (let hops = 0; hops < MAX_QUEUES; hops++) {
      const [source, ...others] = await sourcesAt(head);
      if (source === undefined || others.length > 0) break;
      head = source;
    }
    return head;
  }

  return {
    async of(queueArn) {
      const chain = await chainFrom(queueArn);
      const [queue, target] = chain;
      if (queue.redrive === undefined || target === undefined) return { queueUrl: queue.url };
      const end = chain.at(-1) ?? target;
      return {
        queueUrl: queue.url,
        maxReceiveCount: queue.redrive.maxReceiveCount,
        receivesToDlq: receivesOf(chain),
        next: target.redrive === undefined ? { kind: 'dlq' } : { kind: 'tier', delaySeconds: target.delaySeconds },
        dlq: { arn: end.arn, url: end.url, fifo: end.arn.endsWith('.fifo') },
      };
    },
    async receivesBefore(queueArn, sourceArn) {
      const chain = await chainFrom(await headOf(sourceArn));
      const place = chain.findIndex(({ arn }) => arn === queueArn);
      return receivesOf(chain.slice(0, Math.max(place, 0)));
    },
  };
}

const receivesOf = (queues: readonly Queue[]): number =>
  queues.reduce((sum, { redrive }) => sum + (redrive?.maxReceiveCount ?? 0), 0);

/** `read`, asked once in five minutes for each queue; what it said last holds on while it fails. */
function remembering<T>(read: (arn: string) => Promise<T>): (arn: string) => Promise<T> {
  const remembered = new Map<string, { readonly value: Promise<T>; until: number }>();
  return (arn) => {
    const before = remembered.get(arn);
    if (before !== undefined && Date.now() < before.until) return before.value;
    const entry = { value: undefined as unknown as Promise<T>, until: Date.now() + REFRESH_MS };
    entry.value = read(arn).catch((error) => {
      entry.until = Date.now() + RETRY_MS;
      if (before === undefined) throw error;
      return before.value;
    });
    remembered.set(arn, entry);
    return entry.value;
  };
}

async function readQueue(sqs: SQSClient, arn: string): Promise<Queue> {
  const [, , service, , QueueOwnerAWSAccountId, QueueName] = arn.split(':');
  if (service !== 'sqs' || !QueueOwnerAWSAccountId || !QueueName)
    throw new Error(`expected the ARN of an SQS queue; got ${arn}`);
  const abortSignal = AbortSignal.timeout(READ_TIMEOUT_MS);
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName, QueueOwnerAWSAccountId }), { abortSignal });
  if (QueueUrl === undefined) throw new Error(`SQS gave no URL for ${arn}`);
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['RedrivePolicy', 'DelaySeconds'] });
  const { Attributes = {} } = await sqs.send(command, { abortSignal });
  const redrive = redriveOf(Attributes.RedrivePolicy);
  return {
    arn,
    url: QueueUrl,
    delaySeconds: Number(Attributes.DelaySeconds ?? 0),
    ...(redrive ? { redrive } : {}),
  };
}

/** One page is enough: of more than one source nothing can be said. */
async function sourcesOf(sqs: SQSClient, arn: string, QueueUrl: string): Promise<string[]> {
  const abortSignal = AbortSignal.timeout(READ_TIMEOUT_MS);
  const command = new ListDeadLetterSourceQueuesCommand({ QueueUrl });
  const { queueUrls = [] } = await sqs.send(command, { abortSignal });
  const [partition, service, region] = arn.split(':').slice(1);
  return queueUrls.map((url) => ['arn', partition, service, region, ...url.split('/').slice(-2)].join(':'));
}

/** SQS keeps the policy as it was written: the count may be a number or a string. */
function redriveOf(policy: string | undefined): Queue['redrive'] {
  if (!policy) return undefined;
  const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(policy) as Record<string, unknown>;
  const count = Number(maxReceiveCount);
  if (typeof deadLetterTargetArn !== 'string' || !(count >= 1)) throw new Error(`unexpected redrive policy: ${policy}`);
  return { targetArn: deadLetterTargetArn, maxReceiveCount: count };
}
