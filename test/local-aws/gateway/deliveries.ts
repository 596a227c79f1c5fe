// How a service gives something to a function or a queue: it is there, and its policy or the service's role allows it.
import { AWS_ITSELF } from '../gateway.ts';
import { AwsError, request } from '../host/aws-request.ts';
import { ACCOUNT_ID } from '../moto.ts';
import type { Reply } from './call.ts';
import type { RawRequest } from './identify.ts';
import type { Invoke } from './lambda.ts';
import { permits } from './permits.ts';

/** Who delivers: a topic or a rule, known to the target by its ARN, or a schedule with the role that it assumes. */
export type Sender = { service: 'sns' | 'events' | 'scheduler'; arn: string; roleName?: string };
/** Neither is tried again: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html#dlq-considerations */
export type Undelivered = 'missing' | 'forbidden';
export type Message = {
  body: string;
  attributes?: Record<string, { DataType: string; StringValue?: string; BinaryValue?: string }>;
};

export type Deliveries = {
  /** Resolves when the target has it, with undefined, or with why it will not have it. */
  deliver(targetArn: string, message: Message, sender: Sender): Promise<Undelivered | undefined>;
  /**
   * Puts what could not be delivered into the dead-letter queue.
   * @throws Error where the queue does not take it: AWS would lose it.
   */
  bury(queueArn: string, message: Message, sender: Sender): Promise<void>;
};

export type DeliveryOptions = {
  handle(request: RawRequest): Promise<Reply>;
  invoke(): Invoke | undefined;
  region: string;
};

export function createDeliveries(options: DeliveryOptions): Deliveries {
  const { region } = options;
  const ask = <T>(call: Parameters<typeof request>[1]) => request<T>(options, call);
  const asItself = { region, caller: AWS_ITSELF };
  const rest = <T>(service: string, url: string) => ask<T>({ ...asItself, service, method: 'GET', url });
  const sqs = <T>(action: string, body: object) =>
    ask<T>({ ...asItself, service: 'sqs', target: `AmazonSQS.${action}`, body });

  const orNothing = async <T>(asked: Promise<T>): Promise<T | undefined> => {
    try {
      return await asked;
    } catch (error) {
      if (error instanceof AwsError && /NotFound|NonExistent|NoSuchEntity|does not exist/.test(error.message))
        return undefined;
      throw error;
    }
  };

  async function iam(parameters: Record<string, string>): Promise<string> {
    const headers = {
      authorization: `AWS4-HMAC-SHA256 Credential=${AWS_ITSELF}/20200101/${region}/iam/aws4_request`,
      'content-type': 'application/x-www-form-urlencoded',
      host: 'iam.amazonaws.com',
    };
    const body = Buffer.from(new URLSearchParams({ Version: '2010-05-08', ...parameters }).toString());
    const reply = await options.handle({ method: 'POST', url: '/', headers, body });
    if (reply.status >= 400) throw new Error(`IAM answered ${reply.status}: ${reply.body}`);
    return reply.body.toString();
  }

  /** The inline policies of a role: the stacks here have no others. */
  async function policiesOfRole(RoleName: string): Promise<string[]> {
    const listed = await iam({ Action: 'ListRolePolicies', RoleName });
    const names = [...listed.matchAll(/<member>([^<]+)<\/member>/g)].map(([, name]) => name ?? '');
    const documents = await Promise.all(
      names.map((PolicyName) => iam({ Action: 'GetRolePolicy', RoleName, PolicyName })),
    );
    return documents.map((xml) => decodeURIComponent(/<PolicyDocument>([^<]+)</.exec(xml)?.[1] ?? '{}'));
  }

  const requestOf = (action: string, resource: string, { service, arn, roleName }: Sender) =>
    roleName === undefined
      ? { action, resource, service, sourceArn: arn, account: ACCOUNT_ID }
      : { action, resource, account: ACCOUNT_ID };

  async function toFunction(arn: string, { body }: Message, sender: Sender): Promise<Undelivered | undefined> {
    const functionName = arn.split(':')[6] ?? '';
    const url = `/2015-03-31/functions/${functionName}`;
    if ((await orNothing(rest('lambda', url))) === undefined) return 'missing';
    const policies =
      sender.roleName === undefined
        ? [(await orNothing(rest<{ Policy: string }>('lambda', `${url}/policy`)))?.Policy ?? '{}']
        : await policiesOfRole(sender.roleName);
    if (!permits(policies, requestOf('lambda:InvokeFunction', arn, sender))) return 'forbidden';
    const invoke = options.invoke();
    if (invoke === undefined) throw new Error(`no Lambda host runs ${functionName} here`);
    await invoke({ functionName, payload: Buffer.from(body), type: 'Event' });
    return undefined;
  }

  async function toQueue(arn: string, { body, attributes }: Message, sender: Sender): Promise<Undelivered | undefined> {
    const [, , , , account, name] = arn.split(':');
    const QueueUrl = `http://local/${account}/${name}`;
    const found = await orNothing(
      sqs<{ Attributes?: { Policy?: string } }>('GetQueueAttributes', { QueueUrl, AttributeNames: ['Policy'] }),
    );
    if (found === undefined) return 'missing';
    const policies =
      sender.roleName === undefined ? [found.Attributes?.Policy ?? '{}'] : await policiesOfRole(sender.roleName);
    if (!permits(policies, requestOf('sqs:SendMessage', arn, sender))) return 'forbidden';
    await sqs('SendMessage', { QueueUrl, MessageBody: body, MessageAttributes: attributes ?? {} });
    return undefined;
  }

  async function deliver(targetArn: string, message: Message, sender: Sender): Promise<Undelivered | undefined> {
    const service = targetArn.split(':')[2];
    if (service === 'lambda') return toFunction(targetArn, message, sender);
    if (service === 'sqs') return toQueue(targetArn, message, sender);
    throw new Error(`a delivery to ${targetArn} is not modelled`);
  }

  return {
    deliver,
    async bury(queueArn, message, sender) {
      const refused = await toQueue(queueArn, message, sender);
      if (refused !== undefined)
        throw new Error(`${sender.arn} lost a message: its dead-letter queue ${queueArn} is ${refused}`);
    },
  };
}
