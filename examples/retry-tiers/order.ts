/** What the stores send. */
export interface Order {
  readonly orderId: string;
  readonly storeId: string;
  /** The simulated stock system finds this order at that try, and not before. */
  readonly foundAtTry?: number;
}

/** Named as validation errors are, so that it is known for what it is. */
class ValidationError extends Error {
  override readonly name = 'ValidationError';
}

/**
 * @param tries how often the order was delivered, this time included
 * @throws ValidationError, or an error of the stock system; an ordinary one both times: nobody told this consumer that
 *   no retry brings a `store_id`, as nobody tells most
 */
export function check(value: unknown, tries: number): Order {
  const order = (value ?? {}) as Partial<Order>;
  if (typeof order.storeId !== 'string') throw new ValidationError('required field "store_id" is missing');
  if (tries < (order.foundAtTry ?? 0)) throw new Error('stock system answered 503 Service Unavailable');
  return value as Order;
}
