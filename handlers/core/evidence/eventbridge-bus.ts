import type { EvidenceAdapter } from './adapter.ts';
import { arnOf, countOf, functionNameOf, jsonObject, nameOf, objectOf, present, textOf } from './fields.ts';

/**
 * The DLQ of a subscriber of a custom event bus: one record about the events that failed together, without the events.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-custom-bus-retry.html
 */
export const eventBridgeBus: EvidenceAdapter = {
  source: 'eventbridge-bus',
  read({ body }) {
    if (!body.includes('"failedMessages"') || !body.includes('"subscriberArn"')) return undefined;
    const record = jsonObject(body);
    if (record === undefined || !Array.isArray(record.failedMessages)) return undefined;
    if (arnOf(record.subscriberArn, 'events') === undefined) return undefined;
    const first = objectOf(record.failedMessages[0]);
    return {
      evidence: present({
        awsErrorCode: nameOf(record.errorCode),
        message: textOf(record.errorMessage),
        functionName: functionNameOf(record.targetArn),
        requestId: nameOf(first?.targetRequestId),
        receiveCount: countOf(record.retryAttempts),
      }),
      attributeNames: [],
      returnTo: { kind: 'nowhere', why: 'it is a record about events of a bus, which does not hold the events' },
    };
  },
};
