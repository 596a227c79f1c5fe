import { attributeText } from '../letter.ts';
import type { EvidenceAdapter } from './adapter.ts';
import { namesAnError } from './attributes.ts';
import { arnOf, codeOf, type Fields, jsonObject, nameOf, present, textOf } from './fields.ts';

const NAMES = ['RequestID', 'ErrorCode', 'ErrorMessage'] as const;

/**
 * The dead-letter queue of a topic's subscription: what the subscriber was to be given. That is the notification in SNS's
 * JSON, for a function too, and with raw delivery the published message, which nothing tells from one of a queue.
 * Neither is documented. Recordings of AWS show no attribute that says why (LocalStack's
 * `tests/aws/services/sns/test_sns.snapshot.json`); emulators and others tell of these three. A service puts all three
 * there, a consumer that writes its own names the error's type too.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
 */
export const snsSubscription: EvidenceAdapter = {
  source: 'sns-subscription',
  read(letter) {
    if (namesAnError(letter)) return undefined;
    const notification = notificationOf(letter.body);
    const said = letter.attributes.ErrorCode?.dataType !== 'Number' && NAMES.every((name) => name in letter.attributes);
    if (notification === undefined && !said) return undefined;
    return {
      evidence: present({
        message: textOf(attributeText(letter.attributes, 'ErrorMessage')),
        ...codeOf(attributeText(letter.attributes, 'ErrorCode')),
        requestId: nameOf(attributeText(letter.attributes, 'RequestID')),
      }),
      attributeNames: NAMES.filter((name) => name in letter.attributes),
      returnTo: { kind: 'topic-subscription', ...present({ topicArn: arnOf(notification?.TopicArn, 'sns') }) },
    };
  },
};

/** https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
function notificationOf(body: string): Fields | undefined {
  if (!body.includes('"TopicArn"') || !body.includes('"Message"')) return undefined;
  const fields = jsonObject(body);
  if (fields?.Type !== 'Notification' || typeof fields.Message !== 'string') return undefined;
  return arnOf(fields.TopicArn, 'sns') === undefined ? undefined : fields;
}

/**
 * The event that SNS invokes a function with, of the notification in the letter: two names are written otherwise, two are
 * always there. https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
 * @param body JSON
 */
export function snsEvent(body: string): string {
  const { SigningCertURL: SigningCertUrl, UnsubscribeURL: UnsubscribeUrl, ...fields } = JSON.parse(body) as Fields;
  const Sns = { Subject: null, MessageAttributes: {}, ...fields, SigningCertUrl, UnsubscribeUrl };
  const EventSubscriptionArn = /SubscriptionArn=([^&]+)/.exec(String(UnsubscribeUrl))?.[1];
  return JSON.stringify({
    Records: [{ EventSource: 'aws:sns', EventVersion: '1.0', EventSubscriptionArn, Sns }],
  });
}
