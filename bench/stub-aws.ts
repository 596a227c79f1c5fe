import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Call, errorReply, jsonReply, parseJson, type Reply, xmlReply } from '../test/local-aws/gateway/call.ts';
import { identify } from '../test/local-aws/gateway/identify.ts';

/**
 * Milliseconds until AWS answers a small request from a function in the same region. Assumptions, nothing measured:
 * single digits for one item of DynamoDB (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Introduction.html),
 * a little more for a batch of them; for SQS, S3 and SNS the quick end of tens of milliseconds, where AWS promises
 * nothing so good (S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html), so that the
 * naive healer, which does nothing but wait for SQS, is not made to look slow.
 */
export const LATENCY_MS = { dynamodb: 5, dynamodbBatch: 10, sqs: 12, s3: 40, sns: 20 } as const;

/** AWS as the healer meets it on a good day: every call is answered after its latency, nothing is known, all is taken. */
export async function startStubAws(): Promise<{ url: string; stop(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const call = await callOf(request);
    await sleep(latencyOf(call));
    const { status, headers, body } = answerTo(call);
    response.writeHead(status, { ...headers, 'content-length': String(body.length) });
    response.end(body);
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function callOf(request: IncomingMessage): Promise<Call> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const { method = 'POST', url = '/' } = request;
  return identify({ method, url, headers, body: Buffer.concat(chunks) }, 'eu-central-1');
}

function latencyOf({ service, action }: Call): number {
  if (service === 'dynamodb') return action.startsWith('Batch') ? LATENCY_MS.dynamodbBatch : LATENCY_MS.dynamodb;
  return service === 'sqs' || service === 's3' || service === 'sns' ? LATENCY_MS[service] : 0;
}

const DYNAMO: Readonly<Record<string, object>> = {
  GetItem: {},
  BatchGetItem: { Responses: {}, UnprocessedKeys: {} },
  Query: { Items: [], Count: 0, ScannedCount: 0 },
  PutItem: {},
  UpdateItem: {},
  DeleteItem: {},
  BatchWriteItem: { UnprocessedItems: {} },
};

interface Entry {
  readonly Id?: string;
  readonly MessageBody?: string;
}

function answerTo(call: Call): Reply {
  const known = call.service === 'dynamodb' ? DYNAMO[call.action] : undefined;
  if (known !== undefined) return jsonReply(known, 200, 'application/x-amz-json-1.0');
  if (call.service === 'sqs') return jsonReply(sqsAnswer(call), 200, 'application/x-amz-json-1.0');
  if (call.service === 's3') return { status: 200, headers: { etag: '"stub"' }, body: Buffer.alloc(0) };
  if (call.service === 'sns')
    return xmlReply('<PublishResponse><PublishResult><MessageId>stub</MessageId></PublishResult></PublishResponse>');
  return errorReply(call, 400, 'UnknownOperationException', `the stub does not serve ${call.service}:${call.action}`);
}

/** The SDK compares the MD5 of what it sent. */
function sqsAnswer({ action, body }: Call): object {
  const input = parseJson(body) as Entry & { readonly Entries?: readonly Entry[] };
  const taken = ({ Id, MessageBody }: Entry) => ({
    ...(Id === undefined ? {} : { Id }),
    ...(MessageBody === undefined
      ? {}
      : {
          MessageId: createHash('md5').update(MessageBody).digest('hex'),
          MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
        }),
  });
  return action.endsWith('Batch') ? { Successful: (input.Entries ?? []).map(taken) } : taken(input);
}
