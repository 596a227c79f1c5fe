// Lambda's own queue of asynchronous invocations: tried again, then given up to the dead-letter queue and the destination.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AWS_ITSELF, type Gateway } from '../gateway.ts';
import { AwsError, request } from './aws-request.ts';
import type { Outcome } from './environment.ts';

type Configuration = { FunctionArn: string; DeadLetterConfig?: { TargetArn?: string } };
type EventConfig = {
  MaximumRetryAttempts?: number;
  DestinationConfig?: { OnFailure?: { Destination?: string }; OnSuccess?: { Destination?: string } };
};
export type AsyncInvocation = { functionName: string; event: string; traceHeader?: string; requestId?: string };

export type AsyncInvocations = {
  /** Answers at once; the function runs later, and again where it fails. */
  accept(invocation: AsyncInvocation): void;
  /** Events that are not done with. */
  pending(): number;
  stop(): void;
};

export type AsyncOptions = {
  gateway: Gateway;
  region: string;
  run(functionName: string, event: string, trace: string | undefined, requestId: string): Promise<Outcome>;
  /** Before the second and the third attempt; Lambda waits one minute and two. */
  retryDelaysMs: readonly [number, number];
  onProblem(error: Error): void;
};

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html
const DEFAULT_RETRIES = 2;

export function createAsyncInvocations({
  gateway,
  region,
  run,
  retryDelaysMs,
  onProblem,
}: AsyncOptions): AsyncInvocations {
  let pending = 0;
  const stopping = new AbortController();
  const get = <T>(url: string) =>
    request<T>(gateway, { service: 'lambda', method: 'GET', url, region, caller: AWS_ITSELF });

  async function eventConfig(name: string): Promise<EventConfig> {
    try {
      return await get<EventConfig>(`/2019-09-25/functions/${name}/event-invoke-config`);
    } catch (error) {
      if (error instanceof AwsError && error.status === 404) return {};
      throw error;
    }
  }

  /** Lambda sends with the function's own role. */
  async function send(name: string, queueArn: string, body: string, attributes: object): Promise<void> {
    const [, , service, , account, queue] = queueArn.split(':');
    if (service !== 'sqs') throw new Error(`the destination ${queueArn} is not modelled`);
    const message = { QueueUrl: `http://local/${account}/${queue}`, MessageBody: body, MessageAttributes: attributes };
    await request(gateway, { service: 'sqs', target: 'AmazonSQS.SendMessage', body: message, caller: name, region });
  }

  async function giveUp(name: string, event: string, failed: Outcome, attempts: number, config: EventConfig) {
    const { FunctionArn, DeadLetterConfig } = await get<Configuration>(`/2015-03-31/functions/${name}/configuration`);
    const queue = DeadLetterConfig?.TargetArn;
    const destination = config.DestinationConfig?.OnFailure?.Destination;
    if (queue) await send(name, queue, event, whyOf(failed));
    if (destination) await send(name, destination, recordOf(FunctionArn, event, failed, attempts), {});
  }

  async function work({ functionName, event, traceHeader, requestId = randomUUID() }: AsyncInvocation): Promise<void> {
    for (let attempts = 1; ; attempts++) {
      const outcome = await run(functionName, event, traceHeader, requestId);
      if (outcome.functionError === undefined) return;
      const config = await eventConfig(functionName);
      const delay =
        attempts > (config.MaximumRetryAttempts ?? DEFAULT_RETRIES) ? undefined : retryDelaysMs[attempts - 1];
      if (delay === undefined) return giveUp(functionName, event, outcome, attempts, config);
      await sleep(delay, undefined, { signal: stopping.signal });
    }
  }

  return {
    accept(invocation) {
      pending++;
      work(invocation)
        .catch((error: Error) => {
          if (!stopping.signal.aborted) onProblem(error);
        })
        .finally(() => pending--);
    },
    pending: () => pending,
    stop: () => stopping.abort(),
  };
}

function errorOf(payload: string): { errorMessage?: unknown } {
  try {
    return JSON.parse(payload) as { errorMessage?: unknown };
  } catch {
    return {};
  }
}

/** The status is that of the invocation, which went well, although the function threw. */
const whyOf = ({ payload, requestId }: Outcome): object => {
  const message = Buffer.from(String(errorOf(payload).errorMessage ?? ''))
    .subarray(0, 1024)
    .toString();
  return {
    RequestID: { DataType: 'String', StringValue: requestId },
    ErrorCode: { DataType: 'Number', StringValue: '200' },
    ...(message === '' ? {} : { ErrorMessage: { DataType: 'String', StringValue: message } }),
  };
};

/** The event stands in it byte for byte. A record that is too large for the queue is lost, as `DestinationDeliveryFailures` tells. */
function recordOf(functionArn: string, event: string, failed: Outcome, approximateInvokeCount: number): string {
  const { requestId, payload } = failed;
  const context = {
    version: '1.0',
    timestamp: new Date().toISOString(),
    requestContext: {
      requestId,
      functionArn: `${functionArn}:$LATEST`,
      condition: 'RetriesExhausted',
      approximateInvokeCount,
    },
  };
  const response = {
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: errorOf(payload),
  };
  const [before, after] = [JSON.stringify(context).slice(0, -1), JSON.stringify(response).slice(1)];
  return `${before},"requestPayload":${event},${after}`;
}
