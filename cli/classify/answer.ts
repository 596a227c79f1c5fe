import type { Classification } from '../../handlers/core/classes.ts';
import { classify } from '../../handlers/core/classify.ts';
import { decide, UNHINDERED } from '../../handlers/core/decide.ts';
import { ITS_QUEUE } from '../../handlers/core/evidence/return-to.ts';
import { fingerprint } from '../../handlers/core/fingerprint.ts';
import { type Repair, repairOf } from '../../handlers/core/repair.ts';
import type { UserRule } from '../../handlers/core/rules/user.ts';
import type { Verdict } from '../../handlers/core/verdict.ts';
import { defaultPolicy } from '../default-policy.ts';
import { AVERAGE_JITTER } from '../explain.ts';
import type { Death } from './line.ts';

/** What the healer makes of one death. */
export interface Answer {
  readonly id: string | number;
  readonly classification: Classification;
  readonly fingerprint: string;
  /** What a first death of this kind gets where the user sets no policy. */
  readonly verdict: Verdict;
  /** Of the user's rule that decided. */
  readonly repair?: Repair;
}

/** Answers deaths by the built-in rules, after the user's. */
export function answerer(rules: readonly UserRule[]): (death: Death) => Answer {
  const policy = defaultPolicy({ key: 'queue', sourceArn: 'arn:aws:sqs:::source', fifo: false }, rules);
  return ({ id, evidence, letter, queue }) => {
    const classification = classify(evidence, letter, { queue, rules });
    const found = repairOf(rules, classification);
    const verdict = decide({
      ...(found === undefined ? {} : { repair: found.rule }),
      lineage: { originId: String(id), attempt: 0 },
      returnTo: ITS_QUEUE,
      classification,
      state: UNHINDERED,
      queue: policy.queue,
      policy,
      now: 0,
      random: AVERAGE_JITTER,
    });
    const answer = { id, classification, fingerprint: fingerprint(queue, classification, evidence), verdict };
    return found === undefined ? answer : { ...answer, repair: found.repair };
  };
}

/** The line of the output; keys and their order are a promise (docs/cli.md). */
export function answerLine({ id, classification, fingerprint, verdict }: Answer, explanation?: string): string {
  const { failureClass, rule, confidence } = classification;
  const line = { id, class: failureClass, rule, confidence, fingerprint, verdict: verdict.kind };
  return JSON.stringify(explanation === undefined ? line : { ...line, explanation });
}
