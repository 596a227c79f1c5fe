import type { EvidenceAdapter } from './adapter.ts';
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
  statusOf,
} from './fields.ts';
import type { ReturnTo } from './return-to.ts';

/** Where the records are named that were given up: shard and sequence numbers, or partition and offsets. */
const BATCH_INFO = ['KinesisBatchInfo', 'DDBStreamBatchInfo', 'KafkaBatchInfo'] as const;

const POINTS: ReturnTo = {
  kind: 'nowhere',
  why: 'it points at records of a stream, which expire there, and does not hold them',
};

/**
 * The dead-letter queue of a pipe that reads a stream. It tells which limit was reached and not what failed.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-error-troubleshooting.html
 */
export const eventBridgePipes: EvidenceAdapter = {
  source: 'eventbridge-pipes',
  read({ body }) {
    const record = pointerOf(body);
    const pipe = arnOf(objectOf(record?.context)?.partnerResourceArn, 'pipes');
    if (record === undefined || pipe === undefined) return undefined;
    return { evidence: present({ at: instantOf(record.timestamp) }), attributeNames: [], returnTo: POINTS };
  },
};

/**
 * The on-failure destination of an event source mapping that reads a stream for a function.
 * https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 */
export const lambdaStream: EvidenceAdapter = {
  source: 'lambda-stream',
  read({ body }) {
    const record = pointerOf(body);
    const request = objectOf(record?.requestContext);
    const functionName = functionNameOf(request?.functionArn);
    if (record === undefined || functionName === undefined) return undefined;
    return {
      evidence: present({
        httpStatus: statusOf(objectOf(record.responseContext)?.statusCode),
        functionName,
        requestId: nameOf(request?.requestId),
        receiveCount: countOf(request?.approximateInvokeCount),
        at: instantOf(record.timestamp),
      }),
      attributeNames: [],
      returnTo: POINTS,
    };
  },
};

function pointerOf(body: string): Fields | undefined {
  const name = BATCH_INFO.find((info) => body.includes(`"${info}"`));
  if (name === undefined) return undefined;
  const record = jsonObject(body);
  return objectOf(record?.[name]) === undefined ? undefined : record;
}
