import { attributeText, type Letter, type MessageAttribute, type MessageAttributes } from '../letter.ts';
import type { EvidenceAdapter, Original } from './adapter.ts';
import { namesAnError } from './attributes.ts';
import { arnOf, codeOf, type Fields, jsonObject, nameOf, objectOf, present, textOf } from './fields.ts';

const NAMES = ['RequestID', 'ErrorCode', 'ErrorMessage'] as const;

/**
 * The dead-letter queue of a topic's subscription: the notification in SNS's JSON, or with raw delivery the published
 * message itself, and beside it why the subscriber could not be reached. Neither attribute names nor their values are
 * documented; a service puts all three there, a consumer that writes its own names the error's type too.
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
  original: published,
};

/** https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
function notificationOf(body: string): (Fields & { readonly Message: string }) | undefined {
  if (!body.includes('"TopicArn"') || !body.includes('"Message"')) return undefined;
  const fields = jsonObject(body);
  if (fields?.Type !== 'Notification' || typeof fields.Message !== 'string') return undefined;
  return arnOf(fields.TopicArn, 'sns') === undefined ? undefined : { ...fields, Message: fields.Message };
}

function published(letter: Letter): Original {
  const notification = notificationOf(letter.body);
  if (notification !== undefined)
    return { body: notification.Message, attributes: publishedAttributes(objectOf(notification.MessageAttributes)) };
  const attributes = Object.entries(letter.attributes).filter(([name]) => !NAMES.some((ours) => ours === name));
  return { body: letter.body, attributes: Object.fromEntries(attributes) };
}

function publishedAttributes(fields: Fields = {}): MessageAttributes {
  const attributes = Object.entries(fields).flatMap(([name, value]): [string, MessageAttribute][] => {
    const { Type, Value } = objectOf(value) ?? {};
    if (typeof Type !== 'string' || typeof Value !== 'string') return [];
    return [
      [
        name,
        Type.startsWith('Binary')
          ? { dataType: Type, binaryValue: Buffer.from(Value, 'base64') }
          : { dataType: Type, stringValue: Value },
      ],
    ];
  });
  return Object.fromEntries(attributes);
}
