import { Logger } from '@aws-lambda-powertools/logger';
import { archiveIn } from '../../handlers/aws/archive.ts';
import { claimsIn } from '../../handlers/aws/claims.ts';
import { NO_BUS } from '../../handlers/aws/events.ts';
import type { Governor } from '../../handlers/govern/govern.ts';
import { perform, performPlain } from './dynamo.ts';
import { callUnder, type RunState } from './faults.ts';
import type { World } from './world.ts';

const REGION = 'eu-central-1';
const logger = new Logger({ logLevel: process.env.SHOW ? 'INFO' : 'SILENT' });

type Input = Readonly<Record<string, unknown>>;
type Effect = (world: World, run: RunState, input: Input) => unknown;

/** What each operation does to the world; the input is what the SDK would have sent. */
const EFFECTS: Readonly<Record<string, Effect>> = {
  PutObjectCommand: (world, _, { Key, Body }) => void world.objects.set(String(Key), Body as Buffer),
  GetObjectCommand: getObject,
  PublishCommand: (world) => {
    world.alerts += 1;
    return {};
  },
  GetFunctionConfigurationCommand: (world) => ({ CodeSha256: world.codeSha256, LastUpdateStatus: 'Successful' }),
  GetQueueAttributesCommand: (world) => ({
    Attributes: {
      ApproximateNumberOfMessages: String(world.depth),
      ApproximateNumberOfMessagesDelayed: '0',
      VisibilityTimeout: '30',
      DelaySeconds: '0',
      RedrivePolicy: '{"maxReceiveCount":3}',
    },
  }),
  SendMessageBatchCommand: sendMessages,
};

function getObject(world: World, _: RunState, { Key, Range }: Input) {
  const [from = 0, to = 0] = String(Range).replace('bytes=', '').split('-').map(Number);
  const bytes = world.objects.get(String(Key))?.subarray(from, to + 1);
  if (bytes === undefined) throw new Error(`NoSuchKey: ${Key}`);
  return { Body: { transformToByteArray: async () => new Uint8Array(bytes) } };
}

type Entry = Parameters<World['receive']>[0] & { readonly Id: string };

function sendMessages(world: World, run: RunState, { Entries }: Input) {
  const entries = Entries as readonly Entry[];
  if (entries.length < 1 || entries.length > 10) throw new Error('a batch holds 1 to 10 entries');
  const { fault } = run;
  const taken = fault.kind === 'partly sent' ? entries.slice(0, 1) : entries;
  const Code = fault.kind === 'partly sent' && fault.forGood ? 'InvalidParameterValue' : 'InternalError';
  return {
    Successful: taken.map((entry) => ({ Id: entry.Id, MessageId: world.receive(entry, run) })),
    Failed: entries
      .slice(taken.length)
      .map(({ Id }) => ({ Id, Code, SenderFault: fault.kind === 'partly sent' && fault.forGood })),
  };
}

/** The healer and the governor of one run, on AWS in memory: the handlers' own code above the SDK's clients. */
export function governorOf(world: World, run: RunState): Governor {
  const client = (effect: (command: string, input: Input) => unknown) =>
    ({
      // Powertools takes nothing for a client that lacks these.
      config: { serviceId: 'DynamoDB' },
      middlewareStack: { identify: () => ['UserAgent'], addRelativeTo: () => {} },
      send: async (command: { readonly input: Input }) => {
        const name = command.constructor.name;
        await world.turn();
        return callUnder(run, name.replace(/Command$/, ''), () => {
          const answer = effect(name, command.input);
          world.afterCall();
          return answer;
        });
      },
    }) as never;
  const service = client((command, input) => {
    const effect = EFFECTS[command];
    if (effect === undefined) throw new Error(`the AWS in memory knows no ${command}`);
    return effect(world, run, input);
  });
  const plain = client((command, input) => performPlain(world.tables, command.replace('Item', ''), input));
  return {
    stack: 'shop',
    region: REGION,
    bus: NO_BUS,
    mode: 'heal',
    policy: world.policy,
    table: 'ledger',
    topicArn: 'arn:aws:sns:eu-central-1:000000000000:alerts',
    db: client((command, input) => {
      world.watch(command, input);
      return perform(world.tables, command, input);
    }),
    sqs: service,
    sns: service,
    lambda: service,
    logs: service,
    startExecution: () => Promise.reject(new Error('there is no state machine')),
    archive: archiveIn(service, 'letters', REGION),
    claims: claimsIn(plain, 'claims', 'heal'),
    getMetricData: async (queries) => queries.map(() => new Map()),
    logger,
    now: () => world.now,
    random: () => world.random(),
  };
}
