import { type SQSClient } from '@aws-sdk/client-sqs';
/** What the kit has to know of a queue to treat a failed message right. */
export interface Topology {
    readonly queueUrl: string;
    /** Absent where the queue has no redrive policy: then nothing dies in it. */
    readonly maxReceiveCount?: number;
    /** Receives from here to the end of the chain: those of this queue and of every tier behind it. */
    readonly receivesToDlq?: number;
    /** Where SQS moves a message after its last receive. */
    readonly next?: {
        readonly kind: 'tier';
        readonly delaySeconds: number;
    } | {
        readonly kind: 'dlq';
    };
    /** The end of the chain: the first queue that gives nothing up. */
    readonly dlq?: {
        readonly arn: string;
        readonly url: string;
        readonly fifo: boolean;
    };
}
export interface Topologies {
    /** @throws whatever kept the queues from being read */
    of(queueArn: string): Promise<Topology>;
    /**
     * Receives that a message was given before it came to `queueArn`, when SQS moved it there along the redrive chain that
     * `sourceArn` is a part of; 0 where that chain does not lead there.
     */
    receivesBefore(queueArn: string, sourceArn: string): Promise<number>;
}
/** Reads queues at run time and remembers them for five minutes, and beyond while they cannot be read again. */
export declare function readTopologies(sqs: SQSClient): Topologies;
