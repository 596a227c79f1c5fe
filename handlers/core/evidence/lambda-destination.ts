import type { EvidenceAdapter } from './adapter.ts';
import {
  countOf,
  functionNameOf,
  instantOf,
  jsonObject,
  nameOf,
  objectOf,
  present,
  stackOf,
  textOf,
} from './fields.ts';

/**
 * A function's on-failure destination: the body is a record about the invocation, not the event.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export const lambdaDestination: EvidenceAdapter = {
  source: 'lambda-destination',
  read({ body }) {
    // Spares every other letter the parsing of its body.
    if (!body.includes('"requestContext"') || !body.includes('"requestPayload"')) return undefined;
    const record = jsonObject(body);
    const request = objectOf(record?.requestContext);
    if (record === undefined || request === undefined || typeof request.functionArn !== 'string') return undefined;
    const response = objectOf(record.responsePayload) ?? {};
    return {
      evidence: present({
        errorType: nameOf(response.errorType),
        message: textOf(response.errorMessage),
        stack: stackOf(response.stackTrace ?? response.trace),
        functionName: functionNameOf(request.functionArn),
        requestId: nameOf(request.requestId),
        receiveCount: countOf(request.approximateInvokeCount),
        at: instantOf(record.timestamp),
      }),
      attributeNames: [],
    };
  },
};
