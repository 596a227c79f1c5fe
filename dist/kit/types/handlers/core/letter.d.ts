/**
 * A letter is one dead message, whole: what it takes to explain it and to send it back as it was.
 * Parsing of the Lambda event into letters lives in `handlers/aws/records.ts`; nothing here knows AWS's clients.
 */
/** One message attribute; `dataType` keeps SQS's custom suffix (`Number.int`, `Binary.png`). */
export type MessageAttribute = {
    readonly dataType: string;
    readonly stringValue: string;
} | {
    readonly dataType: string;
    readonly binaryValue: Uint8Array;
};
export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;
/** System attributes as SQS gave them; times are epoch milliseconds. */
export interface SystemAttributes {
    readonly receiveCount: number;
    readonly sentAt?: number;
    readonly firstReceivedAt?: number;
    readonly messageGroupId?: string;
    readonly deduplicationId?: string;
    readonly sequenceNumber?: string;
    readonly traceHeader?: string;
    /** ARN of the queue SQS moved the message from; absent when a program sent it to the DLQ. */
    readonly deadLetterQueueSourceArn?: string;
}
export interface Letter {
    readonly messageId: string;
    readonly body: string;
    readonly attributes: MessageAttributes;
    readonly system: SystemAttributes;
    /** ARN of the DLQ the letter was read from. */
    readonly dlqArn: string;
}
/** Where a letter comes from, across heals. `attempt` counts the heals before this death. */
export interface Lineage {
    readonly originId: string;
    readonly attempt: number;
    /** The group that it was last healed in, and that group's round: who is to blame if it died again. */
    readonly group?: string;
    readonly round?: number;
    /** Id of the rule that mended it before this death. */
    readonly repair?: string;
}
/** The key of the heal that would follow this death: the same however often the decision is run again. */
export declare function nextHealKey(lineage: Lineage): string;
/** The text of a String-typed attribute, or undefined. Number-typed ones count as text too. */
export declare function attributeText(attributes: MessageAttributes, name: string): string | undefined;
