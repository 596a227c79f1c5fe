import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
export const MAX_BODY_BYTES = 1_048_576;

export type Body =
  | { readonly kind: 'ok'; readonly text: string; readonly value: unknown }
  | { readonly kind: 'bad'; readonly why: string }
  | { readonly kind: 'too-large'; readonly bytes: number };

/**
 * The body of an HTTP API request (payload 2.0), which API Gateway hands over in base64 unless its content type is text.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function bodyOf({ body = '', isBase64Encoded }: Pick<APIGatewayProxyEventV2, 'body' | 'isBase64Encoded'>): Body {
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.byteLength > MAX_BODY_BYTES) return { kind: 'too-large', bytes: bytes.byteLength };
  const text = decoded(bytes);
  if (text === undefined) return { kind: 'bad', why: 'must be UTF-8' };
  if (text.trim() === '') return { kind: 'bad', why: 'must be JSON; it is empty' };
  if (!isSendable(text))
    return { kind: 'bad', why: 'must not hold the characters U+FFFE and U+FFFF, which SQS refuses' };
  try {
    return { kind: 'ok', text, value: JSON.parse(text) };
  } catch {
    return { kind: 'bad', why: 'must be JSON' };
  }
}

function decoded(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * SQS takes U+0009, U+000A, U+000D and U+0020 to U+FFFD, and beyond U+FFFF everything; JSON itself allows no others below.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
function isSendable(text: string): boolean {
  return !/[\uFFFE\uFFFF]/.test(text);
}
