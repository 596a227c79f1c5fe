import { attributeText, type Letter } from '../letter.ts';
import type { EvidenceAdapter } from './adapter.ts';
import { arnOf, countIn, functionNameOf, nameOf, present, textOf } from './fields.ts';
import type { ReturnTo } from './return-to.ts';

/** What the rule's and the scheduler's letters have in common; no queue's consumer ever writes these names. */
const WHY = ['TARGET_ARN', 'ERROR_CODE', 'ERROR_MESSAGE', 'EXHAUSTED_RETRY_CONDITION', 'RETRY_ATTEMPTS'] as const;
const RULE = ['RULE_ARN', ...WHY] as const;
const SCHEDULE = ['SCHEDULE_ARN', ...WHY, 'EXECUTION_ID', 'IS_PAYLOAD_TRUNCATED', 'SCHEDULED_TIME'] as const;

/**
 * The DLQ of a rule's target: the body is the event, the attributes say why. No error is retried that a retry cannot
 * cure, so `EXHAUSTED_RETRY_CONDITION` may be missing.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-event-delivery.html
 */
export const eventBridgeRule: EvidenceAdapter = {
  source: 'eventbridge-rule',
  read(letter) {
    const ruleArn = arnOf(attributeText(letter.attributes, 'RULE_ARN'), 'events');
    if (ruleArn === undefined) return undefined;
    const targetArn = targetOf(letter);
    return {
      evidence: whyOf(letter),
      attributeNames: RULE.filter((name) => name in letter.attributes),
      returnTo: { kind: 'rule-target', ruleArn, ...present({ targetArn }) },
    };
  },
};

/**
 * The DLQ of a schedule: the body is the payload for the target, which is cut where it is too large for SQS.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
 */
export const eventBridgeScheduler: EvidenceAdapter = {
  source: 'eventbridge-scheduler',
  read(letter) {
    const scheduleArn = arnOf(attributeText(letter.attributes, 'SCHEDULE_ARN'), 'scheduler');
    if (scheduleArn === undefined) return undefined;
    return {
      evidence: whyOf(letter),
      attributeNames: SCHEDULE.filter((name) => name in letter.attributes),
      returnTo: scheduleTarget(letter, scheduleArn),
    };
  },
};

function scheduleTarget(letter: Letter, scheduleArn: string): ReturnTo {
  if (attributeText(letter.attributes, 'IS_PAYLOAD_TRUNCATED')?.toLowerCase() === 'true')
    return { kind: 'nowhere', why: 'the scheduler cut the payload, so the target would be given half of it' };
  const targetArn = targetOf(letter);
  if (functionNameOf(targetArn) !== undefined) return { kind: 'function', ...present({ arn: targetArn }) };
  const stateMachine = /:stateMachine:/.test(targetArn ?? '') ? arnOf(targetArn, 'states') : undefined;
  if (stateMachine !== undefined) return { kind: 'state-machine', arn: stateMachine };
  return { kind: 'schedule-target', scheduleArn, ...present({ targetArn }) };
}

const targetOf = ({ attributes }: Letter) => nameOf(attributeText(attributes, 'TARGET_ARN'));

function whyOf({ attributes }: Letter) {
  return present({
    awsErrorCode: nameOf(attributeText(attributes, 'ERROR_CODE')),
    message: textOf(attributeText(attributes, 'ERROR_MESSAGE')),
    functionName: functionNameOf(attributeText(attributes, 'TARGET_ARN')),
    receiveCount: countIn(attributeText(attributes, 'RETRY_ATTEMPTS')),
  });
}
