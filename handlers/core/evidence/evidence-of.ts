import type { Letter, Lineage } from '../letter.ts';
import type { EvidenceAdapter } from './adapter.ts';
import { plainAttributes } from './attributes.ts';
import { applicationEnvelope } from './envelope.ts';
import type { Evidence } from './evidence.ts';
import { EVIDENCE_ATTRIBUTE, kitAttribute, kitRecord } from './kit.ts';
import { lambdaAsyncQueue } from './lambda-async.ts';
import { lambdaDestination } from './lambda-destination.ts';
import { HEALER_ATTRIBUTE, lineageOf } from './lineage.ts';
import { sqsRedrive } from './redrive.ts';

/** Most telling first; an envelope before the plain attributes that often go with it. */
const ADAPTERS: readonly EvidenceAdapter[] = [
  kitAttribute,
  kitRecord,
  lambdaDestination,
  lambdaAsyncQueue,
  applicationEnvelope,
  plainAttributes,
  sqsRedrive,
];

/**
 * What is known of the letter's death, and where the letter comes from. Never throws.
 * @param failureRecord The JSON text that the kit left in the ledger for this message, where there is one.
 */
export function evidenceOf(letter: Letter, failureRecord?: string): { evidence: Evidence; lineage: Lineage } {
  const found = recognise(letter, failureRecord);
  const evidence: Evidence = found ? { source: found.adapter.source, ...found.reading.evidence } : { source: 'none' };
  return { evidence, lineage: lineageOf(letter, failureRecord) };
}

/** The attributes that come off before the letter goes back: the healer's, the kit's, and those its evidence was read from. */
export function evidenceAttributeNames(letter: Letter, failureRecord?: string): string[] {
  const ours = [HEALER_ATTRIBUTE, EVIDENCE_ATTRIBUTE].filter((name) => Object.hasOwn(letter.attributes, name));
  return [...ours, ...(recognise(letter, failureRecord)?.reading.attributeNames ?? [])];
}

function recognise(letter: Letter, failureRecord: string | undefined) {
  for (const adapter of ADAPTERS) {
    const reading = adapter.read(letter, failureRecord);
    if (reading !== undefined) return { adapter, reading };
  }
  return undefined;
}
