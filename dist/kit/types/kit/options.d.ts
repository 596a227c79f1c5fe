/** What `consume` can be told; everything has a default. */
export interface ConsumeOptions {
    /** Messages of one batch that run at the same time, on a standard queue. Default 10. FIFO batches run in order. */
    readonly concurrency?: number;
    /** `false`: a message that SQS delivers twice is processed twice. Default `true`. */
    readonly idempotency?: boolean;
    /**
     * Time before a failed message comes back: uniform between 1 second and a ceiling that starts at `baseSeconds`,
     * doubles with each receive and ends at `maxSeconds`. Default 5 to 900.
     */
    readonly backoff?: {
        readonly baseSeconds?: number;
        readonly maxSeconds?: number;
    };
    /**
     * How long before the function's timeout a message is given up. Default a tenth of the timeout, at least 500 ms and
     * at most 5 s. It has to hold two or three calls to AWS.
     */
    readonly deadlineMarginMs?: number;
    /**
     * So long a degradation level that was read is taken for true, in each execution environment. Default 15. The
     * governor sets levels once a minute; a person who pins one waits for this.
     */
    readonly levelMaxAgeSeconds?: number;
}
export interface Settings {
    readonly concurrency: number;
    readonly idempotency: boolean;
    readonly backoff: {
        readonly baseDelaySeconds: number;
        readonly maxDelaySeconds: number;
    };
    readonly deadlineMarginMs?: number;
    readonly levelMaxAgeMs: number;
}
/** @throws Error naming the option, the rule and what was given. */
export declare function settingsOf(options: ConsumeOptions): Settings;
