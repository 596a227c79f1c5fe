import { createHash } from 'node:crypto';
import { parseExact } from '../exact-json.ts';
import type { Letter } from '../letter.ts';
import { type Mark, markFields } from '../outgoing.ts';
import type { EvidenceAdapter } from './adapter.ts';
import { arnOf, type Fields, jsonObject, nameOf, objectOf, present, stackOf, textOf } from './fields.ts';
import { HEALER_ATTRIBUTE } from './lineage.ts';
import type { ReturnTo } from './return-to.ts';

/** The member of an execution's input that says what the attribute `dlq-healer` says on a message. */
const MARK = 'dlqHealer';

/**
 * An execution of a standard state machine that ended badly: EventBridge's event of it, which a rule sends to the DLQ. A
 * rule delivers at least once, so that the death is the execution's and not the message's; a name may be used again after
 * 90 days, so its beginning counts too.
 * https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 */
export const failedExecution: EvidenceAdapter = {
  source: 'step-functions',
  read({ body }) {
    const detail = failureIn(body);
    if (detail === undefined) return undefined;
    const { executionArn, startDate, status, error, cause: why } = detail;
    const cause = jsonObject(textOf(why, Number.POSITIVE_INFINITY)) ?? {};
    const mark = markIn(detail);
    const hash = createHash('sha256').update(`${executionArn}\n${startDate}`).digest('hex').slice(0, 12);
    const name = String(executionArn).split(':').at(-1)?.replace(/\W/g, '-').slice(0, 60);
    return {
      evidence: present({
        errorType: nameOf(error) ?? (status === 'TIMED_OUT' ? 'States.Timeout' : nameOf(cause.errorType)),
        message: textOf(cause.errorMessage) ?? textOf(why),
        stack: stackOf(cause.stackTrace ?? cause.trace),
        requestId: nameOf(cause.requestId),
        at: failedAt(detail),
      }),
      attributeNames: [],
      returnTo: returnToOf(detail),
      wrapped: {
        messageId: `${hash}-${name}`,
        attributes: mark ? { [HEALER_ATTRIBUTE]: { dataType: 'String', stringValue: JSON.stringify(mark) } } : {},
      },
    };
  },
  original({ body }) {
    const detail = failureIn(body);
    return typeof detail?.input === 'string' ? { body: unmarked(detail.input), attributes: {} } : undefined;
  },
};

function failureIn(body: string): Fields | undefined {
  if (!body.includes('"Step Functions Execution Status Change"')) return undefined;
  const event = jsonObject(body);
  const detail = objectOf(event?.detail);
  const isDeath = /^(?:FAILED|TIMED_OUT|ABORTED)$/.test(String(detail?.status));
  return event?.source === 'aws.states' && isDeath && arnOf(detail?.executionArn, 'states') ? detail : undefined;
}

const markIn = ({ input }: Fields) => objectOf(jsonObject(String(input))?.[MARK]);

function failedAt({ stopDate }: Fields): string | undefined {
  const at = new Date(Number(stopDate ?? Number.NaN));
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

function returnToOf({ input, executionArn, ...detail }: Fields): ReturnTo {
  if (typeof input !== 'string')
    return { kind: 'nowhere', why: `the event does not hold the input of the execution ${executionArn}` };
  const arn = [detail.stateMachineAliasArn, detail.stateMachineVersionArn, detail.stateMachineArn].find(nameOf);
  return {
    kind: 'state-machine',
    arn: String(arn),
    ...(jsonObject(input)
      ? {}
      : { byHand: 'its input is no JSON object: it could not be marked, nor its heals counted' }),
  };
}

/** The same text before the first heal and after each, so that a body that kills is known again. */
function unmarked(input: string): string {
  if (jsonObject(input) === undefined) return input;
  const { [MARK]: _, ...own } = parseExact(input) as Fields;
  return JSON.stringify(own);
}

/**
 * The input of the next execution: marked as healed, with when and as which execution it failed first. Overwritten by
 * every heal.
 * @param letter an event that `failedExecution` recognises
 * @param input without a mark
 * @returns undefined where the input is no object, which takes no mark
 */
export function markedInput({ body }: Letter, input: string, mark: Mark): string | undefined {
  const detail = failureIn(body);
  if (detail === undefined || jsonObject(input) === undefined) return undefined;
  const before = markIn(detail);
  const first = {
    failedAt: nameOf(before?.failedAt) ?? failedAt(detail),
    execution: nameOf(before?.execution) ?? detail.executionArn,
  };
  return JSON.stringify({
    ...(parseExact(input) as Fields),
    [MARK]: { ...markFields(mark), reprocessed: true, ...first },
  });
}
