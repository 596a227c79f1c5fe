import type { Policy } from '../../handlers/core/policy.ts';
import { DEFAULT_BREAKER, DEFAULT_CLASSES } from '../../handlers/core/policy.ts';
import { policy, queue } from '../core/builders.ts';
import { claimsTable, ledgerTable, type Table } from './dynamo.ts';
import type { Item } from './expressions.ts';
import type { RunState } from './faults.ts';
import { checkAfterCall, checkSend } from './promises.ts';

export const SOURCE_ARN = 'arn:aws:sqs:eu-central-1:123456789012:shop-orders';
const START = Date.UTC(2026, 10, 22, 3, 0, 0);

/** What the consumer makes of a message that is not bad in itself. */
export type Health = 'well' | '503' | '429' | 'timeout' | 'bug' | '401' | 'no memory' | 'silent';
export type BodyKind = 'plain' | 'poison' | 'invalid';
/** Why a message died. */
export type Cause = Exclude<Health, 'well'> | Exclude<BodyKind, 'plain'>;

export type Attributes = Readonly<Record<string, { readonly DataType: string; readonly StringValue: string }>>;

export interface Message {
  /** Of SQS; a message that is sent back gets another. */
  readonly id: string;
  /** The model's own name of the letter: an attribute that comes through every heal. */
  readonly name: string;
  readonly body: string;
  readonly attributes: Attributes;
  readonly group?: string;
  readonly visibleAt: number;
  /** Heals before. */
  readonly attempt: number;
}

export interface Dead {
  readonly id: string;
  readonly message: Message;
  readonly cause: Cause;
  readonly sequence: number;
  /** As Lambda gives it to the healer. */
  readonly record: Item;
}

export interface Choices {
  readonly seed: number;
  readonly fifo: boolean;
  /** The consumer has a kit that says when a canary was processed. */
  readonly confirms: boolean;
}

/** AWS with one queue, its consumer and DLQ, and what the model knows that the handlers do not. */
export interface World extends Choices {
  now: number;
  random(): number;
  /** Before each call of a handler: lets runs that go on at the same time take turns. */
  turn(): Promise<void>;
  interleaved: boolean;
  readonly policy: Policy;
  readonly tables: { readonly ledger: Table; readonly claims: Table };
  readonly objects: Map<string, Buffer>;
  alerts: number;
  codeSha256: string;
  /** When the last deploy was made. */
  deployedAt: number;
  /** What SQS says of the source queue's depth. */
  depth: number;
  health: Health;
  paused: boolean;
  source: Message[];
  dlq: Dead[];
  sequence: number;
  /** Messages that SQS took from the healer. */
  taken: number;
  readonly produced: Map<string, Message>;
  readonly processed: Map<string, string[]>;
  readonly processedKeys: Set<string>;
  /** By letter and attempt: why it died; copies of one message may die of different causes. */
  readonly deaths: Map<string, { readonly causes: readonly Cause[]; readonly body: string }>;
  /** Sequence numbers of dead letters by message id. */
  readonly sequences: Map<string, number>;
  /** Heal keys that were sent. */
  readonly sent: Map<string, { at: number; times: number }>;
  /** Letters that a run sent which was killed or failed: SQS may hold them twice. */
  readonly doubtful: Set<string>;
  readonly breakers: Map<string, Item>;
  /** Groups that a person is just changing. */
  byHand: boolean;
  readonly violations: string[];
  /** Sees each call to the ledger and its answer. */
  watch(command: string, input: Readonly<Record<string, unknown>>): void;
  /** SQS takes a message. @returns its id */
  receive(entry: Entry, run: RunState): string;
  afterCall(): void;
}

export interface Entry {
  readonly MessageBody: string;
  readonly MessageAttributes?: Attributes;
  readonly MessageGroupId?: string;
  readonly MessageDeduplicationId?: string;
  readonly DelaySeconds?: number;
}

export interface Mark {
  readonly origin: string;
  readonly attempt: number;
  readonly group?: string;
  readonly round?: number;
  readonly probe?: true;
}

export const BREAKER = { ...DEFAULT_BREAKER, relapses: 3, probes: 2, rampPerMinute: 2, maxPerMinute: 10 };
export const POISON = { threshold: 4, windowSeconds: 86_400 };
const CLASSES = { ...DEFAULT_CLASSES, TIMEOUT: { ...DEFAULT_CLASSES.TIMEOUT, critical: true } };

export function createWorld(choices: Choices): World {
  const dice = diceOf(choices.seed);
  const turns = diceOf(choices.seed + 1);
  const suffix = choices.fifo ? '.fifo' : '';
  const own = queue({
    sourceArn: SOURCE_ARN + suffix,
    tierArns: [],
    fifo: choices.fifo,
    consumerFunction: 'orders',
    classes: CLASSES,
  });
  const world: World = {
    ...choices,
    now: START,
    random: dice,
    interleaved: false,
    turn: async () => {
      if (!world.interleaved) return;
      for (let left = Math.floor(turns() * 30); left > 0; left--) await undefined;
    },
    policy: policy({
      queues: [{ ...own, dlqArn: own.dlqArn + suffix }],
      poison: POISON,
      breaker: BREAKER,
      healFifo: choices.fifo,
    }),
    tables: { ledger: ledgerTable(), claims: claimsTable() },
    objects: new Map(),
    alerts: 0,
    codeSha256: 'code 0',
    deployedAt: 0,
    depth: 0,
    health: 'well',
    paused: false,
    source: [],
    dlq: [],
    sequence: 0,
    taken: 0,
    produced: new Map(),
    processed: new Map(),
    processedKeys: new Set(),
    deaths: new Map(),
    sequences: new Map(),
    sent: new Map(),
    doubtful: new Set(),
    breakers: new Map(),
    byHand: false,
    violations: [],
    watch: () => {},
    receive: (entry, run) => receive(world, entry, run),
    afterCall: () => checkAfterCall(world),
  };
  return world;
}

/** Mulberry32: small, and the same on every machine. */
function diceOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const markOf = (attributes: Attributes | undefined): Mark | undefined => {
  const text = attributes?.['dlq-healer']?.StringValue;
  return text === undefined ? undefined : (JSON.parse(text) as Mark);
};

const FIVE_MINUTES = 300_000;

function receive(world: World, entry: Entry, run: RunState): string {
  const { MessageAttributes: attributes = {}, MessageDeduplicationId: deduplicationId } = entry;
  const name = attributes.name?.StringValue ?? 'a message without its name';
  const mark = markOf(attributes);
  // What has no room for the mark: its last death says which heal this is.
  const deaths = [...world.deaths.keys()].filter((key) => key.startsWith(`${name}.`)).length;
  const attempt = mark?.attempt ?? deaths;
  run.sent += 1;
  checkSend(world, run, { entry, name, mark, attempt });
  const key = `${name}.${attempt}`;
  const before = world.sent.get(key);
  world.sent.set(key, { at: world.now, times: (before?.times ?? 0) + 1 });
  world.taken += 1;
  const id = `sent-${world.taken}`;
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html
  if (deduplicationId !== undefined && before !== undefined && world.now - before.at < FIVE_MINUTES) return id;
  world.source.push({
    id,
    name,
    body: entry.MessageBody,
    attributes,
    ...(entry.MessageGroupId === undefined ? {} : { group: entry.MessageGroupId }),
    visibleAt: world.now + (entry.DelaySeconds ?? 0) * 1000,
    attempt,
  });
  return id;
}

export const rowsOf = ({ tables }: World): Item[] => [...tables.ledger.items.values()];
export const letterRows = (world: World): Item[] => rowsOf(world).filter(({ pk }) => String(pk).startsWith('letter#'));
/** Without that of the emergency alert, which is no group of letters. */
export const groupRows = (world: World): Item[] =>
  rowsOf(world).filter(({ sk, group }) => String(sk).startsWith('group#') && group !== 'emergency');
