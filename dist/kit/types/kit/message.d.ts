import type { Logger } from '@aws-lambda-powertools/logger';
import { type Letter, type MessageAttributes } from '../handlers/core/letter.js';
import type { Level } from '../handlers/core/level.js';
import type { Topology } from './topology.js';
/** One message as the handler sees it. */
export interface Message {
    readonly id: string;
    /** The message id of this message's first life; the same after every heal. */
    readonly originId: string;
    /** How many times it was healed: 0 in its first life. */
    readonly attempt: number;
    /** `<originId>.<attempt>`: the kit processes it once. */
    readonly healKey: string;
    readonly body: string;
    /**
     * The body as JSON.
     * @throws PermanentError named `BadPayloadError` when it is none: let it pass, and the message goes to the DLQ.
     */
    json<T = unknown>(): T;
    readonly attributes: MessageAttributes;
    /** On FIFO queues, and on standard queues where the producer names a tenant (fair queues). */
    readonly groupId?: string;
    /** How often this queue delivered it, this time included. */
    readonly receiveCount: number;
    /** After so many receives the queue gives it up; absent without a redrive policy, or when it could not be read. */
    readonly maxReceiveCount?: number;
    /** ARN of the queue, or retry tier, that it was received from. */
    readonly queueArn: string;
    /** How often it was delivered in this life, by the source and by every retry tier, this time included. */
    readonly tries: number;
    /** After so many tries it goes to the DLQ; absent where `maxReceiveCount` is. */
    readonly maxTries?: number;
}
/** How often a message was delivered. */
export interface Deliveries {
    /** By the queue that it is in now. */
    readonly here: number;
    /** By those it came through before, along the redrive chain. */
    readonly before: number;
}
/** Whether the healer sent it as one of a canary, and waits to hear that it was processed. */
export declare function isProbe({ attributes }: Letter): boolean;
export interface MessageContext {
    /** Aborted when the kit gives the message up, a margin before the function's timeout. Pass it to what takes long. */
    readonly signal: AbortSignal;
    /** Milliseconds until then. */
    remainingMs(): number;
    /** Adds the message's ids to each line. */
    readonly logger: Logger;
    /**
     * For services that take an idempotency key: the origin id, the same on every receive and after every heal, so that
     * a call that succeeded behind a lost answer is not made twice.
     */
    readonly idempotencyKey: string;
    /**
     * The degradation level of the queue, 0 (normal) to 4 (emergency), as the governor set it or a person pinned it: what
     * to leave out, or to put off, so that the rest gets through. Read from the ledger when it is asked for, at most every
     * 15 seconds (`levelMaxAgeSeconds`) in an execution environment. Never rejects: while it cannot be read the last one
     * known holds, else 0.
     */
    level(): Promise<Level>;
}
/** Returning means that the message is done. What it returns is not looked at and stored nowhere. */
export type MessageHandler = (message: Message, context: MessageContext) => unknown;
/** A message with what is needed to send it on. */
export interface Received {
    readonly message: Message;
    readonly letter: Letter;
    readonly receiptHandle: string;
}
export declare function messageOf(letter: Letter, { here, before }: Deliveries, topology: Topology | undefined): Message;
