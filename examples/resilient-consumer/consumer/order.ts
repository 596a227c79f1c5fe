import { PermanentError } from '../../../kit/index.ts';

export interface Order {
  readonly order_id: string;
  readonly amount_cents: number;
  readonly card: string;
  /** Not put off, whatever the level. */
  readonly urgent?: boolean;
  readonly customer?: { readonly name: string; readonly street: string };
  /** What a simulated service answers to this order, and until when. */
  readonly simulate?: {
    readonly service: string;
    readonly answer: number | 'slow';
    /** ISO 8601. */
    readonly until?: string;
  };
}

/** @throws PermanentError named `ValidationError` that says which field is wrong: no retry mends an order */
export function validate(value: unknown): Order {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('an order must be an object');
  const order = value as Partial<Record<keyof Order, unknown>>;
  for (const field of ['order_id', 'card'] as const) {
    if (order[field] === undefined) throw invalid(`required field "${field}" is missing`);
    if (typeof order[field] !== 'string' || order[field] === '')
      throw invalid(`field "${field}" must be a non-empty string`);
  }
  if (!Number.isInteger(order.amount_cents) || (order.amount_cents as number) <= 0)
    throw invalid('field "amount_cents" must be a whole number greater than 0');
  return value as Order;
}

const invalid = (message: string) => new PermanentError(message, { name: 'ValidationError' });

/** The bug of this shop: the type says that a customer may be missing, and nobody looked. */
export const addressOf = (order: Order): string => (order.customer as NonNullable<Order['customer']>).street.trim();
