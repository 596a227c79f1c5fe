// Step Functions on this machine: runs a state machine's definition. Its tasks are calls through the gateway, under the
// role of the state machine.
import type { Ended, RunExecution } from '../gateway/states.ts';
import type { Gateway } from '../gateway.ts';

type Json = Record<string, unknown>;
type Task = (input: Json) => Promise<unknown>;

/** What a task ends with: an error's name, which `Retry` and `Catch` look at, and its cause. */
class TaskError extends Error {
  constructor(name: string, cause: string) {
    super(cause);
    this.name = name;
  }
}

export function createExecutions(gateway: Gateway, region: string): RunExecution {
  return ({ arn, name, roleArn, definition }, execution) => {
    const role = roleArn.slice(roleArn.lastIndexOf('/') + 1);
    const parsed = JSON.parse(definition) as Json;
    const tasks = Object.fromEntries(
      tasksIn(parsed).map(([state, resource]) => [state, taskFor(gateway, region, role, resource)]),
    );
    const context = {
      Execution: { Id: execution.executionArn, Name: execution.name, RoleArn: roleArn },
      StateMachine: { Id: arn, Name: name },
    };
    let abort = (): void => undefined;
    const ended = run(parsed, JSON.parse(execution.input), { tasks, context }, (given) => {
      abort = given;
    });
    return { ended, abort: () => abort() };
  };
}

async function run(
  definition: Json,
  input: unknown,
  { tasks, context }: { readonly tasks: Record<string, Task>; readonly context: Json },
  onStart: (abort: () => void) => void,
): Promise<Ended> {
  // It brings clients of its own for what is not used here: only who runs executions waits for it.
  const { StateMachine, ExecutionError, ExecutionTimeoutError } = await import('aws-local-stepfunctions');
  // Its types ask for more than JSON knows; the definition was checked when the state machine was created.
  const machine = new StateMachine(definition as never, { validationOptions: { noValidate: true } });
  const { result, abort } = machine.run(input as never, {
    overrides: { taskResourceLocalHandlers: tasks as never },
    context,
  });
  onStart(abort);
  try {
    return { status: 'SUCCEEDED', output: JSON.stringify(await result) };
  } catch (error) {
    if (error instanceof ExecutionTimeoutError) return { status: 'TIMED_OUT' };
    if (!(error instanceof ExecutionError)) return { status: 'ABORTED' };
    const { name, message } = error.cause as Error;
    return { status: 'FAILED', error: name, cause: message };
  }
}

/** Task states by name, those of branches and maps included: the interpreter knows them by name alone. */
function tasksIn(part: unknown): [name: string, resource: string][] {
  if (typeof part !== 'object' || part === null) return [];
  const { States, ...others } = part as { States?: Record<string, Json> };
  const own = Object.entries(States ?? {}).flatMap(([name, state]): [string, string][] =>
    state.Type === 'Task' ? [[name, String(state.Resource)]] : [],
  );
  return [...own, ...Object.values(States ?? {}).flatMap(tasksIn), ...Object.values(others).flatMap(tasksIn)];
}

function taskFor(gateway: Gateway, region: string, role: string, resource: string): Task {
  const send = async (service: string, method: string, url: string, body: string) => {
    const scope = `${role}/20200101/${region}/${service}/aws4_request`;
    const headers = { authorization: `AWS4-HMAC-SHA256 Credential=${scope}`, host: `${service}.amazonaws.com` };
    return gateway.handle({ method, url, headers, body: Buffer.from(body) });
  };

  async function invoke(functionArn: string, payload: unknown): Promise<unknown> {
    const url = `/2015-03-31/functions/${encodeURIComponent(functionArn)}/invocations`;
    const { status, headers, body } = await send('lambda', 'POST', url, JSON.stringify(payload));
    const text = body.toString();
    const answer = text === '' ? null : (JSON.parse(text) as unknown);
    if (status >= 300) throw new TaskError(`Lambda.${headers['x-amzn-errortype'] ?? 'Unknown'}`, text);
    if (headers['x-amz-function-error'] === undefined) return answer;
    // The name is the error's own, the cause the whole answer of the function.
    // https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
    throw new TaskError(String((answer as Json | null)?.errorType ?? 'Lambda.Unknown'), text);
  }

  // Optimized, and with the whole answer around the payload.
  if (resource.endsWith(':states:::lambda:invoke'))
    return async ({ FunctionName, Payload }) => ({
      ...{ ExecutedVersion: '$LATEST', StatusCode: 200 },
      Payload: await invoke(String(FunctionName), Payload ?? {}),
    });
  if (resource.split(':')[2] === 'lambda') return (input) => invoke(resource, input);
  if (resource.endsWith(':states:::aws-sdk:s3:putObject'))
    return async ({ Bucket, Key, Body }) => {
      const path = String(Key).split('/').map(encodeURIComponent).join('/');
      const text = typeof Body === 'string' ? Body : JSON.stringify(Body);
      const { status, headers, body } = await send('s3', 'PUT', `/${Bucket}/${path}`, text);
      if (status >= 300) throw new TaskError('S3.S3Exception', body.toString());
      return { ETag: headers.etag };
    };
  return () => Promise.reject(new TaskError('States.Runtime', `the local AWS does not serve ${resource}`));
}
