// SQS: fauxqs serves it; this fills in what fauxqs answers differently from AWS.
import type { Fauxqs } from '../fauxqs.ts';
import { ACCOUNT_ID } from '../moto.ts';
import { type Call, errorReply, jsonReply, parseJson, type Reply } from './call.ts';
import type { QueueAnswer } from './move-messages.ts';
import { createMoveTasks } from './move-tasks.ts';
import { createRedriveChains } from './redrive.ts';
import { queueName } from './resources.ts';
import { createMessageMemory, type Input, refuseMessages } from './sqs-messages.ts';

const JSON_TYPE = 'application/x-amz-json-1.0';
// Setting one of these to nothing removes it.
const CLEARABLE = ['Policy', 'RedrivePolicy', 'RedriveAllowPolicy', 'KmsMasterKeyId'];
// fauxqs keeps these from CreateQueue and refuses them in SetQueueAttributes.
const SET_HERE = ['DeduplicationScope', 'FifoThroughputLimit'];
const IN_FLIGHT = 'ApproximateNumberOfMessagesNotVisible';
const DELAYED = 'ApproximateNumberOfMessagesDelayed';
const COUNTS = { ApproximateNumberOfMessages: 'visible', [IN_FLIGHT]: 'inFlight', [DELAYED]: 'delayed' } as const;

export type Sqs = {
  serve(call: Call): Promise<Reply>;
  queueUrl(name: string): string;
  /** Ends what runs in the background: message move tasks. */
  stop(): Promise<void>;
};

export function createSqs(fauxqs: Fauxqs, baseUrl: () => string): Sqs {
  const memory = createMessageMemory();
  const chains = createRedriveChains();
  const overlay = new Map<string, Record<string, string>>();
  const queueUrl = (name: string) => `${baseUrl()}/${ACCOUNT_ID}/${name}`;

  async function ask(call: Call, input: Input): Promise<Reply> {
    const answer = await fauxqs.request(headersFor(call), JSON.stringify(input));
    return { status: answer.status, headers: answer.headers, body: Buffer.from(answer.body) };
  }

  /** Names of the queues whose redrive policy names this one. */
  async function sourcesOf(call: Call, queue: string): Promise<string[]> {
    const wanted = `arn:aws:sqs:${call.region}:${ACCOUNT_ID}:${queue}`;
    const found: string[] = [];
    for (const { name } of await fauxqs.depths()) {
      const policy = (await attributesOf(call, name)).RedrivePolicy;
      if (policy !== undefined && (JSON.parse(policy) as Input).deadLetterTargetArn === wanted) found.push(name);
    }
    return found;
  }

  async function askItself(call: Call, action: string, queue: string, input: Input): Promise<QueueAnswer> {
    const body = Buffer.from(JSON.stringify({ ...input, QueueUrl: localUrl(queue) }));
    const reply = await serve({ ...call, action, headers: { 'content-type': JSON_TYPE }, body });
    const output = reply.body.length === 0 ? {} : parseJson(reply.body);
    if (reply.status < 400) return { output };
    return { output: {}, error: reply.headers['x-amzn-query-error']?.split(';')[0] ?? String(output.__type) };
  }
  const moveTasks = createMoveTasks({ ask: askItself, sourcesOf });

  async function attributesOf(call: Call, name: string): Promise<Record<string, string>> {
    const headers = { ...headersFor(call), 'x-amz-target': 'AmazonSQS.GetQueueAttributes' };
    const body = JSON.stringify({ QueueUrl: localUrl(name), AttributeNames: ['All'] });
    const answer = await fauxqs.request(headers, body);
    return ((JSON.parse(answer.body) as Input).Attributes ?? {}) as Record<string, string>;
  }

  /** After a redrive policy was set: every queue of the chain gets what fauxqs needs to treat it as SQS would. */
  async function chain(call: Call, name: string, input: Input): Promise<void> {
    const policy = ((input.Attributes ?? {}) as Record<string, string>).RedrivePolicy;
    if (policy === undefined) return;
    const headers = { ...headersFor(call), 'x-amz-target': 'AmazonSQS.SetQueueAttributes' };
    for (const [queue, RedrivePolicy] of chains.set(name, policy)) {
      await fauxqs.request(headers, JSON.stringify({ QueueUrl: localUrl(queue), Attributes: { RedrivePolicy } }));
    }
  }

  /** fauxqs counts a message as in flight, or delayed, until the next receive; SQS only while it is. */
  async function count(name: string, output: Input): Promise<void> {
    const attributes = (output.Attributes ?? {}) as Record<string, string>;
    if (!Object.keys(COUNTS).some((key) => attributes[key] !== undefined)) return;
    if (attributes[IN_FLIGHT] === '0' && attributes[DELAYED] === '0') return;
    const depth = await fauxqs.depth(name);
    for (const [key, of] of Object.entries(COUNTS))
      if (attributes[key] !== undefined && depth !== undefined) attributes[key] = String(depth[of]);
  }

  async function serve(call: Call): Promise<Reply> {
    const own = moveTasks.serve(call);
    if (own !== undefined) return own;
    const input = parseJson(call.body);
    const name = queueName(String(input.QueueUrl ?? input.QueueName ?? ''));
    if (typeof input.QueueUrl === 'string') input.QueueUrl = localUrl(name);
    const refusal = refuseMessages(call.action, input);
    if (refusal !== undefined) return errorReply(call, 400, 'InvalidParameterValue', refusal);
    if (call.action === 'ListDeadLetterSourceQueues')
      return jsonReply({ queueUrls: (await sourcesOf(call, name)).map(queueUrl) }, 200, JSON_TYPE);
    if (call.action === 'SetQueueAttributes') setHere(overlay, name, input);
    const sent = memory.beforeSend(call, input);
    const reply = await ask(call, sent);
    if (reply.status >= 400) return reply;
    const output = reply.body.length === 0 ? {} : parseJson(reply.body);
    if (call.action === 'CreateQueue' || call.action === 'SetQueueAttributes') await chain(call, name, input);
    if (call.action === 'GetQueueAttributes') {
      await count(name, output);
      const policy = chains.sent(name);
      mendAttributes(
        output,
        { ...overlay.get(name), ...(policy === undefined ? {} : { RedrivePolicy: policy }) },
        input,
      );
    }
    if (call.action === 'CreateQueue' || call.action === 'GetQueueUrl') output.QueueUrl = queueUrl(name);
    if (Array.isArray(output.QueueUrls)) output.QueueUrls = output.QueueUrls.map((url) => queueUrl(queueName(url)));
    if (Array.isArray(output.Failed) && output.Failed.length === 0) delete output.Failed;
    memory.afterAnswer(call, name, input, output);
    return { ...reply, body: Buffer.from(JSON.stringify(output)) };
  }
  return { serve, queueUrl, stop: moveTasks.stop };
}

/** Without a host that names a region, fauxqs looks a queue up by its name alone. */
const localUrl = (name: string): string => `http://local/${ACCOUNT_ID}/${name}`;

const headersFor = (call: Call): Record<string, string> => ({
  'content-type': JSON_TYPE,
  'x-amz-target': `AmazonSQS.${call.action}`,
  authorization: `AWS4-HMAC-SHA256 Credential=local/20200101/${call.region}/sqs/aws4_request`,
  host: 'local',
});

function setHere(overlay: Map<string, Record<string, string>>, name: string, input: Input): void {
  const attributes = (input.Attributes ?? {}) as Record<string, string>;
  for (const key of SET_HERE) {
    const value = attributes[key];
    if (value === undefined) continue;
    overlay.set(name, { ...overlay.get(name), [key]: value });
    delete attributes[key];
  }
}

function mendAttributes(output: Input, own: Record<string, string> | undefined, input: Input): void {
  const attributes = { ...(output.Attributes as Record<string, string> | undefined) };
  const asked = (input.AttributeNames ?? []) as string[];
  for (const [key, value] of Object.entries(own ?? {}))
    if (asked.includes('All') || asked.includes(key)) attributes[key] = value;
  for (const key of CLEARABLE) if (attributes[key] === '') delete attributes[key];
  // A queue has one kind of encryption.
  if (attributes.KmsMasterKeyId !== undefined && attributes.SqsManagedSseEnabled !== undefined) {
    attributes.SqsManagedSseEnabled = 'false';
  }
  output.Attributes = attributes;
}
