import { attributeText, type Letter, type MessageAttribute, type MessageAttributes } from '../letter.ts';
import type { EvidenceAdapter, Original } from './adapter.ts';
import { plainAttributes } from './attributes.ts';
import { exactJson } from './exact-json.ts';
import {
  codeOf,
  type Fields,
  instantOf,
  jsonObject,
  nameOf,
  objectOf,
  present,
  stackOf,
  textOf,
  uuidOf,
} from './fields.ts';
import { queueArnOf, type ReturnTo } from './return-to.ts';

/** The envelope that applications commonly wrap a failed message in, with the error beside the original. */
export const applicationEnvelope: EvidenceAdapter = {
  source: 'application-envelope',
  read(letter, failureRecord) {
    const envelope = envelopeOf(letter.body);
    if (envelope === undefined) return undefined;
    const said = present({
      errorType: nameOf(envelope.errorType),
      message: textOf(envelope.errorReason ?? envelope.errorMessage),
      ...codeOf(envelope.errorCode),
      stack: stackOf(envelope.stackTrace ?? envelope.stack),
      at: instantOf(envelope.failedAt),
    });
    if (Object.keys(said).length === 0) return undefined;
    // Such consumers often set `ErrorType` and `OriginalQueue` as attributes too.
    const beside = plainAttributes.read(letter, failureRecord);
    const names = [
      ...(beside?.attributeNames ?? []),
      ...Object.keys(letter.attributes).filter((name) => name === 'OriginalQueue'),
    ];
    const queue = attributeText(letter.attributes, 'OriginalQueue') ?? nameOf(envelope.originalQueue);
    const queueArn = queueArnOf(queue, letter.dlqArn);
    return {
      evidence: { ...beside?.evidence, ...said, ...present({ queueArn }) },
      attributeNames: names,
      returnTo: returnToOf(envelope, queue, queueArn),
      wrapped: {
        ...present({ messageId: uuidOf(envelope.originalMessageId) }),
        attributes: attributesOf(envelope.originalAttributes) ?? {},
      },
    };
  },
  original: messageIn,
};

function envelopeOf(body: string): Fields | undefined {
  if (!body.includes('"originalMessage"')) return undefined;
  const envelope = jsonObject(body);
  return envelope?.originalMessage == null ? undefined : envelope;
}

/**
 * Each death makes a new envelope under a new message id, so the heals of the message in it can only be counted by the
 * id that it had; and it can only go back as it was where its attributes are known.
 */
function returnToOf(envelope: Fields, queue: string | undefined, arn: string | undefined): ReturnTo {
  const byHand = (why: string): ReturnTo => ({ kind: 'queue', ...present({ arn }), byHand: why });
  if (uuidOf(envelope.originalMessageId) === undefined)
    return byHand('its envelope has no originalMessageId, without which heals cannot be counted');
  if (attributesOf(envelope.originalAttributes) === undefined)
    return byHand('its envelope has no originalAttributes that can be sent as they were');
  if (queue !== undefined && arn === undefined)
    return byHand('its OriginalQueue is neither a name nor a URL nor an ARN of a queue');
  return { kind: 'queue', ...present({ arn }) };
}

function messageIn(letter: Letter): Original | undefined {
  const envelope = envelopeOf(letter.body);
  const message = envelope?.originalMessage;
  const body = typeof message === 'string' ? message : exactJson(letter.body, 'originalMessage');
  const attributes = attributesOf(envelope?.originalAttributes);
  return envelope === undefined || body === undefined || attributes === undefined ? undefined : { body, attributes };
}

/**
 * Attributes as consumers copy them: in the Lambda event's spelling, in the API's, or as plain values.
 * @returns undefined where they are missing, or where one could not be sent as it was
 */
function attributesOf(value: unknown): MessageAttributes | undefined {
  const fields = objectOf(value);
  // A record has `attributes`, SQS's own, beside `messageAttributes`: some envelopes keep the wrong ones.
  if (fields === undefined || 'ApproximateReceiveCount' in fields || 'SentTimestamp' in fields) return undefined;
  const attributes: [string, MessageAttribute][] = [];
  for (const [name, one] of Object.entries(fields)) {
    const attribute = attributeOf(one);
    if (attribute === undefined) return undefined;
    attributes.push([name, attribute]);
  }
  return Object.fromEntries(attributes);
}

function attributeOf(value: unknown): MessageAttribute | undefined {
  if (typeof value === 'string') return { dataType: 'String', stringValue: value };
  if (typeof value === 'number') return { dataType: 'Number', stringValue: String(value) };
  const fields = objectOf(value) ?? {};
  const dataType = nameOf(fields.dataType ?? fields.DataType) ?? 'String';
  const text = fields.stringValue ?? fields.StringValue;
  if (typeof text === 'string') return { dataType, stringValue: text };
  const base64 = fields.binaryValue ?? fields.BinaryValue;
  return typeof base64 === 'string' ? { dataType, binaryValue: Buffer.from(base64, 'base64') } : undefined;
}
