import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { SQSClient } from '@aws-sdk/client-sqs';
import pLimit from 'p-limit';
import type { EvidenceSource } from '../core/evidence/evidence.ts';
import { markedInput } from '../core/evidence/execution.ts';
import { snsEvent } from '../core/evidence/sns.ts';
import type { Letter } from '../core/letter.ts';
import type { HealerMark, Mark } from '../core/outgoing.ts';
import { canDelay, carriesMark, executionArn, executionName, type Target, unfitFor } from '../core/target.ts';
import { failure, type Outcome, success } from './outcome.ts';
import { RefusedError, type Sending, sendAll, sendingOf } from './queues.ts';

/** What is called to give a letter back. */
export interface GiveBackClients {
  readonly sqs: SQSClient;
  readonly lambda: LambdaClient;
  /** Step Functions' operation of that name. */
  startExecution(input: {
    readonly stateMachineArn: string;
    readonly name: string;
    readonly input: string;
  }): Promise<{ readonly executionArn?: string | undefined }>;
}

/** Neither service has a batch operation. */
const AT_ONCE = 10;

/** Errors of the text itself; every other one may pass, and the letter stays where it is. */
const NEVER_PASSES: readonly string[] = [
  'InvalidRequestContentException',
  'RequestTooLargeException',
  'InvalidExecutionInput',
  'InvalidName',
];

/**
 * A letter on its way to a target, as `sendingOf` makes it for a queue. Only a queue's message takes the healer's mark
 * along; of all others `carriesLineage` is false.
 */
export function sendingTo(
  target: Target,
  letter: Letter,
  evidenceNames: readonly string[],
  mark: HealerMark,
  how: { readonly delaySeconds: number; readonly source: EvidenceSource; readonly mendedBody?: string },
): Sending {
  const fifo = target.kind === 'queue' && target.fifo;
  const delaySeconds = canDelay(target) ? how.delaySeconds : 0;
  const sending = sendingOf(letter, evidenceNames, mark, { ...how, delaySeconds, fifo });
  return withMark(target, letter, mark, { ...sending, carriesLineage: sending.carriesLineage && carriesMark(target) });
}

/** Marks the input of an execution that failed; of any other letter the input goes as it is. */
export function withMark(target: Target, letter: Letter, mark: Mark, sending: Sending): Sending {
  const marked = target.kind === 'state-machine' ? markedInput(letter, sending.body, mark) : undefined;
  return marked === undefined ? sending : { ...sending, marked };
}

/**
 * Whether the ledger has to know the lineage by the id that the target answered with. A state machine that fails puts
 * nothing into a DLQ, and without an id there is nothing to know it by.
 */
export function noteLineage(target: Target, sending: Sending | undefined, id: string): boolean {
  return sending?.carriesLineage === false && target.kind !== 'state-machine' && id !== '';
}

/**
 * Gives letters back to one target: sends them, invokes the function with each of them as its event, asynchronously, or
 * starts an execution with each of them as its input.
 *
 * @returns one outcome per letter, in order: under which id a second death of it may be known (the new message's, the
 *   request's; empty where the service gave none) or the execution's ARN, or why it was not given back. A `RefusedError`
 *   is final; every other failure may pass. Never throws.
 */
export async function giveBack(
  clients: GiveBackClients,
  target: Target,
  sendings: readonly Sending[],
): Promise<Outcome<string>[]> {
  if (target.kind === 'queue') return sendAll(clients.sqs, target.url, sendings);
  const limit = pLimit(AT_ONCE);
  return Promise.all(sendings.map((sending) => limit(() => giveOne(clients, target, sending))));
}

type Called = Exclude<Target, { readonly kind: 'queue' }>;

async function giveOne(clients: GiveBackClients, target: Called, sending: Sending): Promise<Outcome<string>> {
  const unfit = unfitFor(target, sending.marked ?? sending.body);
  if (unfit !== undefined) return failure(new RefusedError(unfit));
  try {
    return success(
      await (target.kind === 'function'
        ? invoke(clients.lambda, target.arn, target.notification ? snsEvent(sending.body) : sending.body)
        : start(clients, target, sending)),
    );
  } catch (error) {
    // Neither its message nor the error as a cause, which would reach the log: Lambda quotes what it could not parse.
    if (error instanceof Error && NEVER_PASSES.includes(error.name))
      return failure(new RefusedError(`${error.name}: the ${target.kind} does not take this text`));
    return failure(error);
  }
}

/**
 * Lambda has put the event into its own queue when it answers 202. The request id is the one that the function's logs,
 * its dead-letter queue and its destination will name, through every retry of Lambda's own.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
async function invoke(lambda: LambdaClient, FunctionName: string, body: string): Promise<string> {
  const Payload = Buffer.from(body);
  const answer = await lambda.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload }));
  if (answer.StatusCode !== 202) throw new Error(`Lambda answered ${answer.StatusCode} and not 202 Accepted`);
  return answer.$metadata.requestId ?? '';
}

/** An execution of this name exists where an earlier run of this very heal started it and died before it said so. */
async function start(
  clients: GiveBackClients,
  { arn: stateMachineArn, prefix }: Target & { readonly kind: 'state-machine' },
  { body, marked, healKey }: Sending,
): Promise<string> {
  const name = executionName(healKey, body, prefix);
  try {
    const answer = await clients.startExecution({ stateMachineArn, name, input: marked ?? body });
    return answer.executionArn ?? executionArn(stateMachineArn, name);
  } catch (error) {
    if (error instanceof Error && error.name === 'ExecutionAlreadyExists') return executionArn(stateMachineArn, name);
    throw error;
  }
}
