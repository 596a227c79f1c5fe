// The event that a function gets for a batch of messages, and what its answer means for each of them. Pure.

export type ReceivedMessage = {
  MessageId: string;
  ReceiptHandle: string;
  Body: string;
  MD5OfBody: string;
  Attributes?: Record<string, string>;
  MessageAttributes?: Record<string, { StringValue?: string; BinaryValue?: string; DataType: string }>;
  MD5OfMessageAttributes?: string;
};

/** Lambda's SQS event is not the API's shape: names begin in lower case, binary values stay base64, lists are empty. */
export function sqsEvent(messages: readonly ReceivedMessage[], eventSourceARN: string) {
  const awsRegion = eventSourceARN.split(':')[3] ?? '';
  return {
    Records: messages.map((message) => ({
      messageId: message.MessageId,
      receiptHandle: message.ReceiptHandle,
      body: message.Body,
      attributes: message.Attributes ?? {},
      messageAttributes: Object.fromEntries(
        Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [name, eventAttribute(value)]),
      ),
      ...(message.MD5OfMessageAttributes === undefined
        ? {}
        : { md5OfMessageAttributes: message.MD5OfMessageAttributes }),
      md5OfBody: message.MD5OfBody,
      eventSource: 'aws:sqs',
      eventSourceARN,
      awsRegion,
    })),
  };
}

function eventAttribute(value: { StringValue?: string; BinaryValue?: string; DataType: string }) {
  return {
    ...(value.StringValue === undefined ? {} : { stringValue: value.StringValue }),
    ...(value.BinaryValue === undefined ? {} : { binaryValue: value.BinaryValue }),
    stringListValues: [],
    binaryListValues: [],
    dataType: value.DataType,
  };
}

/**
 * The ids that stay in the queue. Without `ReportBatchItemFailures` on the mapping the answer is not looked at. With it,
 * an answer that Lambda cannot read fails the whole batch.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function failedIds(
  ids: readonly string[],
  outcome: { payload: string; functionError?: unknown },
  responseTypes: readonly string[],
): Set<string> {
  const all = new Set(ids);
  if (outcome.functionError !== undefined) return all;
  if (!responseTypes.includes('ReportBatchItemFailures')) return new Set();
  const failures = readFailures(outcome.payload);
  if (failures === undefined) return all;
  const failed = new Set<string>();
  for (const failure of failures) {
    const id = (failure as { itemIdentifier?: unknown } | null)?.itemIdentifier;
    if (typeof id !== 'string' || !all.has(id)) return all;
    failed.add(id);
  }
  return failed;
}

/** An empty list means that all succeeded; undefined that the answer is not one. */
function readFailures(payload: string): unknown[] | undefined {
  let answer: unknown;
  try {
    answer = payload === '' ? null : JSON.parse(payload);
  } catch {
    return undefined;
  }
  if (answer === null) return [];
  if (typeof answer !== 'object') return undefined;
  const failures = (answer as { batchItemFailures?: unknown }).batchItemFailures ?? [];
  return Array.isArray(failures) ? failures : undefined;
}
