import type { Original } from './evidence/adapter.ts';
import type { MessageAttribute, MessageAttributes } from './letter.ts';

/** A letter as it goes back to its queue. */
export interface Outgoing {
  readonly body: string;
  readonly attributes: MessageAttributes;
  /** False where 10 attributes or 1 MiB left no room for `dlq-healer`: the lineage must go to the ledger instead. */
  readonly carriesLineage: boolean;
  readonly bytes: number;
}

/**
 * The largest message, body and attributes together, and the largest batch of them.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 */
export const MAX_MESSAGE_BYTES = 1_048_576;
const MAX_ATTRIBUTES = 10;

/** What a healed letter says of itself, in the attribute `dlq-healer`. */
export interface HealerMark {
  readonly originId: string;
  readonly attempt: number;
  readonly group: string;
  /** The round of the group's breaker that sends it; 0 and absent are the same. */
  readonly round?: number;
  /** One of a canary: the kit says in the ledger when it was processed. */
  readonly probe?: true;
  /** Id of the rule whose repair mended it: the mended message's way back to the original. */
  readonly repair?: string;
}

/**
 * The message that goes back: body and attributes as they were, `dlq-healer` added where there is room. Overwritten on
 * every heal, never appended to.
 */
export function outgoing({ body, attributes }: Original, mark: HealerMark): Outgoing {
  const { 'dlq-healer': _before, ...kept } = attributes;
  const marked = { ...kept, 'dlq-healer': markAttribute(mark) };
  const markedBytes = messageBytes(body, marked);
  if (Object.keys(marked).length <= MAX_ATTRIBUTES && markedBytes <= MAX_MESSAGE_BYTES) {
    return { body, attributes: marked, carriesLineage: true, bytes: markedBytes };
  }
  return { body, attributes: kept, carriesLineage: false, bytes: messageBytes(body, kept) };
}

/** Longer than any mark, its name and type included. */
const MARK_BYTES = 1024;

/** Whether a healed letter like this one surely carried its mark. Generous: a row that is not there costs a read. */
export function hasRoomForMark({ body, attributes }: Original): boolean {
  return (
    Object.keys(attributes).length < MAX_ATTRIBUTES && messageBytes(body, attributes) + MARK_BYTES <= MAX_MESSAGE_BYTES
  );
}

function markAttribute(mark: HealerMark): MessageAttribute {
  return { dataType: 'String', stringValue: JSON.stringify(markFields(mark)) };
}

/** A mark without a group is that of a person who sends a letter that no stack has looked at. */
export type Mark = Omit<HealerMark, 'group'>;

/** The mark as it is written, wherever it stands. */
export const markFields = ({ originId, ...mark }: Mark) => ({ v: 1, origin: originId, ...mark });

/** Size as SQS counts it: body, and name, type and value of every attribute, in UTF-8 bytes. */
export function messageBytes(body: string, attributes: MessageAttributes): number {
  return Object.entries(attributes).reduce(
    (sum, [name, attribute]) =>
      sum +
      Buffer.byteLength(name) +
      Buffer.byteLength(attribute.dataType) +
      ('stringValue' in attribute ? Buffer.byteLength(attribute.stringValue) : attribute.binaryValue.byteLength),
    Buffer.byteLength(body),
  );
}

/** Splits entries into batches that SQS takes: at most 10 each and 1 MiB together, in their order. */
export function packBatches<T extends { readonly bytes: number }>(entries: readonly T[]): T[][] {
  const batches: T[][] = [];
  let current: T[] = [];
  let bytes = 0;
  for (const entry of entries) {
    if (current.length === 10 || (current.length > 0 && bytes + entry.bytes > MAX_MESSAGE_BYTES)) {
      batches.push(current);
      current = [];
      bytes = 0;
    }
    current.push(entry);
    bytes += entry.bytes;
  }
  if (current.length > 0) batches.push(current);
  return batches;
}
