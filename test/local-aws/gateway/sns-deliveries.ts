// What fauxqs does not deliver of a published message: to functions at all, and to a queue that is not there. The
// subscription's dead-letter queue gets what the subscriber was to be given, without a word of why: recordings of AWS show
// it so (LocalStack's tests/aws/services/sns/test_sns.snapshot.json, test_redrive_policy_*).
import type { Deliveries, Message } from './deliveries.ts';

export type Subscription = {
  arn: string;
  protocol: string;
  endpoint: string;
  raw: boolean;
  filtered: boolean;
  deadLetterArn?: string;
};
export type Published = {
  topicArn: string;
  messageId: string;
  message: string;
  subject?: string;
  attributes: Record<string, { DataType: string; StringValue?: string; BinaryValue?: string }>;
};

/** @throws Error where a message was lost, or for what is not modelled */
export async function toSubscriber(deliveries: Deliveries, published: Published, to: Subscription): Promise<void> {
  if (to.protocol !== 'lambda' && to.protocol !== 'sqs') return;
  if (to.protocol === 'lambda' && to.filtered) throw new Error('filter policies of functions are not modelled');
  const sender = { service: 'sns', arn: published.topicArn } as const;
  const envelope = notification(published, to.arn);
  const letter: Message =
    to.raw && to.protocol === 'sqs'
      ? { body: published.message, attributes: published.attributes }
      : { body: JSON.stringify(envelope) };
  const why =
    to.protocol === 'lambda'
      ? await deliveries.deliver(to.endpoint, { body: JSON.stringify(eventOf(envelope, to.arn)) }, sender)
      : 'missing';
  if (why !== undefined && to.deadLetterArn !== undefined) await deliveries.bury(to.deadLetterArn, letter, sender);
}

/** https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
function notification({ topicArn, messageId, message, subject, attributes }: Published, subscriptionArn: string) {
  const host = `https://sns.${topicArn.split(':')[3]}.amazonaws.com`;
  const named = Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
    name,
    { Type: DataType, Value: StringValue ?? BinaryValue ?? '' },
  ]);
  return {
    Type: 'Notification',
    MessageId: messageId,
    TopicArn: topicArn,
    ...(subject === undefined ? {} : { Subject: subject }),
    Message: message,
    Timestamp: new Date().toISOString(),
    SignatureVersion: '1',
    Signature: 'EXAMPLE',
    SigningCertURL: `${host}/SimpleNotificationService-0000000000000000000000.pem`,
    UnsubscribeURL: `${host}/?Action=Unsubscribe&SubscriptionArn=${subscriptionArn}`,
    ...(named.length === 0 ? {} : { MessageAttributes: Object.fromEntries(named) as object }),
  };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html */
function eventOf(envelope: ReturnType<typeof notification>, EventSubscriptionArn: string): object {
  const { SigningCertURL: SigningCertUrl, UnsubscribeURL: UnsubscribeUrl, ...same } = envelope;
  const Sns = { Subject: null, MessageAttributes: {}, ...same, SigningCertUrl, UnsubscribeUrl };
  return { Records: [{ EventSource: 'aws:sns', EventVersion: '1.0', EventSubscriptionArn, Sns }] };
}
