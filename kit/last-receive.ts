import type { Received } from './message.ts';
import type { Topology } from './topology.ts';

/** SQS moves the message when it would be received once more. */
export const isLastReceive = ({ message }: Received, topology: Topology | undefined) =>
  topology?.maxReceiveCount !== undefined && message.receiveCount >= topology.maxReceiveCount;

export const diesInDlq = (received: Received, topology: Topology | undefined) =>
  topology?.next?.kind === 'dlq' && isLastReceive(received, topology);

/** By the count as SQS shows it, too: where that is the queue's own, it says more than what is worked out from it. */
export const mayBeItsLast = ({ message, letter }: Received, { maxReceiveCount }: Topology) =>
  maxReceiveCount !== undefined && Math.max(message.receiveCount, letter.system.receiveCount) >= maxReceiveCount;
