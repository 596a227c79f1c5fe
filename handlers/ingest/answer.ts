import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** Why one part of a request was refused. */
export interface Reason {
  /** JSON Pointer into the body; empty for the body as a whole. */
  readonly path: string;
  /** The schema's keyword, or `body` where there was nothing to hold against a schema. */
  readonly rule: string;
  readonly message: string;
}

/** Enough to mend a request by; a body of a thousand mistakes gets the first of them. */
const MAX_REASONS = 20;

export function accepted(messageId: string | undefined): APIGatewayProxyStructuredResultV2 {
  return answer(202, { messageId });
}

export function refused(
  status: 400 | 413,
  message: string,
  reasons: readonly Reason[],
): APIGatewayProxyStructuredResultV2 {
  return answer(status, { message, errors: reasons.slice(0, MAX_REASONS) });
}

/** Says no more than that it was not the caller's fault, and whether trying again helps. */
export function failed(status: 500 | 503): APIGatewayProxyStructuredResultV2 {
  return status === 503
    ? answer(status, { message: 'the message was not accepted; try again later' }, { 'retry-after': '5' })
    : answer(status, { message: 'the message was not accepted' });
}

function answer(
  statusCode: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): APIGatewayProxyStructuredResultV2 {
  return { statusCode, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}
