// Starts an execution of the workflow for each message of the frontier. It does not wait for it: how an execution ends is
// EventBridge's to tell.
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { requireEnv } from '../../../handlers/core/env.ts';
import { consume, RetryableError } from '../../../kit/index.ts';
import { toCrawl } from './page.ts';

let started: ReturnType<typeof connect> | undefined;

function connect() {
  return { environment: requireEnv(['STATE_MACHINE_ARN']), stepFunctions: new SFNClient({}) };
}

/** The account's limits: they pass, and the kit brings the message back later. */
const PASSES = ['ThrottlingException', 'ExecutionLimitExceeded', 'TooManyRequestsException'];

export const handler = consume(
  async (message, { signal, idempotencyKey }) => {
    started ??= connect();
    const { environment, stepFunctions } = started;
    const page = toCrawl(message.json());
    // One message starts one execution for good, whoever crashes: the key is the origin id of the heal key, the same after
    // each receive and each heal, and an execution's name is taken once.
    // https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
    const input = { stateMachineArn: environment.STATE_MACHINE_ARN, name: idempotencyKey, input: JSON.stringify(page) };
    try {
      await stepFunctions.send(new StartExecutionCommand(input), { abortSignal: signal });
    } catch (error) {
      const { name } = error as Error;
      if (name === 'ExecutionAlreadyExists') return;
      throw PASSES.includes(name) ? new RetryableError('Step Functions is at its limit', { cause: error }) : error;
    }
  },
  // Short, so that a demonstration ends soon.
  { backoff: { baseSeconds: 1, maxSeconds: 5 } },
);
