import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import type { MessageAttributes } from '../core/letter.ts';

/** Message attributes in the API's shape, custom types kept. */
export function toSqsAttributes(attributes: MessageAttributes): Record<string, MessageAttributeValue> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]) => [
      name,
      'stringValue' in attribute
        ? { DataType: attribute.dataType, StringValue: attribute.stringValue }
        : { DataType: attribute.dataType, BinaryValue: attribute.binaryValue },
    ]),
  );
}
