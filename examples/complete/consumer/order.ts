import { PermanentError } from '../../../kit/index.ts';

/** What `order.schema.json` lets through. */
export interface Order {
  readonly order_id: string;
  readonly store_id: string;
  readonly amount_cents: number;
  readonly currency: string;
  readonly customer?: { readonly email: string; readonly address: { readonly city: string; readonly zip: string } };
  /** What the simulated payment service is to do with this order. */
  readonly simulate?: { readonly fail: string; readonly until?: string };
}

const REQUIRED_TEXTS = ['order_id', 'store_id', 'currency'] as const;

/**
 * Orders from other producers reach the queue past the API's schema.
 * @throws PermanentError named `ValidationError` that says which field is wrong: no retry mends an order
 */
export function validate(value: unknown): Order {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('an order must be an object');
  const order = value as Partial<Record<keyof Order, unknown>>;
  for (const field of REQUIRED_TEXTS) {
    if (order[field] === undefined) throw invalid(`required field "${field}" is missing`);
    if (typeof order[field] !== 'string' || order[field] === '')
      throw invalid(`field "${field}" must be a non-empty string`);
  }
  if (!Number.isInteger(order.amount_cents) || (order.amount_cents as number) <= 0) {
    throw invalid('field "amount_cents" must be a whole number greater than 0');
  }
  return value as Order;
}

const invalid = (message: string) => new PermanentError(message, { name: 'ValidationError' });
