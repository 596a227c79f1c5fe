// SQS message move tasks, which fauxqs does not have. Messages are in AWS's words, where tests against AWS show them.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
import { randomUUID } from 'node:crypto';
import { type Call, errorReply, jsonReply, parseJson, type Reply } from './call.ts';
import { move, type QueueCall } from './move-messages.ts';
import type { Input } from './sqs-messages.ts';

export type MoveTaskStatus = 'RUNNING' | 'COMPLETED' | 'CANCELLING' | 'CANCELLED' | 'FAILED';

export type MoveTask = {
  id: string;
  sourceArn: string;
  destinationArn?: string;
  rate?: number;
  started: number;
  toMove: number;
  moved: number;
  status: MoveTaskStatus;
  failureReason?: string;
};

export type MoveTasks = {
  /** Answers the three operations; undefined for every other call. */
  serve(call: Call): Promise<Reply> | undefined;
  /** Ends the tasks that run, as they are. */
  stop(): Promise<void>;
};

export type MoveTaskQueues = {
  /** One operation of the service, without the gateway's counts: AWS makes these calls itself. */
  ask: QueueCall;
  /** Names of the queues whose redrive policy names this one. */
  sourcesOf(call: Call, queue: string): Promise<string[]>;
};

const MAX_RATE = 500;
const MAX_RESULTS = 10;
const MEDIA_TYPE = 'application/x-amz-json-1.0';

export function createMoveTasks({ ask, sourcesOf }: MoveTaskQueues): MoveTasks {
  /** By source, the newest first. */
  const tasks = new Map<string, MoveTask[]>();
  const running = new Set<Promise<void>>();
  const stopping = new AbortController();

  async function attributesOf(call: Call, arn: string): Promise<Record<string, string> | undefined> {
    const { output } = await ask(call, 'GetQueueAttributes', queueOf(arn), { AttributeNames: ['All'] });
    const attributes = output.Attributes as Record<string, string> | undefined;
    return attributes?.QueueArn === arn ? attributes : undefined;
  }

  async function start(call: Call): Promise<Reply> {
    const input = parseJson(call.body);
    const { SourceArn: sourceArn, DestinationArn: destinationArn, MaxNumberOfMessagesPerSecond: rate } = input;
    if (typeof sourceArn !== 'string') {
      return errorReply(call, 400, 'MissingParameter', 'The request must contain the parameter SourceArn.');
    }
    if (rate !== undefined && !isBetween(rate, 1, MAX_RATE)) return invalid(call, INVALID_RATE);
    const source = await attributesOf(call, sourceArn);
    if (source === undefined) return unknown(call, 'SourceArn');
    if ((await sourcesOf(call, queueOf(sourceArn))).length === 0) return invalid(call, NO_DLQ);
    if (typeof destinationArn === 'string') {
      if (destinationArn === sourceArn) return invalid(call, SAME_QUEUE);
      const destination = await attributesOf(call, destinationArn);
      if (destination === undefined) return unknown(call, 'DestinationArn');
      if (destination.FifoQueue !== source.FifoQueue) return invalid(call, OTHER_TYPE);
    }
    const earlier = tasks.get(sourceArn) ?? [];
    if (earlier.some(({ status }) => status === 'RUNNING' || status === 'CANCELLING')) return invalid(call, RUNNING);
    const task: MoveTask = {
      id: randomUUID(),
      sourceArn,
      started: Date.now(),
      toMove: Number(source.ApproximateNumberOfMessages),
      moved: 0,
      status: 'RUNNING',
      ...(typeof destinationArn === 'string' ? { destinationArn } : {}),
      ...(typeof rate === 'number' ? { rate } : {}),
    };
    tasks.set(sourceArn, [task, ...earlier].slice(0, MAX_RESULTS));
    const moving = move(task, (action, queue, body) => ask(call, action, queue, body), stopping.signal);
    const ended = moving.finally(() => running.delete(ended));
    running.add(ended);
    return reply({ TaskHandle: handleOf(task) });
  }

  async function list(call: Call): Promise<Reply> {
    const { SourceArn: arn, MaxResults: max = 1 } = parseJson(call.body);
    if (!isBetween(max, 1, MAX_RESULTS)) return invalid(call, INVALID_MAX);
    if (typeof arn !== 'string' || (await attributesOf(call, arn)) === undefined) return unknown(call, 'SourceArn');
    return reply({ Results: (tasks.get(arn) ?? []).slice(0, max).map(shown) });
  }

  async function cancel(call: Call): Promise<Reply> {
    const handle = readHandle(parseJson(call.body).TaskHandle);
    if (handle === undefined) return invalid(call, 'Value for parameter TaskHandle is invalid.');
    if ((await attributesOf(call, handle.sourceArn)) === undefined) return unknown(call, 'SourceArn');
    const task = tasks.get(handle.sourceArn)?.find(({ id }) => id === handle.taskId);
    if (task === undefined) return errorReply(call, 404, 'ResourceNotFoundException', 'Task does not exist.');
    if (task.status !== 'RUNNING') return errorReply(call, 400, 'UnsupportedOperation', NOT_ACTIVE);
    task.status = 'CANCELLING';
    return reply({ ApproximateNumberOfMessagesMoved: task.moved });
  }

  return {
    serve(call) {
      if (call.action === 'StartMessageMoveTask') return start(call);
      if (call.action === 'ListMessageMoveTasks') return list(call);
      if (call.action === 'CancelMessageMoveTask') return cancel(call);
      return undefined;
    },
    async stop() {
      stopping.abort();
      await Promise.all(running);
    },
  };
}

const INVALID_RATE =
  "Value for parameter MaxNumberOfMessagesPerSecond is invalid. Reason: You must enter a number that's between 1 and 500.";
const INVALID_MAX = 'Value for parameter MaxResults is invalid. Reason: Must be between 1 and 10, if provided.';
const NO_DLQ = 'Source queue must be configured as a Dead Letter Queue.';
const SAME_QUEUE = 'Source queue arn and destination queue arn cannot be the same.';
const OTHER_TYPE = 'The source queue and destination queue must be of the same queue type.';
const RUNNING =
  'There is already a task running. Only one active task is allowed for a source queue arn at a given time.';
const NOT_ACTIVE = 'Only active tasks can be cancelled.';

const invalid = (call: Call, message: string): Reply => errorReply(call, 400, 'InvalidParameterValue', message);

function unknown(call: Call, parameter: string): Reply {
  const message = `The resource that you specified for the ${parameter} parameter doesn't exist.`;
  return errorReply(call, 404, 'ResourceNotFoundException', message);
}

const reply = (body: Input): Reply => jsonReply(body, 200, MEDIA_TYPE);

const isBetween = (value: unknown, least: number, most: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;

/** What ListMessageMoveTasks shows: the handle only while the task can be cancelled. */
function shown(task: MoveTask): Input {
  return {
    SourceArn: task.sourceArn,
    Status: task.status,
    StartedTimestamp: task.started,
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    ...(task.status === 'RUNNING' ? { TaskHandle: handleOf(task) } : {}),
    ...(task.destinationArn === undefined ? {} : { DestinationArn: task.destinationArn }),
    ...(task.rate === undefined ? {} : { MaxNumberOfMessagesPerSecond: task.rate }),
    ...(task.failureReason === undefined ? {} : { FailureReason: task.failureReason }),
  };
}

// AWS's handles are of this form.
const handleOf = ({ id, sourceArn }: MoveTask): string =>
  Buffer.from(JSON.stringify({ taskId: id, sourceArn })).toString('base64');

/** What a task handle names; undefined for what is none. */
export function readHandle(handle: unknown): { taskId: string; sourceArn: string } | undefined {
  try {
    const read = JSON.parse(Buffer.from(String(handle), 'base64').toString()) as Input;
    const { taskId, sourceArn } = read;
    return typeof taskId === 'string' && typeof sourceArn === 'string' ? { taskId, sourceArn } : undefined;
  } catch {
    return undefined;
  }
}

const queueOf = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1);
