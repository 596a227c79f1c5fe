import { cut, redact } from './redact.ts';
import type { Status } from './verdict.ts';

/** What the bus is told of one letter. Ids, class and redacted reason only: never a payload. */
export interface LetterFacts {
  readonly stack: string;
  readonly queue: string;
  readonly originId: string;
  readonly messageId: string;
  readonly attempt: number;
  readonly healKey: string;
  readonly failureClass: string;
  readonly rule: string;
  readonly group: string;
  readonly status: Status;
  readonly reason: string;
  readonly healedMessageId?: string;
}

/** An event as EventBridge takes it. */
export interface LetterEvent {
  readonly source: 'dlq-healer';
  /** `Letter Healed`, `Letter Parked`, … by the letter's new status. */
  readonly detailType: string;
  readonly detail: object;
}

export function letterEvent(facts: LetterFacts): LetterEvent {
  const { status } = facts;
  return {
    source: 'dlq-healer',
    detailType: `Letter ${status.charAt(0).toUpperCase()}${status.slice(1)}`,
    detail: { version: 1, ...facts, reason: cut(redact(facts.reason), 500) },
  };
}
