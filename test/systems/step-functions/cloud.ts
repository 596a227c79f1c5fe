// What the test does beside the crawler: sends, waits, and reads what became of everything.
import { InvokeCommand, LambdaClient, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, paginateListExecutions, SFNClient } from '@aws-sdk/client-sfn';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type LetterRow, readTruth } from '../../demo/truth.ts';
import { untilQuiet } from '../quiet.ts';
import type { Applied } from '../system.ts';

/** The example's outputs that are used here. */
export interface Outputs {
  readonly frontier_url: string;
  readonly failed_url: string;
  readonly state_machine_arn: string;
  readonly pages_bucket: string;
  readonly ledger_table: string;
  readonly archive_bucket: string;
  readonly alert_inbox_url: string;
  readonly function_names: Readonly<Record<string, string>>;
}

export interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly status: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly stoppedAt: number;
  readonly input: { readonly url?: string; readonly dlqHealer?: Record<string, unknown> };
}

export type Row = LetterRow & { readonly reason: string; readonly diedAt: string; readonly healedMessageId?: string };

/** The page as it was stored. */
export interface Stored {
  readonly key: string;
  readonly url: string;
  readonly title: string | null;
  readonly reprocessed: { readonly attempt: number; readonly failedAt: string } | null;
}

export type Cloud = ReturnType<typeof connect>;

export function connect(applied: Applied) {
  const { aws } = applied;
  const outputs = applied.outputs as unknown as Outputs;
  const client = {
    region: aws.region,
    endpoint: aws.gateway.url,
    credentials: { accessKeyId: 'auditor', secretAccessKey: 'local' },
  };
  const clients = {
    sqs: new SQSClient(client),
    lambda: new LambdaClient(client),
    sfn: new SFNClient(client),
    s3: new S3Client({ ...client, forcePathStyle: true }),
  };
  const truth = readTruth(aws);
  const letters = async () => (await truth.letters(outputs.ledger_table)) as Row[];
  const send = (QueueUrl: string, MessageBody: string) =>
    clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));

  async function executions(): Promise<Execution[]> {
    const found: Execution[] = [];
    const stateMachineArn = outputs.state_machine_arn;
    for await (const { executions: page = [] } of paginateListExecutions({ client: clients.sfn }, { stateMachineArn }))
      for (const { executionArn: arn = '' } of page) {
        const one = await clients.sfn.send(new DescribeExecutionCommand({ executionArn: arn }));
        const { name = '', status = '', startDate, stopDate, input = '{}' } = one;
        const times = { startedAt: startDate?.getTime() ?? 0, stoppedAt: stopDate?.getTime() ?? 0 };
        found.push({ arn, name, status, ...times, input: JSON.parse(input) });
      }
    return found.sort((a, b) => a.startedAt - b.startedAt);
  }

  /** The governor comes each minute by himself; to who waits for him that is long. */
  const govern = () =>
    clients.lambda.send(new InvokeCommand({ FunctionName: outputs.function_names.govern, Payload: Buffer.from('{}') }));

  return {
    outputs,
    letters,
    executions,
    /** Sends pages at a pace that a small machine bears. */
    async crawl(urls: readonly string[]): Promise<void> {
      for (const url of urls) {
        await send(outputs.frontier_url, JSON.stringify({ url }));
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
    },
    sendToFrontier: (body: string) => send(outputs.frontier_url, body),
    /** As EventBridge does that delivers an event twice. */
    sendToFailed: (body: string) => send(outputs.failed_url, body),
    /** Waits until no message, execution or letter is on its way. */
    async rest(): Promise<boolean> {
      let last = 0;
      return untilQuiet(applied, {
        prefix: 'crawler-',
        except: ['crawler-alert-inbox'],
        timeoutSeconds: 420,
        due: async () => {
          const running = (await executions()).filter(({ status }) => status === 'RUNNING').length;
          const parked = (await letters()).filter(({ status }) => status === 'parked').length;
          if (parked > 0 && Date.now() - last > 4_000) {
            last = Date.now();
            await govern();
          }
          return running + parked;
        },
      });
    },
    async deployParser(version: 1 | 2): Promise<void> {
      const FunctionName = outputs.function_names.parse;
      const Environment = { Variables: { PARSER: String(version) } };
      await clients.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment }));
      await applied.host.refresh();
    },
    async bodies(rows: readonly Row[]): Promise<ReadonlyMap<string, string>> {
      const { letters: read } = await truth.archived(outputs.archive_bucket, rows);
      return new Map(read.map(({ row, body }) => [`${row.pk}|${row.sk}`, body]));
    },
    async stored(): Promise<Stored[]> {
      const Bucket = outputs.pages_bucket;
      const { Contents = [] } = await clients.s3.send(new ListObjectsV2Command({ Bucket }));
      return Promise.all(
        Contents.map(async ({ Key = '' }) => {
          const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket, Key }));
          return { key: Key, ...JSON.parse((await Body?.transformToString()) ?? '{}') };
        }),
      );
    },
    alerts: () => truth.alerts(outputs.alert_inbox_url),
    close() {
      truth.close();
      for (const one of Object.values(clients)) one.destroy();
    },
  };
}
