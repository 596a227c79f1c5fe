import { createHash } from 'node:crypto';
import { type ReturnTo, whereElse } from './evidence/return-to.ts';
import type { QueuePolicy } from './policy.ts';

/** Who is given a letter back. An ARN here is always one that Terraform wrote: what a letter says is only compared with it. */
export type Target =
  | { readonly kind: 'queue'; readonly url: string; readonly fifo: boolean; readonly arn?: string }
  /** `notification`: the letter is one of SNS, which a function is given as an event. */
  | { readonly kind: 'function'; readonly arn: string; readonly notification?: true }
  /** `prefix`: what the names of its executions begin with. */
  | { readonly kind: 'state-machine'; readonly arn: string; readonly prefix?: string };

/** `obstacle`: why nobody is, in words for the person who has to do it instead. */
export type Destination = { readonly target: Target } | { readonly obstacle: string };

/**
 * Lambda queues an event of at most 1 MB. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 * Whether that is 10^6 or 2^20 is not said: between the two Lambda decides, and its refusal is read as one.
 */
export const MAX_EVENT_BYTES = 1_048_576;

/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html (input of an execution, 256 KiB in UTF-8) */
export const MAX_INPUT_BYTES = 262_144;

/**
 * Where a letter goes back to: the queue it died in, or the one function, state machine or queue that it was for, where
 * the queue's `targets` name it. Letters are written by strangers, so that none of them chooses a target that is not listed.
 *
 * @param queue as `queueOf` gives it: without a source where the letter belongs to none that is known
 */
export function targetOf(returnTo: ReturnTo, queue: QueuePolicy): Destination {
  switch (returnTo.kind) {
    case 'queue':
      return toQueue(returnTo, queue);
    case 'function':
      return toFunction(returnTo.arn, returnTo, queue);
    case 'state-machine':
      return returnTo.byHand === undefined
        ? toStateMachine(returnTo.arn, returnTo, queue)
        : { obstacle: returnTo.byHand };
    case 'schedule-target':
      return byArn(returnTo.targetArn, returnTo, queue);
    case 'rule-target':
      // The letter holds the event that the rule matched. What the target would have been given is another text where the
      // rule has an input, an input path or an input transformer, which nothing in the letter shows.
      return queue.targets.includes(returnTo.ruleArn)
        ? byArn(returnTo.targetArn, returnTo, queue)
        : { obstacle: `${whereElse(returnTo)}; ${add('the rule too', queue)} if it passes its events on unchanged` };
    case 'topic-subscription':
      return toSubscriber(returnTo, queue);
    case 'nowhere':
      return { obstacle: returnTo.why };
  }
}

const add = (what: string, { key }: QueuePolicy) => `name ${what} in queues["${key}"].targets`;

const listed = ({ targets }: QueuePolicy, service: string) => targets.filter((arn) => arn.split(':', 3)[2] === service);

function toQueue({ arn, byHand }: ReturnTo & { readonly kind: 'queue' }, queue: QueuePolicy): Destination {
  if (byHand !== undefined) return { obstacle: byHand };
  const source = sourceOf(queue);
  const others = listed(queue, 'sqs').filter((other) => other !== queue.sourceArn);
  if (arn !== undefined) {
    if (source !== undefined && (arn === queue.sourceArn || queue.tierArns.includes(arn))) return { target: source };
    if (others.includes(arn)) return { target: queueAt(arn, queue) };
    return { obstacle: `no queue is known that it may go back to: it died in ${arn}; ${add('that queue', queue)}` };
  }
  const candidates = [...(source === undefined ? [] : [source]), ...others.map((other) => queueAt(other, queue))];
  const [only, ...more] = candidates;
  if (only === undefined)
    return { obstacle: 'no queue is known that it may go back to (of an attached queue: existing.source_arn)' };
  if (more.length > 0)
    return { obstacle: `it does not say in which of the ${candidates.length} queues it died that share its DLQ` };
  return { target: only };
}

function sourceOf({ sourceUrl, sourceArn, fifo }: QueuePolicy): Target | undefined {
  if (sourceUrl === undefined) return undefined;
  return { kind: 'queue', url: sourceUrl, fifo, ...(sourceArn === undefined ? {} : { arn: sourceArn }) };
}

/**
 * The queue beside the DLQ: in its region, so behind the same host, whatever partition or endpoint that is.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html
 */
function queueAt(arn: string, { dlqUrl }: QueuePolicy): Target {
  const [, , , , account, name] = arn.split(':');
  return { kind: 'queue', url: `${new URL(dlqUrl).origin}/${account}/${name}`, fifo: arn.endsWith('.fifo'), arn };
}

/** The one that the letter names, of whichever kind it is. */
function byArn(targetArn: string | undefined, returnTo: ReturnTo, queue: QueuePolicy): Destination {
  const service = targetArn?.split(':', 3)[2];
  if (targetArn === undefined || service === undefined) return { obstacle: String(whereElse(returnTo)) };
  if (service === 'lambda') return toFunction(targetArn, returnTo, queue);
  if (service === 'states') return toStateMachine(targetArn, returnTo, queue);
  if (service !== 'sqs')
    return { obstacle: `${whereElse(returnTo)}, and only functions, state machines and queues can be given it back` };
  if (!queue.targets.includes(targetArn)) return { obstacle: `${whereElse(returnTo)}; ${add('that queue', queue)}` };
  // A rule or schedule has the message group in its own settings; its DLQ, a standard queue, does not pass it on.
  if (targetArn.endsWith('.fifo')) return { obstacle: `${whereElse(returnTo)}, and its message group is not known` };
  return { target: queueAt(targetArn, queue) };
}

function toFunction(arn: string | undefined, returnTo: ReturnTo, queue: QueuePolicy): Destination {
  const functions = listed(queue, 'lambda');
  if (arn === undefined && functions.length > 1)
    return { obstacle: `${whereElse(returnTo)}, and targets name ${functions.length} functions that it may be of` };
  const own = arn === undefined ? functions[0] : matching(arn, functions);
  if (own === undefined) return { obstacle: `${whereElse(returnTo)}; ${add('the function', queue)}` };
  return { target: { kind: 'function', arn: own } };
}

/**
 * The subscription is known, its endpoint is not: the only one that is listed, where the topic is listed too. A DLQ may
 * serve subscriptions of other topics, to which nobody here may be given anything.
 */
function toSubscriber(returnTo: ReturnTo & { readonly kind: 'topic-subscription' }, queue: QueuePolicy): Destination {
  const { topicArn = '' } = returnTo;
  const functions = listed(queue, 'lambda');
  const [only, ...more] = [...functions, ...listed(queue, 'sqs')];
  if (!queue.targets.includes(topicArn) || only === undefined || more.length > 0)
    return { obstacle: `${whereElse(returnTo)}; ${add('the topic and one subscriber, a function or queue,', queue)}` };
  return {
    target: functions.length > 0 ? { kind: 'function', arn: only, notification: true } : queueAt(only, queue),
  };
}

function toStateMachine(arn: string, returnTo: ReturnTo, queue: QueuePolicy): Destination {
  const own = matching(arn, listed(queue, 'states'));
  if (own === undefined) return { obstacle: `${whereElse(returnTo)}; ${add('the state machine', queue)}` };
  return { target: { kind: 'state-machine', arn: own } };
}

/**
 * The listed ARN of the same function or state machine: this very version or alias, else the one without either, else
 * the only one. A record of Lambda's says `$LATEST` of a function that was invoked by its bare name.
 */
function matching(arn: string, candidates: readonly string[]): string | undefined {
  if (candidates.includes(arn)) return arn;
  const same = candidates.filter((candidate) => unqualified(candidate) === unqualified(arn));
  return same.find((candidate) => candidate === unqualified(arn)) ?? (same.length === 1 ? same[0] : undefined);
}

/** The ARN without its version or alias: seven parts of a function as of a state machine. */
const unqualified = (arn: string) => arn.split(':', 7).join(':');

/** Whether a single letter can be held back on the way; a letter for another target is parked until its time. */
export function canDelay(target: Target): boolean {
  return target.kind === 'queue' && !target.fifo;
}

/** Whether the healer's mark reaches the target; else the ledger must know the lineage by what `giveBack` answered. */
export function carriesMark(target: Target): boolean {
  return target.kind === 'queue';
}

/** Why the target will never take this body; undefined where it may. A queue says so itself. */
export function unfitFor(target: Target, body: string): string | undefined {
  if (target.kind === 'queue') return undefined;
  const { what, max } =
    target.kind === 'function'
      ? { what: 'a function’s event', max: MAX_EVENT_BYTES }
      : { what: 'an execution’s input', max: MAX_INPUT_BYTES };
  const bytes = Buffer.byteLength(body);
  if (bytes > max) return `${what} has at most ${max} bytes, this one ${bytes}`;
  return isJson(body) ? undefined : `${what} must be JSON, and this is not`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * A name that one heal of one input has and no other, so that Step Functions starts it once however often it is asked.
 * The input is part of it: an execution of the same name with another input would pass for this one, which would be lost.
 * Letters, digits, hyphens and underscores, at most 80.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
export function executionName(healKey: string, input: string, prefix = ''): string {
  const hash = createHash('sha256').update(`${healKey}\n${input}`).digest('hex').slice(0, 24);
  const readable = `${prefix}${healKey}`.replace(/[^\w-]/g, '-').slice(0, 79 - hash.length);
  return `${readable}-${hash}`;
}

/** The ARN of a standard state machine's execution. */
export function executionArn(stateMachineArn: string, name: string): string {
  return `${unqualified(stateMachineArn).replace(':stateMachine:', ':execution:')}:${name}`;
}
