/** The call that an error came from: a refusal often says neither what was refused nor on what. */
export interface FailedCall {
  /** As in a policy: `sqs:ReceiveMessage`. */
  readonly action: string;
  /** The resource as the call named it: a URL, a name, an ARN; undefined where it named none. */
  readonly resource?: string;
}

/** How far AWS's clock is ahead of this machine's. */
export interface Clock {
  offsetMs: number;
}

const calls = new WeakMap<object, FailedCall>();

/** What was being asked of AWS when this error came. */
export const callOf = (error: unknown): FailedCall | undefined =>
  typeof error === 'object' && error !== null ? calls.get(error) : undefined;

/** As IAM calls them, by the SDK's names. */
const SERVICES: Readonly<Record<string, string>> = {
  SQSClient: 'sqs',
  DynamoDBClient: 'dynamodb',
  LambdaClient: 'lambda',
  S3Client: 's3',
  SFNClient: 'states',
  SNSClient: 'sns',
  STSClient: 'sts',
  CloudWatchClient: 'cloudwatch',
  CloudWatchLogsClient: 'logs',
};

/** Operations whose permission has another name. https://docs.aws.amazon.com/service-authorization/latest/reference/ */
const ACTIONS: Readonly<Record<string, string>> = {
  'sqs:SendMessageBatch': 'sqs:SendMessage',
  'sqs:DeleteMessageBatch': 'sqs:DeleteMessage',
  'sqs:ChangeMessageVisibilityBatch': 'sqs:ChangeMessageVisibility',
  'lambda:Invoke': 'lambda:InvokeFunction',
};

interface Handled {
  readonly input: object;
  readonly response?: unknown;
}
type Next = (args: never) => Promise<{ readonly output: unknown; readonly response?: unknown }>;
interface Stack {
  add(middleware: unknown, options: { readonly step: string; readonly name: string }): void;
  remove(name: string): boolean;
}

/** Has every error of the client know its call, and the clock learn from every answer. */
export function noteCalls(client: object, clock: Clock): void {
  const { middlewareStack } = client as { readonly middlewareStack: Stack };
  // Without a logger it logs nothing, and copies every message of every call for that.
  middlewareStack.remove('loggerMiddleware');
  middlewareStack.add(
    (next: Next, { clientName = '', commandName = '' }: { clientName?: string; commandName?: string }) =>
      async (args: Handled) => {
        try {
          return await next(args as never);
        } catch (error) {
          if (typeof error === 'object' && error !== null)
            calls.set(error, callIn(clientName, commandName, args.input));
          throw error;
        }
      },
    { step: 'initialize', name: 'noteFailedCall' },
  );
  middlewareStack.add(
    (next: Next) => async (args: never) => {
      const result = await next(args);
      const { headers } = (result.response ?? {}) as { readonly headers?: Readonly<Record<string, string>> };
      const date = Date.parse(headers?.date ?? '');
      // Its date has whole seconds: what is less than that is no wrong clock.
      const offset = Number.isNaN(date) ? 0 : date - Date.now();
      clock.offsetMs = Math.abs(offset) < 2000 ? 0 : offset;
      return result;
    },
    { step: 'deserialize', name: 'readClock' },
  );
}

function callIn(clientName: string, commandName: string, input: object): FailedCall {
  const operation = `${SERVICES[clientName] ?? clientName}:${commandName.replace(/Command$/, '')}`;
  const named = input as Readonly<Record<string, unknown>>;
  const [resource] = [named.QueueUrl, named.SourceArn, named.TableName, named.FunctionName, named.stateMachineArn]
    .concat(named.Bucket === undefined ? [] : [[named.Bucket, named.Key].filter(Boolean).join('/')])
    .concat(named.RequestItems === undefined ? [] : Object.keys(named.RequestItems as object))
    .filter((value): value is string => typeof value === 'string');
  return { action: ACTIONS[operation] ?? operation, ...(resource === undefined ? {} : { resource }) };
}
