/** What a handler throws to say that a message can never succeed as it is. */
export declare class PermanentError extends Error {
    /** HTTP status of the answer that settled it, if there was one: it goes into the evidence. */
    readonly status?: number;
    /**
     * @param options.name what kind of failure it is; the classifier reads it (`ValidationError` says more than
     *   `PermanentError`)
     */
    constructor(message: string, options?: {
        readonly name?: string;
        readonly status?: number;
        readonly cause?: unknown;
    });
}
/** What a handler throws to have the message back after a time of its choosing, for instance a `Retry-After`. */
export declare class RetryableError extends Error {
    readonly name = "RetryableError";
    readonly delaySeconds?: number;
    /** @param options.delaySeconds whole seconds until the next receive; without it the kit's back-off decides */
    constructor(message: string, options?: {
        readonly delaySeconds?: number;
        readonly cause?: unknown;
    });
}
/** The kit gave a message up so that its neighbours are still acknowledged before Lambda kills the function. */
export declare class TimeoutError extends Error {
    readonly name = "TimeoutError";
}
/** Its name tells the classifier that the queue message's own body, and nothing a service answered, was no JSON. */
export declare function badPayload(error: unknown): PermanentError;
/**
 * V8 quotes the text it could not parse (`Unexpected token 'h', "hello cust"... is not valid JSON`). A message body
 * may be personal, so the quotation goes; the head of an HTML page stays, for it tells an upstream's answer from a
 * message's body.
 */
export declare function withoutSnippet(text: string): string;
