import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { Order } from './order.ts';

export interface PaymentRequest {
  readonly order: Order & { readonly shipTo?: string | undefined };
  readonly idempotencyKey: string;
}

/** What the payment service answers, like an HTTP service: a status and a body. */
export interface PaymentAnswer {
  readonly status: number;
  readonly body: { readonly receipt?: string; readonly error?: unknown; readonly message?: string };
}

/** The payment service said no, or could not be asked. */
export class PaymentError extends Error {
  override readonly name = 'PaymentError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** @throws PaymentError when the service answers with a status of 400 or above */
export async function pay(
  lambda: LambdaClient,
  service: string,
  request: PaymentRequest,
  abortSignal: AbortSignal,
): Promise<string> {
  const command = new InvokeCommand({
    FunctionName: service,
    InvocationType: 'RequestResponse',
    Payload: JSON.stringify(request),
  });
  const { Payload, FunctionError } = await lambda.send(command, { abortSignal });
  const text = Buffer.from(Payload ?? []).toString();
  if (FunctionError !== undefined) throw new PaymentError(502, `payment service crashed: ${errorMessageOf(text)}`);
  const { status, body } = JSON.parse(text) as PaymentAnswer;
  if (status >= 400) throw new PaymentError(status, body.message ?? `payment service answered ${status}`);
  // An object in a template: the reason is lost here, as it is in many a shop.
  if (body.receipt === undefined) throw new Error(`${body.error}`);
  return body.receipt;
}

function errorMessageOf(text: string): string {
  try {
    return String((JSON.parse(text) as { errorMessage?: unknown }).errorMessage);
  } catch {
    return 'no reason given';
  }
}
