// What the functions said: each failed try of the consumer, and each answer of the repair.

import type { LogLine } from '../../local-aws/host/logs.ts';
import type { Host } from '../../local-aws/host.ts';

/** One try that failed. */
export interface Try {
  readonly messageId: string;
  readonly originId: string;
  /** Heals before this life. */
  readonly attempt: number;
  readonly receiveCount: number;
  readonly errorType: string;
  /** What the kit asked SQS to wait before the next one; absent where the message went to the DLQ. */
  readonly delaySeconds?: number;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface Repaired {
  readonly originId: string;
  readonly attempt: number;
  readonly outcome: string;
  readonly loaded?: boolean;
}

export interface Heard {
  readonly tries: Try[];
  readonly repairs: Repaired[];
}

/** Listens until `stop`. */
export function listen(host: Host, names: { readonly consumer: string; readonly repair: string }) {
  const heard: Heard = { tries: [], repairs: [] };
  const onLine = ({ functionName, text, time }: LogLine) => {
    // The runtime puts time, request id and level before what the function printed.
    const said = jsonIn(text.split('\t').at(-1) ?? '');
    if (functionName === names.consumer && String(said.message).startsWith('message failed')) {
      heard.tries.push({ ...said, at: Date.parse(String(said.timestamp)) || time } as unknown as Try);
    }
    if (functionName === names.repair && typeof said.outcome === 'string')
      heard.repairs.push(said as unknown as Repaired);
  };
  host.events.on('line', onLine);
  return { heard, stop: () => host.events.off('line', onLine) };
}

function jsonIn(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return {};
  }
}
