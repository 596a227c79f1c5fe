import { attributeText } from '../letter.ts';
import type { EvidenceAdapter } from './adapter.ts';
import { namesAnError } from './attributes.ts';
import { nameOf, present, statusOf, textOf, uuidOf } from './fields.ts';

const NAMES = ['RequestID', 'ErrorCode', 'ErrorMessage'] as const;

/**
 * The dead-letter queue of an asynchronously invoked function: the body is the event, the attributes say why.
 * `ErrorCode`, of type Number, is the status of the invocation, 200 for a function that threw. The function is not named.
 * Each death makes a new message; what stays is the request's id, which whoever invokes the function is told.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export const lambdaAsyncQueue: EvidenceAdapter = {
  source: 'lambda-async-dlq',
  read(letter) {
    const { attributes } = letter;
    // A consumer may tell of its own request in the same names; it tells the error's type too.
    if (namesAnError(letter)) return undefined;
    const requestId = nameOf(attributeText(attributes, 'RequestID'));
    const code = attributeText(attributes, 'ErrorCode');
    if (requestId === undefined || code === undefined || !/^\d{3}$/.test(code)) return undefined;
    if (attributes.ErrorCode?.dataType !== 'Number') return undefined;
    return {
      evidence: present({
        requestId,
        httpStatus: statusOf(code),
        message: textOf(attributeText(attributes, 'ErrorMessage')),
      }),
      attributeNames: NAMES.filter((name) => name in attributes),
      returnTo: { kind: 'function' },
      wrapped: { ...present({ messageId: uuidOf(requestId) }), attributes: {} },
    };
  },
};
