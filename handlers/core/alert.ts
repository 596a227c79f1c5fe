import { cut, redact } from './redact.ts';

/** One alert: a group, what happened to its letters since the last alert, and what to do next. */
export interface Alert {
  readonly stack: string;
  readonly queue: string;
  readonly group: string;
  readonly failureClass: string;
  /** Letters that asked for attention since the last alert of the group. */
  readonly count: number;
  readonly verdict: string;
  readonly reason: string;
  readonly error: string;
  readonly sampleId: string;
  /** Where the sample lies whole; empty where it was healed. */
  readonly archive: string;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly windowSeconds: number;
}

const NEXT_STEP: Readonly<Record<string, string>> = {
  AUTH_FAILURE:
    'Renew or grant the credential that the error names, then send the letters back: they wait, whole, in the archive.',
  CODE_BUG: 'Fix and redeploy the consumer, then send the letters back: they wait, whole, in the archive.',
  RESOURCE_EXHAUSTED: 'Give the consumer more room (memory, connections, disk) or less load.',
  VALIDATION_ERROR: 'The data must change: the letters are kept whole in the archive.',
  BAD_PAYLOAD: 'The producer must send something else: the letters are kept whole in the archive.',
};

const QUARANTINE_STEP =
  'Stop the producer that keeps sending this body: each copy is kept whole in the archive and no copy is healed.';
const OTHER_STEP = 'Look at the error and the consumer’s logs; the letters are kept whole in the archive.';

/** SNS takes a subject of at most 100 ASCII characters. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
export function alertSubject(alert: Alert): string {
  const letters = alert.count === 1 ? '1 letter' : `${alert.count} letters`;
  const subject = `[${alert.stack}] ${alert.queue}: ${letters} ${alert.failureClass} - ${alert.verdict}`;
  return subject.replace(/[^\x20-\x7e]/g, '?').slice(0, 100);
}

/** Plain text that reads well as an e-mail. Ids, classes and redacted error text only: never a payload. */
export function alertText(alert: Alert): string {
  const step = alert.verdict === 'quarantined' ? QUARANTINE_STEP : (NEXT_STEP[alert.failureClass] ?? OTHER_STEP);
  return [
    `${alert.count} letter(s) of queue "${alert.queue}" need attention.`,
    '',
    `class:       ${alert.failureClass}`,
    `what we did: ${alert.verdict}: ${redact(alert.reason)}`,
    `error:       ${alert.error === '' ? '(none recorded)' : cut(redact(alert.error), 500)}`,
    `group:       ${alert.group}`,
    `a sample:    ${alert.sampleId}`,
    ...(alert.archive === '' ? [] : [`it lies in:  ${alert.archive}`]),
    `first seen:  ${alert.firstSeen}`,
    `last seen:   ${alert.lastSeen}`,
    '',
    `What to do:  ${step}`,
    '',
    `Further letters of this group are counted and reported together, at most once in ${Math.round(alert.windowSeconds / 60)} minutes.`,
  ].join('\n');
}
