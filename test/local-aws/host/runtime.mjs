// Lambda's side of one environment: loads the handler once and runs one invocation after another, as the Node.js runtime
// does. Plain JavaScript, and no dependency, so that a cold start costs what the function's own code costs.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';

const send = /** @type {(message: unknown) => void} */ (process.send?.bind(process));
const { AWS_LAMBDA_FUNCTION_NAME, AWS_LAMBDA_LOG_FORMAT, LAMBDA_TASK_ROOT = '.', _HANDLER = '' } = process.env;
let requestId = '';

/** console.* as the runtime prints it: time, request id and level in front; a carriage return keeps one call one line. */
function patchConsole() {
  const levels = { trace: 'TRACE', debug: 'DEBUG', log: 'INFO', info: 'INFO', warn: 'WARN', error: 'ERROR' };
  for (const [method, level] of Object.entries(levels)) {
    Reflect.set(console, method, (/** @type {unknown[]} */ ...values) => print(level, format(...values)));
  }
}

/** @param {string} level @param {string} message */
function print(level, message) {
  const timestamp = new Date().toISOString();
  const line =
    AWS_LAMBDA_LOG_FORMAT === 'JSON'
      ? JSON.stringify({ timestamp, level, requestId, message })
      : [timestamp, requestId, level, message.replaceAll('\n', '\r')].join('\t');
  process.stdout.write(`${line}\n`);
}

/** @param {unknown} error */
function describe(error) {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: format(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

/** @param {string} label @param {unknown} error */
function printError(label, error) {
  const { errorType, errorMessage, trace } = describe(error);
  print('ERROR', `${label} \t${JSON.stringify({ errorType, errorMessage, stack: trace })}`);
}

async function loadHandler() {
  const dot = _HANDLER.lastIndexOf('.');
  const [file, name] = [_HANDLER.slice(0, dot), _HANDLER.slice(dot + 1)];
  const path = ['.mjs', '.js', '.cjs'].map((end) => join(LAMBDA_TASK_ROOT, file + end)).find(existsSync);
  if (path === undefined) throw typed('Runtime.ImportModuleError', `Error: Cannot find module '${file}'`);
  const module = await import(pathToFileURL(path).href);
  const handler = module[name] ?? module.default?.[name];
  if (typeof handler === 'function') return handler;
  throw typed('Runtime.HandlerNotFound', `${_HANDLER} is undefined or not exported`);
}

/** @param {string} name @param {string} message */
const typed = (name, message) => Object.assign(new Error(message), { name });

/** @param {Function} handler @param {any} call */
async function invoke(handler, call) {
  requestId = call.requestId;
  process.env._X_AMZN_TRACE_ID = call.traceHeader;
  const context = {
    callbackWaitsForEmptyEventLoop: true,
    functionName: AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: call.functionArn,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    awsRequestId: call.requestId,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => Math.max(0, call.deadline - Date.now()),
  };
  try {
    const result = await handler(JSON.parse(call.event), context);
    answer(call.requestId, { payload: JSON.stringify(result ?? null) });
  } catch (error) {
    printError('Invoke Error', error);
    answer(call.requestId, { payload: JSON.stringify(describe(error)), functionError: 'Unhandled' });
  }
}

/** The mark on stdout tells the host that every line of this invocation has been read. */
function answer(/** @type {string} */ id, /** @type {object} */ result) {
  process.stdout.write(`\0END ${id}\n`);
  send({ type: 'result', requestId: id, ...result });
}

/** @param {string} label @param {number} code @returns {(error: unknown) => void} */
const dieOf = (label, code) => (error) => {
  printError(label, error);
  process.exit(code);
};

patchConsole();
process.on('uncaughtException', dieOf('Uncaught Exception', 129));
process.on('unhandledRejection', dieOf('Unhandled Promise Rejection', 128));
// The host is gone: so is this environment.
process.on('disconnect', () => process.exit(0));
try {
  const handler = await loadHandler();
  process.on('message', (call) => void invoke(handler, call));
  send({ type: 'ready' });
} catch (error) {
  printError('Uncaught Exception', error);
  send({ type: 'init-error', payload: JSON.stringify(describe(error)) });
}
