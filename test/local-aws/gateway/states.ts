// Step Functions: moto keeps the state machines; definitions are checked and executions are kept here, for moto neither
// checks the ones nor runs the others. The host runs them. Standard workflows only.
import { randomUUID } from 'node:crypto';
import validate from 'asl-validator';
import { type Call, errorReply, jsonReply, parseJson, type Reply } from './call.ts';
import type { Forward } from './forward.ts';

/** A call that AWS makes inside itself. @throws Error where it is refused */
export type Ask = <T>(service: string, target: string, body: object) => Promise<T>;

export interface AwsEvent {
  readonly source: string;
  readonly detailType: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface Machine {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly definition: string;
}

/** How an execution ended. Both texts are JSON's or the error's own. */
export type Ended =
  | { readonly status: 'SUCCEEDED'; readonly output: string }
  | { readonly status: 'FAILED' | 'TIMED_OUT' | 'ABORTED'; readonly error?: string; readonly cause?: string };

export interface Running {
  readonly ended: Promise<Ended>;
  abort(): void;
}
export type RunExecution = (machine: Machine, execution: Pick<Execution, 'executionArn' | 'name' | 'input'>) => Running;

interface Execution {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  readonly input: string;
  /** Epoch milliseconds. */
  readonly startDate: number;
  readonly running?: Running;
  status: 'RUNNING' | Ended['status'];
  stopDate?: number;
  output?: string;
  error?: string;
  cause?: string;
}

export interface States {
  serve(call: Call): Promise<Reply>;
  /** Who runs executions; without him they stay as they began. */
  setRunner(run: RunExecution): void;
}

const unqualified = (arn: string) => arn.split(':', 7).join(':');
const seconds = (ms: number) => ms / 1000;
const answer = (body: object): Reply => jsonReply(body, 200, 'application/x-amz-json-1.0');

export function createStates(moto: Forward, ask: Ask, tell: (event: AwsEvent) => Promise<void>): States {
  const executions = new Map<string, Execution>();
  let runner: RunExecution | undefined;

  async function start(call: Call): Promise<Reply> {
    const given = parseJson(call.body);
    const stateMachineArn = unqualified(String(given.stateMachineArn));
    const { name = randomUUID(), input = '{}' } = given as { name?: string; input?: string };
    const machine = await machineOf(stateMachineArn);
    if (machine === undefined) return unknownMachine(call, stateMachineArn);
    // https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
    if (!/^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]{1,80}$/u.test(name)) return refuse(call, 'InvalidName', name);
    if (!isJson(input)) return refuse(call, 'InvalidExecutionInput', 'Invalid State Machine Execution Input');
    const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    const before = executions.get(executionArn);
    if (before !== undefined) {
      if (before.status !== 'RUNNING' || before.input !== input)
        return refuse(call, 'ExecutionAlreadyExists', `Execution Already Exists: '${executionArn}'`);
      return answer({ executionArn, startDate: seconds(before.startDate) });
    }
    const running = runner?.(machine, { executionArn, name, input });
    const execution: Execution = {
      ...{ executionArn, stateMachineArn, name, input, startDate: Date.now(), status: 'RUNNING' },
      ...(running === undefined ? {} : { running }),
    };
    executions.set(executionArn, execution);
    announce(execution);
    running?.ended.then((ended) => end(execution, ended));
    return answer({ executionArn, startDate: seconds(execution.startDate) });
  }

  async function machineOf(stateMachineArn: string): Promise<Machine | undefined> {
    const known = await ask<Record<string, string>>('states', 'AWSStepFunctions.DescribeStateMachine', {
      stateMachineArn,
    }).catch(() => undefined);
    if (known === undefined) return undefined;
    const { name = '', roleArn = '', definition = '', type } = known;
    if (type === 'EXPRESS') throw new Error('the local AWS runs standard workflows only');
    return { arn: stateMachineArn, name, roleArn, definition };
  }

  function end(execution: Execution, ended: Ended): void {
    if (execution.status !== 'RUNNING') return;
    Object.assign(execution, ended, { stopDate: Date.now() });
    announce(execution);
  }

  /** The detail is what DescribeExecution answers, its times in milliseconds. */
  function announce(execution: Execution): void {
    const detail = { ...described(execution), startDate: execution.startDate, stopDate: execution.stopDate ?? null };
    // What is too large for an event is left out.
    const isWhole =
      JSON.stringify(execution.input).length + JSON.stringify(execution.output ?? '').length <= 248 * 1024;
    tell({
      source: 'aws.states',
      detailType: 'Step Functions Execution Status Change',
      resources: [execution.executionArn],
      detail: isWhole ? detail : { ...detail, input: null, inputDetails: { included: false } },
    }).catch((error: unknown) => console.error('gateway: an event was not delivered:', error));
  }

  async function list(call: Call): Promise<Reply> {
    const { stateMachineArn, statusFilter, maxResults, nextToken } = parseJson(call.body);
    const arn = unqualified(String(stateMachineArn));
    if ((await machineOf(arn)) === undefined) return unknownMachine(call, arn);
    const own = [...executions.values()]
      .filter((one) => one.stateMachineArn === arn && (statusFilter === undefined || one.status === statusFilter))
      .reverse(); // the latest first
    const from = Number(nextToken ?? 0);
    const to = from + (Number(maxResults ?? 0) || 100);
    const page = own.slice(from, to).map(({ executionArn, name, status, startDate, stopDate }) => ({
      ...{ executionArn, stateMachineArn: arn, name, status, startDate: seconds(startDate) },
      ...(stopDate === undefined ? {} : { stopDate: seconds(stopDate) }),
    }));
    return answer({ executions: page, ...(to < own.length ? { nextToken: String(to) } : {}) });
  }

  function stop(execution: Execution, { error, cause }: Record<string, unknown>): Reply {
    const texts = { ...(error ? { error: String(error) } : {}), ...(cause ? { cause: String(cause) } : {}) };
    end(execution, { status: 'ABORTED', ...texts });
    execution.running?.abort();
    return answer({ stopDate: seconds(execution.stopDate ?? Date.now()) });
  }

  return {
    async serve(call) {
      if (call.action === 'ValidateStateMachineDefinition') return validated(parseJson(call.body));
      if (call.action === 'StartExecution') return start(call);
      if (call.action === 'ListExecutions') return list(call);
      // None is published here; Terraform asks for them.
      if (call.action === 'ListStateMachineVersions') return answer({ stateMachineVersions: [] });
      if (call.action !== 'DescribeExecution' && call.action !== 'StopExecution') return moto(call);
      const given = parseJson(call.body);
      const execution = executions.get(String(given.executionArn));
      if (execution === undefined)
        return refuse(call, 'ExecutionDoesNotExist', `Execution Does Not Exist: '${given.executionArn}'`);
      if (call.action === 'StopExecution') return stop(execution, given);
      const { startDate, stopDate } = execution;
      const times = {
        startDate: seconds(startDate),
        ...(stopDate === undefined ? {} : { stopDate: seconds(stopDate) }),
      };
      return answer({ ...present(described(execution)), ...times });
    },
    setRunner(run) {
      runner = run;
    },
  };
}

const refuse = (call: Call, code: string, message: string): Reply => errorReply(call, 400, code, message);

const unknownMachine = (call: Call, arn: string): Reply =>
  refuse(call, 'StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);

const present = (fields: object) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html */
function described({ executionArn, stateMachineArn, name, status, input, output, error, cause }: Execution) {
  const hasFailed = status !== 'RUNNING' && status !== 'SUCCEEDED';
  return {
    ...{ executionArn, stateMachineArn, name, status, input, inputDetails: { included: true } },
    ...{ output: output ?? null, outputDetails: output === undefined ? null : { included: true } },
    ...{ error: error ?? null, cause: cause ?? null, stateMachineVersionArn: null, stateMachineAliasArn: null },
    ...{ redriveCount: 0, redriveDate: null, redriveStatus: hasFailed ? 'REDRIVABLE' : 'NOT_REDRIVABLE' },
  };
}

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html */
function validated({ definition }: Record<string, unknown>): Reply {
  const diagnostics = diagnosticsOf(String(definition ?? ''));
  return answer({ result: diagnostics.length === 0 ? 'OK' : 'FAIL', diagnostics, truncated: false });
}

function diagnosticsOf(text: string) {
  if (!isJson(text)) return [{ severity: 'ERROR', code: 'INVALID_JSON_DESCRIPTION', message: 'it is no JSON' }];
  const { errors } = validate(JSON.parse(text), { checkPaths: true, checkArn: true });
  return errors.slice(0, 100).map((error) => ({
    ...{ severity: 'ERROR', code: 'SCHEMA_VALIDATION_FAILED' },
    message: 'message' in error ? String(error.message) : JSON.stringify(error),
  }));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
