/** What a handler throws to say that a message can never succeed as it is. */
export class PermanentError extends Error {
  /** HTTP status of the answer that settled it, if there was one: it goes into the evidence. */
  readonly status?: number;

  /**
   * @param options.name what kind of failure it is; the classifier reads it (`ValidationError` says more than
   *   `PermanentError`)
   */
  constructor(
    message: string,
    options: { readonly name?: string; readonly status?: number; readonly cause?: unknown } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = options.name ?? 'PermanentError';
    if (options.status !== undefined) this.status = options.status;
  }
}

/** What a handler throws to have the message back after a time of its choosing, for instance a `Retry-After`. */
export class RetryableError extends Error {
  override readonly name = 'RetryableError';
  readonly delaySeconds?: number;

  /** @param options.delaySeconds whole seconds until the next receive; without it the kit's back-off decides */
  constructor(message: string, options: { readonly delaySeconds?: number; readonly cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    if (options.delaySeconds !== undefined) this.delaySeconds = options.delaySeconds;
  }
}

/** The kit gave a message up so that its neighbours are still acknowledged before Lambda kills the function. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/** Its name tells the classifier that the queue message's own body, and nothing a service answered, was no JSON. */
export function badPayload(error: unknown): PermanentError {
  const words = withoutSnippet(error instanceof Error ? error.message : String(error));
  return new PermanentError(`the message body is not JSON: ${words}`, {
    name: 'BadPayloadError',
    cause: new SyntaxError(words),
  });
}

/**
 * V8 quotes the text it could not parse (`Unexpected token 'h', "hello cust"... is not valid JSON`). A message body
 * may be personal, so the quotation goes; the head of an HTML page stays, for it tells an upstream's answer from a
 * message's body.
 */
export function withoutSnippet(text: string): string {
  return text.replace(
    /(, )?(\.\.\.)?"(?!\s{0,20}<(?:!doctype|html|head|body)\b)[\s\S]{0,80}?"(?:\.\.\.)? is not valid JSON/gi,
    (_, comma: string | undefined) => `${comma === undefined ? 'the text' : ''} is not valid JSON`,
  );
}
