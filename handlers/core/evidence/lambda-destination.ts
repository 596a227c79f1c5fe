import type { Letter } from '../letter.ts';
import type { EvidenceAdapter, Original } from './adapter.ts';
import { exactJson } from './exact-json.ts';
import {
  arnOf,
  countOf,
  type Fields,
  functionNameOf,
  instantOf,
  jsonObject,
  nameOf,
  objectOf,
  present,
  stackOf,
  statusOf,
  textOf,
  uuidOf,
} from './fields.ts';
import type { ReturnTo } from './return-to.ts';

/**
 * A function's on-failure destination: the body is a record about the invocation and holds the event. Lambda leaves the
 * event out where the record would be too large. A record with a batch's position instead is `lambdaStream`'s.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export const lambdaDestination: EvidenceAdapter = {
  source: 'lambda-destination',
  read({ body }) {
    const record = recordOf(body);
    const request = objectOf(record?.requestContext);
    if (record === undefined || request === undefined) return undefined;
    const response = objectOf(record.responsePayload) ?? {};
    return {
      evidence: present({
        errorType: nameOf(response.errorType),
        message: textOf(response.errorMessage),
        stack: stackOf(response.stackTrace ?? response.trace),
        httpStatus: statusOf(objectOf(record.responseContext)?.statusCode),
        functionName: functionNameOf(request.functionArn),
        requestId: nameOf(request.requestId),
        receiveCount: countOf(request.approximateInvokeCount),
        at: instantOf(record.timestamp),
      }),
      attributeNames: [],
      returnTo: returnToOf(record, request),
      // As of the dead-letter queue: no mark goes with an event, so its heals are counted by the request's id.
      wrapped: { ...present({ messageId: uuidOf(request.requestId) }), attributes: {} },
    };
  },
  original: eventOf,
};

function recordOf(body: string): Fields | undefined {
  // Spares every other letter the parsing of its body.
  if (!body.includes('"requestContext"') || !body.includes('"functionArn"')) return undefined;
  if (body.includes('BatchInfo"')) return undefined;
  const record = jsonObject(body);
  const request = objectOf(record?.requestContext);
  const isRecord = functionNameOf(request?.functionArn) !== undefined && typeof request?.condition === 'string';
  return isRecord ? record : undefined;
}

function returnToOf(record: Fields, request: Fields): ReturnTo {
  if (record.requestPayload == null)
    return { kind: 'nowhere', why: 'the record of the function’s failure does not hold the event' };
  return { kind: 'function', ...present({ arn: arnOf(request.functionArn, 'lambda') }) };
}

function eventOf({ body }: Letter): Original | undefined {
  const payload = recordOf(body)?.requestPayload;
  return payload == null ? undefined : { body: exactJson(body, 'requestPayload') ?? '', attributes: {} };
}
