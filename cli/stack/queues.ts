import { GetQueueAttributesCommand, GetQueueUrlCommand, paginateListDeadLetterSourceQueues } from '@aws-sdk/client-sqs';
import leven from 'leven';
import type { Policy, QueuePolicy } from '../../handlers/core/policy.ts';
import { parsePolicy } from '../../handlers/core/policy-document.ts';
import type { UserRule } from '../../handlers/core/rules/user.ts';
import type { Clients } from '../aws/clients.ts';
import { InputError, UsageError } from '../exit.ts';
import type { PlaceOptions } from './options.ts';
import { openStack, type Stack } from './stack.ts';

/** One DLQ, and everything that decides about its letters. */
export interface Place {
  /** The queue's key in its stack, or the DLQ's own name. */
  readonly name: string;
  readonly queue: QueuePolicy;
  readonly policy: Policy;
  /** Absent where no stack manages the queue. */
  readonly stack?: Stack;
}

const usage = (what: string) => new UsageError(what);

/** The stack that the command line names. @throws UsageError where it names none */
export async function stackOf(
  clients: Clients,
  { stack }: PlaceOptions,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Stack> {
  const name = stack ?? env.DLQ_STACK;
  if (name === undefined || name === '')
    throw usage('which stack? Pass --stack NAME, or set DLQ_STACK; NAME is "name" of the module');
  return openStack(clients, name);
}

/** The queues of a stack: all, or the one that the command line names. */
export function queuesOf({ name, healer }: Stack, { queue }: PlaceOptions): readonly QueuePolicy[] {
  const { queues } = healer.policy;
  if (queue === undefined) return queues;
  const found = queues.find(({ key }) => key === queue);
  if (found !== undefined) return [found];
  const keys = queues.map(({ key }) => key).sort((a, b) => leven(a, queue) - leven(b, queue));
  throw usage(`stack "${name}" has no queue "${queue}": it has ${keys.join(', ')}`);
}

/**
 * The one DLQ that the command line names: a queue of a stack, or with `--dlq` one that no stack manages.
 * @param rules the user's, for a queue without a stack
 */
export async function placeOf(
  clients: Clients,
  options: PlaceOptions,
  env: Readonly<Record<string, string | undefined>>,
  rules: readonly UserRule[] = [],
): Promise<Place> {
  if (options.dlq !== undefined) {
    if (options.stack !== undefined) throw usage('--dlq is for a queue that no stack manages: pass it or --stack');
    return unmanagedPlace(clients, options.dlq, rules);
  }
  const stack = await stackOf(clients, options, env);
  const [queue, ...others] = queuesOf(stack, options);
  if (queue === undefined) throw new InputError(`stack "${stack.name}" has no queues`);
  if (others.length > 0)
    throw usage(`which queue? Pass --queue: ${[queue, ...others].map(({ key }) => key).join(', ')}`);
  return { name: queue.key, queue, policy: stack.healer.policy, stack };
}

async function unmanagedPlace(clients: Clients, dlq: string, rules: readonly UserRule[]): Promise<Place> {
  const QueueUrl = await urlOf(clients, dlq);
  const { Attributes = {} } = await clients.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const { QueueArn = '' } = Attributes;
  const sources: string[] = [];
  for await (const { queueUrls = [] } of paginateListDeadLetterSourceQueues({ client: clients.sqs }, { QueueUrl }))
    sources.push(...queueUrls);
  const name = QueueArn.split(':').at(-1) ?? dlq;
  const policy = { ...unmanagedPolicy(name, QueueUrl, QueueArn, sources), rules };
  const [queue] = policy.queues;
  if (queue === undefined) throw new Error('the policy of a queue without a stack has no queue');
  return { name, queue, policy };
}

/** A URL as it is; of an ARN or a name SQS says the URL. */
export async function urlOf({ sqs }: Clients, queue: string): Promise<string> {
  if (/^https?:\/\//.test(queue)) return queue;
  const arn = /^arn:[\w-]+:sqs:[\w-]+:(\d{12}):([\w.-]+)$/.exec(queue);
  const name = arn?.[2] ?? queue;
  if (!/^[\w-]{1,80}(\.fifo)?$/.test(name))
    throw usage(`a queue is named by its URL, its ARN or its name; got ${queue}`);
  const { QueueUrl } = await sqs.send(
    new GetQueueUrlCommand({ QueueName: name, ...(arn === null ? {} : { QueueOwnerAWSAccountId: arn[1] }) }),
  );
  return QueueUrl ?? queue;
}

/** Source and DLQ are of one account and region. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html */
const besideArn = (dlqArn: string, url: string) => [...dlqArn.split(':').slice(0, 5), url.split('/').at(-1)].join(':');

/** The module's defaults for a DLQ whose sources SQS has told of; with several, each letter says where it died. */
function unmanagedPolicy(key: string, dlqUrl: string, dlqArn: string, sources: readonly string[]): Policy {
  const [only, ...others] = sources;
  const arns = sources.map((url) => besideArn(dlqArn, url));
  const document = {
    version: 1,
    stack: 'none',
    queues: {
      [key]: {
        dlq_url: dlqUrl,
        dlq_arn: dlqArn,
        ...(others.length === 0 && only !== undefined ? { source_url: only, source_arn: arns[0] } : {}),
        targets: others.length === 0 ? [] : arns,
        fifo: dlqArn.endsWith('.fifo'),
      },
    },
    rules: [],
    policy: { poison: {} },
    alerts: {},
    retention: {},
  };
  return parsePolicy(JSON.stringify(document));
}
