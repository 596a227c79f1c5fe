import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { Order } from './order.ts';

export interface Request {
  readonly order: Order;
  readonly idempotencyKey: string;
}

/** Like an HTTP service's. */
export interface Answer {
  readonly status: number;
  readonly receipt?: string;
  readonly message?: string;
  readonly retryAfterSeconds?: number;
}

/** A service said no. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly status: number;
  readonly retryAfterSeconds?: number;

  constructor(service: string, { status, message, retryAfterSeconds }: Answer) {
    super(`${service} answered ${message ?? status}`);
    this.status = status;
    if (retryAfterSeconds !== undefined) this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** @throws ServiceError where the service answers with 400 or above, or crashed */
export async function invoke(
  lambda: LambdaClient,
  service: { readonly name: string; readonly functionName: string },
  request: Request,
  abortSignal: AbortSignal,
): Promise<string> {
  const command = new InvokeCommand({ FunctionName: service.functionName, Payload: JSON.stringify(request) });
  const { Payload, FunctionError } = await lambda.send(command, { abortSignal });
  if (FunctionError !== undefined)
    throw new ServiceError(service.name, { status: 502, message: '502 Bad Gateway: the service crashed' });
  const answer = JSON.parse(Buffer.from(Payload ?? []).toString()) as Answer;
  if (answer.status >= 400 || answer.receipt === undefined) throw new ServiceError(service.name, answer);
  return answer.receipt;
}
