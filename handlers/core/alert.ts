import { nextStep } from './next-step.ts';
import { cut, redact } from './redact.ts';

/** One alert: a group, what happened to its letters since the last alert, and what to do next. */
export interface Alert {
  readonly stack: string;
  readonly queue: string;
  readonly group: string;
  readonly failureClass: string;
  /** Letters that asked for attention since the last alert of the group. */
  readonly count: number;
  /** For how long the group has been alerting without a break, seconds; 0 for the first alert. */
  readonly alertingSeconds: number;
  /** What was done with the letters: their status, or `breaker opened`, or `emergency`. */
  readonly status: string;
  readonly reason: string;
  readonly error: string;
  /** Origin ids of some of the letters. */
  readonly sampleIds: readonly string[];
  /** `s3://` URL of the object that holds one of them; empty where nothing was kept. */
  readonly archive: string;
  /** CloudWatch Logs page of the consumer; empty where the evidence names no log group. */
  readonly logsUrl: string;
  /** ISO 8601. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly windowSeconds: number;
}

export const LEVEL_NAMES = { 1: 'notice', 2: 'urgent', 3: 'page' } as const;

export interface Escalation {
  readonly level: keyof typeof LEVEL_NAMES;
  /** Why it is that level. */
  readonly because: string;
}

const MANY = 50;
const VERY_MANY = 200;
const HOUR_SECONDS = 3600;

/** How loud an alert is: 1 to be read in working hours, 2 to be read soon, 3 to wake someone. */
export function escalation({ status, failureClass, count, alertingSeconds }: Alert): Escalation {
  const lasting = `the group has been alerting for ${hours(alertingSeconds)}`;
  if (status === 'emergency') return { level: 3, because: 'healing has stopped' };
  if (count >= VERY_MANY) return { level: 3, because: `${count} letters since the last alert` };
  if (alertingSeconds >= 4 * HOUR_SECONDS) return { level: 3, because: lasting };
  if (status === 'breaker opened') return { level: 2, because: 'healed letters die again' };
  if (failureClass === 'AUTH_FAILURE') return { level: 2, because: 'no letter passes until the credential is mended' };
  if (count >= MANY) return { level: 2, because: `${count} letters since the last alert` };
  if (alertingSeconds >= HOUR_SECONDS) return { level: 2, because: lasting };
  return { level: 1, because: alertingSeconds === 0 ? 'first alert of this group' : 'more letters of a known group' };
}

const hours = (seconds: number) => `${Math.floor(seconds / HOUR_SECONDS)} h`;

/** SNS takes a subject of at most 100 ASCII characters. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
export function alertSubject(alert: Alert): string {
  const { level } = escalation(alert);
  const loud = level === 1 ? '' : `${LEVEL_NAMES[level].toUpperCase()} `;
  const letters = alert.count === 1 ? '1 letter' : `${alert.count} letters`;
  const what = alert.status === 'emergency' ? 'EMERGENCY' : `${letters} ${alert.failureClass} - ${alert.status}`;
  return `[${alert.stack}] ${loud}${alert.queue}: ${what}`.replace(/[^\x20-\x7e]/g, '?').slice(0, 100);
}

export const errorOf = ({ error }: Alert) => (error === '' ? '(none recorded)' : cut(redact(error), 500));

/** Plain text that reads well as an e-mail. Ids, classes and redacted error text only: never a payload. */
export function alertText(alert: Alert): string {
  const { advice, command } = nextStep(alert);
  const { level, because } = escalation(alert);
  const line = (name: string, value: string) => (value === '' ? [] : [`${`${name}:`.padEnd(13)}${value}`]);
  const opening =
    alert.status === 'emergency'
      ? `Queue "${alert.queue}" is at degradation level 4: nothing is healed.`
      : `${alert.count} letter(s) of queue "${alert.queue}" need attention.`;
  return [
    opening,
    '',
    ...line('level', `${level} (${LEVEL_NAMES[level]}): ${because}`),
    ...line('class', alert.failureClass),
    ...line('what we did', `${alert.status}: ${redact(alert.reason)}`),
    ...line('error', alert.status === 'emergency' ? '' : errorOf(alert)),
    ...line('group', alert.group),
    ...line('letters', alert.sampleIds.join(', ')),
    ...line('it lies in', alert.archive),
    ...line('logs', alert.logsUrl),
    ...line('first seen', alert.firstSeen),
    ...line('last seen', alert.lastSeen),
    '',
    `What to do: ${advice}`,
    '',
    `  ${command}`,
    '',
    `Further letters of this group are counted and reported together, at most once in ${Math.round(alert.windowSeconds / 60)} minutes.`,
  ].join('\n');
}
