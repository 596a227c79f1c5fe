// One execution environment: a process that runs one invocation at a time and is reused while it is warm.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FunctionSpec } from './function-spec.ts';
import { eachLine } from './lines.ts';
import type { LogLine } from './logs.ts';
import { lambdaVariables } from './variables.ts';

const RUNTIME = fileURLToPath(new URL('./runtime.mjs', import.meta.url));
// The init phase has ten seconds; where they are not enough Lambda begins anew, within the function's own timeout. Here
// the same process goes on for so long: a machine that is too busy for the one would be for the other.
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
const INIT_MS = 10_000;

export type Outcome = { payload: string; functionError?: 'Unhandled'; requestId: string; durationMs: number };
export type EnvironmentOptions = {
  spec: FunctionSpec;
  region: string;
  endpoint: string;
  print: (line: LogLine) => void;
};

export type Environment = {
  readonly dead: boolean;
  invoke(event: string, traceHeader: string, requestId?: string): Promise<Outcome>;
  /** Ends the process and resolves when it is gone. */
  kill(): Promise<void>;
};

/** `exit` says how the process ended, where it ended instead of answering. */
type Result = { payload: string; functionError?: 'Unhandled'; exit?: string };
type Message = {
  type: 'ready' | 'init-error' | 'result';
  requestId?: string;
  payload?: string;
  functionError?: 'Unhandled';
};

export function startEnvironment(options: EnvironmentOptions): Environment {
  const { spec, region } = options;
  const logStream = `${new Date().toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${randomBytes(16).toString('hex')}`;
  const started = Date.now();
  const child = spawn(nodeBinary(), [`--max-old-space-size=${spec.memoryMb}`, RUNTIME], {
    cwd: spec.directory,
    env: { ...lambdaVariables(spec, region, options.endpoint, logStream), ...spec.environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let current = '';
  let drained: (() => void) | undefined;
  let dead = false;
  let first = true;
  const limitMs = spec.timeoutSeconds * 1000;
  const print = (text: string) =>
    options.print({ functionName: spec.name, logStream, requestId: current, time: Date.now(), text });
  const gone = new Promise<string>((resolve) =>
    child.once('close', (code, signal) => resolve(describeExit(code, signal))),
  );
  void gone.then(() => {
    dead = true;
  });
  child.on('error', (error) => print(`The environment could not be started: ${error.message}`));
  readLines(child, print, () => drained?.());
  const ready = initialised(child, gone, INIT_MS + limitMs);

  async function invoke(event: string, traceHeader: string, requestId: string = randomUUID()): Promise<Outcome> {
    const init = await ready;
    current = requestId;
    print(`START RequestId: ${requestId} Version: $LATEST`);
    const begin = Date.now();
    const result =
      init.failure ?? (await run({ requestId, event, traceHeader, functionArn: spec.arn, deadline: begin + limitMs }));
    const durationMs = Date.now() - begin;
    const timedOut = result.exit !== undefined && durationMs >= limitMs;
    const outcome = { requestId, durationMs, ...conclude(result, timedOut, requestId, durationMs, print) };
    print(`END RequestId: ${requestId}`);
    print(reportLine(spec, outcome, timedOut, first ? init.at - started : undefined));
    first = false;
    return outcome;
  }

  async function run(call: { requestId: string } & Record<string, unknown>): Promise<Result> {
    if (dead) return { payload: '', exit: 'exit status 1' };
    const read = new Promise<void>((resolve) => {
      drained = resolve;
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
    const answer = answered(child, gone);
    child.send(call, () => undefined); // a process that is gone is noticed by its exit
    const result = await answer;
    clearTimeout(timer);
    if (result.exit === undefined) await Promise.race([read, gone]);
    else dead = true;
    return result;
  }

  return {
    get dead() {
      return dead;
    },
    invoke,
    async kill() {
      dead = true;
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** What the caller gets, and what the log says, when the process ended instead of answering. */
function conclude(result: Result, timedOut: boolean, requestId: string, ms: number, print: (text: string) => void) {
  const { exit, ...answer } = result;
  if (exit === undefined) return answer;
  const late = `Task timed out after ${(ms / 1000).toFixed(2)} seconds`;
  if (timedOut) print(`${new Date().toISOString()} ${requestId} ${late}`);
  else print(`RequestId: ${requestId} Error: ${exit}\rRuntime.ExitError`);
  const errorType = timedOut ? 'Sandbox.Timedout' : 'Runtime.ExitError';
  const errorMessage = `RequestId: ${requestId} Error: ${timedOut ? late : exit}`;
  return { payload: JSON.stringify({ errorType, errorMessage }), functionError: 'Unhandled' as const };
}

function reportLine(spec: FunctionSpec, outcome: Outcome, timedOut: boolean, initMs: number | undefined): string {
  return [
    `REPORT RequestId: ${outcome.requestId}`,
    `Duration: ${outcome.durationMs.toFixed(2)} ms`,
    `Billed Duration: ${Math.ceil(outcome.durationMs)} ms`,
    `Memory Size: ${spec.memoryMb} MB`,
    ...(initMs === undefined ? [] : [`Init Duration: ${initMs.toFixed(2)} ms`]),
    ...(timedOut ? ['Status: timeout'] : []),
  ].join('\t');
}

type Init = { at: number; failure?: Result };

async function initialised(child: ChildProcess, gone: Promise<string>, limitMs: number): Promise<Init> {
  const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
  const message = new Promise<Message>((resolve) => child.once('message', (value) => resolve(value as Message)));
  const first = await Promise.race([message, gone]);
  clearTimeout(timer);
  if (typeof first === 'string') return { at: Date.now(), failure: { payload: '', exit: first } };
  if (first.type === 'ready') return { at: Date.now() };
  return { at: Date.now(), failure: { payload: first.payload ?? '{}', functionError: 'Unhandled' } };
}

async function answered(child: ChildProcess, gone: Promise<string>): Promise<Result> {
  const message = new Promise<Message>((resolve) => child.once('message', (value) => resolve(value as Message)));
  const first = await Promise.race([message, gone]);
  if (typeof first === 'string') return { payload: '', exit: first };
  const { payload = 'null', functionError } = first;
  return functionError === undefined ? { payload } : { payload, functionError };
}

function readLines(child: ChildProcess, print: (text: string) => void, drained: () => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) eachLine(stream, (text) => (text.startsWith('\0END ') ? drained() : print(text)));
  }
}

function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  if (code === 0) return 'Runtime exited without providing a reason';
  const names: Partial<Record<NodeJS.Signals, string>> = {
    SIGKILL: 'killed',
    SIGABRT: 'aborted',
    SIGSEGV: 'segmentation fault',
  };
  const how = signal === null ? `exit status ${code}` : `signal: ${names[signal] ?? signal}`;
  return `Runtime exited with error: ${how}`;
}

/** Functions run on Node 22 whatever runs this file; the npm package `node` brings it. */
function nodeBinary(): string {
  if (process.versions.node.startsWith('22.')) return process.execPath;
  return join(fileURLToPath(new URL('../../../', import.meta.url)), 'node_modules', 'node', 'bin', 'node');
}
