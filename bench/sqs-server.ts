// SQS as a mover sees it, in a process of its own: a DLQ full of letters, its source, and some milliseconds added to
// every call. It counts the calls and looks at every letter that is sent. `node bench/sqs-server.ts '<Setting as JSON>'`
// tells its URL over IPC, and its `Report` whenever a message comes.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { arnOf, DLQ, isWhole, md5Of, messageOf, numberIn, receivedBy, type Sent, SOURCE } from './letters.ts';

export interface Setting {
  readonly letters: number;
  /** Milliseconds added to every call. */
  readonly delay: number;
  /** What receives bring at most, one after the other, again and again: SQS often brings fewer than it was asked for. */
  readonly receives: readonly number[];
}

/** What a run came to, as the queue saw it. */
export interface Report {
  /** By operation. */
  readonly calls: Readonly<Record<string, number>>;
  /** From the first receive to the last delete. */
  readonly seconds: number;
  /** Letters that were sent and deleted. */
  readonly moved: number;
  /** Letters that were sent whole: body, attributes, message group and trace header. */
  readonly whole: number;
  /** Letters that were sent once more, or deleted before they were sent, or are no letters of the DLQ at all. */
  readonly wrong: number;
}

const setting = JSON.parse(process.argv[2] ?? '') as Setting;
const sent = new Uint8Array(setting.letters);
const deleted = new Uint8Array(setting.letters);
const calls = new Map<string, number>();
const counts = { received: 0, receives: 0, moved: 0, whole: 0, wrong: 0 };
let firstReceive = 0;
let lastDelete = 0;

interface Input {
  readonly QueueUrl?: string;
  readonly MaxNumberOfMessages?: number;
  readonly WaitTimeSeconds?: number;
  readonly Entries?: readonly Entry[];
}
type Entry = Sent & { readonly ReceiptHandle?: string };

/** What is answered, and after how many milliseconds more. */
type Answer = readonly [body: object, more?: number];

const OPERATIONS: Readonly<Record<string, (input: Input) => Answer>> = {
  ReceiveMessage: receive,
  SendMessageBatch: ({ Entries = [] }) => [{ Successful: Entries.map(send), Failed: [] }],
  DeleteMessageBatch: ({ Entries = [] }) => [{ Successful: Entries.map(remove), Failed: [] }],
  SendMessage: (input) => [send(input as Entry)],
  DeleteMessage: (input) => [remove(input as Entry)],
  ChangeMessageVisibilityBatch: ({ Entries = [] }) => [{ Successful: Entries.map(({ Id }) => ({ Id })), Failed: [] }],
  GetQueueAttributes: ({ QueueUrl = '' }) => [{ Attributes: attributesOf(QueueUrl) }],
  GetQueueUrl: () => [{ QueueUrl: urlOf(DLQ) }],
  ListDeadLetterSourceQueues: () => [{ queueUrls: [urlOf(SOURCE)] }],
};

function receive({ MaxNumberOfMessages: asked = 1, WaitTimeSeconds: wait = 0 }: Input): Answer {
  firstReceive ||= performance.now();
  const most = setting.receives[counts.receives++ % setting.receives.length] ?? 10;
  const count = Math.min(asked, most, setting.letters - counts.received);
  if (count === 0) return [{}, wait * 1000];
  const first = counts.received;
  counts.received += count;
  return [{ Messages: Array.from({ length: count }, (_, i) => messageOf(first + i)) }];
}

function send(entry: Sent): object {
  const id = numberIn(entry.MessageBody);
  if (sent[id] === 0) counts.whole += isWhole(id, entry) ? 1 : 0;
  else counts.wrong += 1;
  if (id < setting.letters) sent[id] = 1;
  const MessageId = `6fea7756-0ea4-451a-a703-${String(id).padStart(12, '0')}`;
  return { Id: entry.Id, MessageId, MD5OfMessageBody: md5Of(entry.MessageBody) };
}

function remove({ Id, ReceiptHandle = '' }: Entry): object {
  const id = receivedBy(ReceiptHandle);
  if (sent[id] === 1 && deleted[id] === 0) counts.moved += 1;
  else counts.wrong += 1;
  if (id < setting.letters) deleted[id] = 1;
  lastDelete = performance.now();
  return { Id };
}

function attributesOf(queueUrl: string): Readonly<Record<string, string>> {
  const name = queueUrl.split('/').at(-1) ?? '';
  const own = {
    QueueArn: arnOf(name),
    VisibilityTimeout: '30',
    DelaySeconds: '0',
    ApproximateNumberOfMessagesDelayed: '0',
  };
  if (name !== DLQ) return { ...own, ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '0' };
  return {
    ...own,
    ApproximateNumberOfMessages: String(setting.letters - counts.received),
    ApproximateNumberOfMessagesNotVisible: String(counts.received - counts.moved),
  };
}

const report = (): Report => ({
  calls: Object.fromEntries(calls),
  seconds: (lastDelete - firstReceive) / 1000,
  moved: counts.moved,
  whole: counts.whole,
  wrong: counts.wrong,
});

const IDENTITY = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::000000000000:user/bench</Arn><UserId>bench</UserId><Account>000000000000</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>`;

function serve(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const body = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
    const [status, type, text, more] = answerTo(String(request.headers['x-amz-target'] ?? ''), body.toString());
    const answer = () => {
      response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
      response.end(text);
    };
    if (setting.delay + more > 0) setTimeout(answer, setting.delay + more);
    else answer();
  });
}

function answerTo(target: string, body: string): [status: number, type: string, text: string, more: number] {
  const name = target === '' ? (/Action=(\w+)/.exec(body)?.[1] ?? '') : target.replace('AmazonSQS.', '');
  calls.set(name, (calls.get(name) ?? 0) + 1);
  if (name === 'GetCallerIdentity') return [200, 'text/xml', IDENTITY, 0];
  const operation = OPERATIONS[name];
  if (operation === undefined) {
    const refusal = { __type: 'InvalidAction', message: `the bench does not serve "${name}"` };
    return [400, 'application/x-amz-json-1.0', JSON.stringify(refusal), 0];
  }
  const [answer, more = 0] = operation(JSON.parse(body) as Input);
  return [200, 'application/x-amz-json-1.0', JSON.stringify(answer), more];
}

const server = createServer(serve);
server.keepAliveTimeout = 60_000;
const urlOf = (queue: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/000000000000/${queue}`;
server.listen(0, '127.0.0.1', () => process.send?.({ url: urlOf('').slice(0, -'/000000000000/'.length) }));
process.on('message', () => process.send?.(report()));
process.on('disconnect', () => process.exit(0));
