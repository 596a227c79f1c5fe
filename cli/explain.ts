import type { Classification } from '../handlers/core/classes.ts';
import type { Repair } from '../handlers/core/repair.ts';
import { BUILT_IN_RULES } from '../handlers/core/rules/built-in.ts';
import type { Verdict } from '../handlers/core/verdict.ts';
import { duration } from './output/text.ts';

/** Classifications and verdicts in words. */

/** The healer draws a random delay up to a ceiling; the commands tell of the middle, the same on every run. */
export const AVERAGE_JITTER = 0.5;

const WHY: ReadonlyMap<string, string> = new Map([
  ...BUILT_IN_RULES.map(({ name, why }) => [`builtin:${name}`, why] as const),
  ['builtin:no-evidence', 'nothing usable is known of why it died, and nothing is retried on a guess'],
  ['builtin:no-rule', 'no rule knows these words, and nothing is retried on a guess'],
]);

/** Why the rule means this class. */
export function whyOf({ rule, failureClass }: Classification): string {
  const own = /^user:(.*)$/s.exec(rule)?.[1];
  if (own !== undefined) return `every condition of your rule "${own}" holds`;
  return WHY.get(rule) ?? `a built-in rule of ${failureClass} matches`;
}

/** What happens to the letter. @param now the instant of the decision, epoch milliseconds */
export function nextStep(verdict: Verdict, now: number): string {
  const alert = verdict.notify ? ', and people are alerted' : '';
  return `${stepOf(verdict, now)}${alert}`;
}

function stepOf(verdict: Verdict, now: number): string {
  switch (verdict.kind) {
    case 'heal':
      if (verdict.repair !== undefined) return 'it is mended and sent back to its queue, and the original is kept';
      return `it is sent back to its queue after a random delay, ${duration(verdict.delaySeconds)} on average`;
    case 'park':
      return parked(verdict, now);
    case 'archive':
      return 'it is kept whole in the archive';
    case 'quarantine':
      return 'it is kept whole in the archive, apart from the others, and no copy of it is healed';
    case 'leave':
      return 'it stays in the DLQ, untouched';
  }
}

function parked(verdict: Extract<Verdict, { kind: 'park' }>, now: number): string {
  switch (verdict.releasedBy) {
    case 'time': {
      const delay = duration((verdict.dueAt - now) / 1000);
      return `it is kept in the parking lot and sent back to its queue after a random delay, ${delay} on average`;
    }
    case 'breaker':
      return 'it waits, whole, until its group’s canary has come through';
    case 'deploy':
      return 'it waits, whole, until the consumer is mended and deployed again';
    case 'person':
      return 'it waits, whole, for a person';
  }
}

/** How the rule mends the body, and when. */
export function repairStep(repair: Repair): string {
  return `${mender(repair)} mends the body before the letter is healed; where it cannot, the letter is kept in the archive`;
}

function mender(repair: Repair): string {
  switch (repair.kind) {
    case 'json-patch':
      return repair.operations.length === 1
        ? 'a JSON Patch of 1 operation'
        : `a JSON Patch of ${repair.operations.length} operations`;
    case 'merge-patch':
      return 'a JSON Merge Patch';
    case 'function':
      return `the function ${repair.arn}`;
  }
}

/** One paragraph: class, rule, why, the words it saw, confidence, the rule's repair, and what happens next. */
export function explanationOf(classification: Classification, verdict: Verdict, now: number, repair?: Repair): string {
  const { failureClass, rule, words, confidence } = classification;
  return [
    `${failureClass} by ${rule}: ${whyOf(classification)}.`,
    ...(words === '' ? [] : [`It saw “${words}”.`]),
    `Confidence ${confidence}.`,
    ...(repair === undefined ? [] : [`Repair: ${repairStep(repair)}.`]),
    `Verdict ${verdict.kind}: ${nextStep(verdict, now)}.`,
  ].join(' ');
}
