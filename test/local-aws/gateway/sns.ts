// SNS: fauxqs serves it; this fills in what fauxqs leaves out and Terraform waits for.
import type { Fauxqs } from '../fauxqs.ts';
import { ACCOUNT_ID } from '../moto.ts';
import { type Call, escapeXml, parseForm, type Reply, xmlReply } from './call.ts';
import type { Deliveries } from './deliveries.ts';
import { type Published, type Subscription, toSubscriber } from './sns-deliveries.ts';

// The topic attributes that fauxqs knows; it refuses to set the others (delivery logging, archiving).
const KNOWN = new Set([
  'DisplayName',
  'Policy',
  'DeliveryPolicy',
  'KmsMasterKeyId',
  'KmsDataKeyReusePeriodSeconds',
  'TracingConfig',
  'SignatureVersion',
  'ContentBasedDeduplication',
]);

export function createSns(fauxqs: Fauxqs, deliveries: Deliveries): (call: Call) => Promise<Reply> {
  async function ask(call: Call, body = call.body.toString()): Promise<Reply> {
    const { 'content-length': _, ...headers } = call.headers;
    const answer = await fauxqs.request({ ...headers, host: 'local' }, body);
    return { status: answer.status, headers: answer.headers, body: Buffer.from(answer.body) };
  }

  /** A topic of AWS has a policy from the start; Terraform waits until it reads one. */
  async function givePolicy(call: Call, created: Reply): Promise<void> {
    const TopicArn = /<TopicArn>([^<]+)</.exec(created.body.toString())?.[1];
    if (TopicArn === undefined) return;
    const attributes = await ask(call, form({ Action: 'GetTopicAttributes', TopicArn }));
    if (attributes.body.includes('<key>Policy</key>')) return;
    const AttributeValue = defaultPolicy(TopicArn);
    await ask(call, form({ Action: 'SetTopicAttributes', TopicArn, AttributeName: 'Policy', AttributeValue }));
  }

  /** Those that fauxqs does not serve: functions, and queues that are not there. */
  async function others(call: Call, TopicArn: string): Promise<Subscription[]> {
    const listed = await ask(call, form({ Action: 'ListSubscriptionsByTopic', TopicArn }));
    const found: Subscription[] = [];
    for (const [member] of listed.body.toString().matchAll(/<member>.*?<\/member>/gs)) {
      const [arn, protocol, endpoint] = ['SubscriptionArn', 'Protocol', 'Endpoint'].map(
        (name) => new RegExp(`<${name}>([^<]*)<`).exec(member)?.[1] ?? '',
      ) as [string, string, string];
      const isThere = protocol === 'sqs' && (await fauxqs.depth(endpoint.split(':').at(-1) ?? '')) !== undefined;
      if (isThere || (protocol !== 'sqs' && protocol !== 'lambda')) continue;
      const shown = await ask(call, form({ Action: 'GetSubscriptionAttributes', SubscriptionArn: arn }));
      const attributes = attributesIn(shown.body.toString());
      const { deadLetterTargetArn } = JSON.parse(attributes.get('RedrivePolicy') ?? '{}') as Record<string, string>;
      found.push({
        ...{ arn, protocol, endpoint, raw: attributes.get('RawMessageDelivery') === 'true' },
        filtered: (attributes.get('FilterPolicy') ?? '') !== '',
        ...(deadLetterTargetArn === undefined ? {} : { deadLetterArn: deadLetterTargetArn }),
      });
    }
    return found;
  }

  async function publish(call: Call): Promise<Reply> {
    const topicArn = parseForm(call.body).get('TopicArn') ?? '';
    const waiting = await others(call, topicArn);
    const reply = await ask(call, forQueues(call));
    const messageId = /<MessageId>([^<]+)</.exec(reply.body.toString())?.[1];
    // SNS answers before it delivers. What it loses is told, and nobody waits for it.
    if (messageId !== undefined)
      for (const subscription of waiting)
        toSubscriber(deliveries, publishedIn(call, topicArn, messageId), subscription).catch((error: Error) =>
          console.error('gateway:', error.message),
        );
    return reply;
  }

  const kept = new Map<string, Map<string, string>>();

  function keep(topic: string, name: string, value: string): Reply {
    kept.set(topic, (kept.get(topic) ?? new Map()).set(name, value));
    return xmlReply('<SetTopicAttributesResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"/>');
  }

  return async (call) => {
    const parameters = parseForm(call.body);
    const topic = parameters.get('TopicArn') ?? '';
    const name = parameters.get('AttributeName') ?? '';
    if (call.action === 'SetTopicAttributes' && !KNOWN.has(name))
      return keep(topic, name, parameters.get('AttributeValue') ?? '');
    const reply = await (call.action === 'Publish' ? publish(call) : ask(call));
    if (call.action === 'GetTopicAttributes') addEntries(reply, kept.get(topic));
    if (call.action === 'GetSubscriptionAttributes') confirm(reply);
    if (call.action === 'DeleteTopic') kept.delete(topic);
    if (call.action === 'CreateTopic' && reply.status === 200) await givePolicy(call, reply);
    return reply;
  };
}

/** fauxqs knows no message structure. Nothing but queues is delivered to here, so it is told what queues get. */
function forQueues(call: Call): string {
  const parameters = new URLSearchParams(call.body.toString());
  if (parameters.get('MessageStructure') !== 'json') return parameters.toString();
  const forms = JSON.parse(parameters.get('Message') ?? '{}') as Record<string, string>;
  if (forms.default === undefined) throw new Error('a message in the structure json needs a default');
  parameters.delete('MessageStructure');
  parameters.set('Message', forms.sqs ?? forms.default);
  return parameters.toString();
}

/** @param messageId as the publisher was told */
function publishedIn(call: Call, topicArn: string, messageId: string): Published {
  const parameters = parseForm(call.body);
  const forms =
    parameters.get('MessageStructure') === 'json' ? JSON.parse(parameters.get('Message') ?? '{}') : undefined;
  const attributes: Published['attributes'] = {};
  for (let index = 1; parameters.has(`MessageAttributes.entry.${index}.Name`); index++) {
    const of = (name: string) => parameters.get(`MessageAttributes.entry.${index}.${name}`);
    const [text, bytes] = [of('Value.StringValue'), of('Value.BinaryValue')];
    attributes[of('Name') ?? ''] = {
      DataType: of('Value.DataType') ?? 'String',
      ...(text === undefined ? {} : { StringValue: text }),
      ...(bytes === undefined ? {} : { BinaryValue: bytes }),
    };
  }
  const subject = parameters.get('Subject');
  const message = (forms?.lambda ?? forms?.default ?? parameters.get('Message') ?? '') as string;
  return { topicArn, messageId, message, attributes, ...(subject === undefined ? {} : { subject }) };
}

/** Of GetSubscriptionAttributes; values are JSON with quotation marks that XML spells out. */
function attributesIn(xml: string): Map<string, string> {
  const entries = [...xml.matchAll(/<key>([^<]+)<\/key>\s*<value>([^<]*)<\/value>/g)];
  const plain = (text: string) =>
    text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
  return new Map(entries.map(([, key = '', value = '']) => [key, plain(value)]));
}

function addEntries(reply: Reply, attributes: ReadonlyMap<string, string> | undefined): void {
  const entries = [...(attributes ?? [])].map(
    ([key, value]) => `<entry><key>${key}</key><value>${escapeXml(value)}</value></entry>`,
  );
  reply.body = Buffer.from(reply.body.toString().replace('</Attributes>', `${entries.join('')}</Attributes>`));
}

/** A webhook confirms its subscription itself; here nothing is delivered to one, so it counts as confirmed. A function needs not. */
function confirm(reply: Reply): void {
  const body = reply.body.toString();
  if (!/<key>Protocol<\/key><value>(https?|lambda)</.test(body)) return;
  const pending = /(<key>PendingConfirmation<\/key><value>)true/;
  reply.body = Buffer.from(body.replace(pending, '$1false'));
}

const form = (parameters: Record<string, string>): string =>
  new URLSearchParams({ Version: '2010-03-31', ...parameters }).toString();

// https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
const defaultPolicy = (topicArn: string): string =>
  JSON.stringify({
    Version: '2008-10-17',
    Id: '__default_policy_ID',
    Statement: [
      {
        Sid: '__default_statement_ID',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: ['GetTopicAttributes', 'SetTopicAttributes', 'Subscribe', 'Publish'].map((action) => `SNS:${action}`),
        Resource: topicArn,
        Condition: { StringEquals: { 'AWS:SourceOwner': ACCOUNT_ID } },
      },
    ],
  });
