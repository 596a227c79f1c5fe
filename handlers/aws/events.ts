import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { LetterEvent } from '../core/event.ts';
import { attempt } from './outcome.ts';

/** Where events about letters go; a stack without a bus tells nobody. */
export interface Bus {
  /** @returns how many events the bus did not take. Never throws: events are told once, and no letter depends on them */
  tell(events: readonly LetterEvent[]): Promise<number>;
}

export const NO_BUS: Bus = { tell: async () => 0 };

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html (ten entries, and which of them failed) */
const AT_ONCE = 10;

/** @param name of the bus, or its ARN */
export function busOf(client: EventBridgeClient, name: string): Bus {
  return {
    async tell(events) {
      const batches = Array.from({ length: Math.ceil(events.length / AT_ONCE) }, (_, i) =>
        events.slice(i * AT_ONCE, (i + 1) * AT_ONCE),
      );
      const failed = await Promise.all(
        batches.map(async (batch) => {
          const Entries = batch.map(({ source, detailType, detail }) => ({
            EventBusName: name,
            Source: source,
            DetailType: detailType,
            Detail: JSON.stringify(detail),
          }));
          const answer = await attempt(() => client.send(new PutEventsCommand({ Entries })));
          return answer.ok ? (answer.value.FailedEntryCount ?? 0) : batch.length;
        }),
      );
      return failed.reduce((sum, n) => sum + n, 0);
    },
  };
}
