import { createHash } from 'node:crypto';
import { classify } from '../../handlers/core/classify.ts';
import { decide, UNHINDERED } from '../../handlers/core/decide.ts';
import { type Found, originalOf } from '../../handlers/core/evidence/evidence-of.ts';
import { fingerprint } from '../../handlers/core/fingerprint.ts';
import type { Handled } from '../../handlers/core/handled.ts';
import { lazily } from '../../handlers/core/lazily.ts';
import type { Letter } from '../../handlers/core/letter.ts';
import type { Policy, QueuePolicy } from '../../handlers/core/policy.ts';
import { repairOf } from '../../handlers/core/repair.ts';
import { AVERAGE_JITTER } from '../explain.ts';

/** What the rules say of a letter, each part found out when it is asked for. */
export type Explanation = {
  readonly [Part in 'classification' | 'group' | 'contentHash' | 'verdict']: () => Handled[Part];
};

export type Explain = (
  policy: Policy,
  queue: QueuePolicy,
  letter: Letter,
  found: Found,
  now: () => number,
) => Explanation;

/** Explains a letter that no stack manages, by what it says itself. */
export const explain: Explain = (policy, queue, letter, { evidence, lineage, returnTo }, now) => {
  const classification = lazily(() => classify(evidence, letter, { queue: queue.key, rules: policy.rules }));
  return {
    classification,
    group: lazily(() => fingerprint(queue.key, classification(), evidence)),
    contentHash: lazily(() =>
      createHash('sha256')
        .update(originalOf(letter, evidence.source, []).body)
        .digest('hex'),
    ),
    verdict: lazily(() => {
      const repair = repairOf(policy.rules, classification())?.rule;
      return decide({
        ...{ lineage, returnTo, queue, policy, state: UNHINDERED, now: now(), random: AVERAGE_JITTER },
        classification: classification(),
        ...(repair === undefined ? {} : { repair }),
      });
    }),
  };
};
