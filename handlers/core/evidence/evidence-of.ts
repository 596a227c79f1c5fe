import type { Letter, Lineage } from '../letter.ts';
import type { EvidenceAdapter, Original, Reading } from './adapter.ts';
import { plainAttributes } from './attributes.ts';
import { applicationEnvelope } from './envelope.ts';
import { eventBridgeRule, eventBridgeScheduler } from './eventbridge.ts';
import { eventBridgeBus } from './eventbridge-bus.ts';
import type { Evidence, EvidenceSource } from './evidence.ts';
import { failedExecution } from './execution.ts';
import { EVIDENCE_ATTRIBUTE, kitAttribute, kitRecord } from './kit.ts';
import { lambdaAsyncQueue } from './lambda-async.ts';
import { lambdaDestination } from './lambda-destination.ts';
import { HEALER_ATTRIBUTE, lineageOf } from './lineage.ts';
import { sqsRedrive } from './redrive.ts';
import { ITS_QUEUE, type ReturnTo } from './return-to.ts';
import { snsSubscription } from './sns.ts';
import { eventBridgePipes, lambdaStream } from './stream-pointer.ts';

/** Most telling first; an envelope before the plain attributes that often go with it. */
const FROM_CONSUMERS: readonly EvidenceAdapter[] = [kitAttribute, kitRecord];

/**
 * Put into the DLQ by a service or a program. Asked only where SQS has not moved the letter: a queue may carry these
 * very shapes, say the records of a function's failures, and what its consumer gives up goes back there as it is.
 */
const PUT_HERE: readonly EvidenceAdapter[] = [
  eventBridgeRule,
  eventBridgeScheduler,
  eventBridgePipes,
  eventBridgeBus,
  failedExecution,
  lambdaStream,
  lambdaDestination,
  lambdaAsyncQueue,
  snsSubscription,
  applicationEnvelope,
];

const OTHERS: readonly EvidenceAdapter[] = [plainAttributes, sqsRedrive];

export const ADAPTERS: readonly EvidenceAdapter[] = [...FROM_CONSUMERS, ...PUT_HERE, ...OTHERS];

/** What is known of a letter's death, and where the letter comes from and may go back to. */
export interface Found {
  readonly evidence: Evidence;
  readonly lineage: Lineage;
  readonly returnTo: ReturnTo;
  /** The attributes that come off before the letter goes back: the healer's, the kit's, and those its evidence was read from. */
  readonly attributeNames: readonly string[];
}

/**
 * Reads a letter. Never throws, whatever the letter holds.
 * @param failureRecord The JSON text that the kit left in the ledger for this message, where there is one.
 */
export function evidenceOf(letter: Letter, failureRecord?: string): Found {
  const found = recognise(letter, failureRecord);
  const reading = found?.reading;
  const ours = [HEALER_ATTRIBUTE, EVIDENCE_ATTRIBUTE].filter((name) => Object.hasOwn(letter.attributes, name));
  return {
    evidence: withLogGroup({ source: found?.adapter.source ?? 'none', ...reading?.evidence }),
    lineage: lineageOf(letter, failureRecord, reading?.wrapped),
    returnTo: returnToOf(letter, reading),
    attributeNames: [...ours, ...(reading?.attributeNames ?? [])],
  };
}

/**
 * The message that died, as it was: most letters without their evidence, of others what they hold. Never throws.
 * @param source where the evidence was found
 * @param attributeNames the attributes that are evidence
 */
export function originalOf(letter: Letter, source: EvidenceSource, attributeNames: readonly string[]): Original {
  const held = ADAPTERS.find((adapter) => adapter.source === source)?.original?.(letter);
  const { body, attributes } = held ?? letter;
  const drop = new Set(held === undefined ? attributeNames : [HEALER_ATTRIBUTE, EVIDENCE_ATTRIBUTE]);
  return { body, attributes: Object.fromEntries(Object.entries(attributes).filter(([name]) => !drop.has(name))) };
}

/** SQS's word for where it moved a letter from stands above everything that a program may have written. */
function returnToOf({ system }: Letter, reading: Reading | undefined): ReturnTo {
  const arn = system.deadLetterQueueSourceArn;
  const returnTo = reading?.returnTo ?? ITS_QUEUE;
  return arn !== undefined && returnTo.kind === 'queue' ? { ...returnTo, arn } : returnTo;
}

/** Where a function logs unless it was told otherwise. https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html */
function withLogGroup(evidence: Evidence): Evidence {
  const { functionName, logGroup } = evidence;
  if (functionName === undefined || logGroup !== undefined) return evidence;
  return { ...evidence, logGroup: `/aws/lambda/${functionName}` };
}

function recognise(letter: Letter, failureRecord: string | undefined) {
  const moved = letter.system.deadLetterQueueSourceArn !== undefined;
  for (const adapter of ADAPTERS) {
    if (moved && PUT_HERE.includes(adapter)) continue;
    const reading = adapter.read(letter, failureRecord);
    if (reading !== undefined) return { adapter, reading };
  }
  return undefined;
}
