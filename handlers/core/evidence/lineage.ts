import { attributeText, type Letter, type Lineage } from '../letter.ts';
import type { Reading } from './adapter.ts';
import { jsonObject } from './fields.ts';
import { EVIDENCE_ATTRIBUTE } from './kit.ts';

export const HEALER_ATTRIBUTE = 'dlq-healer';

/** Far above any cap on heals; more is not of our writing. */
const MAX_ATTEMPT = 1000;

/**
 * Where the letter comes from and how often it was healed: what the healer wrote, else what the kit wrote, else what is
 * known of the message that it wraps, else it is its own origin. Strangers can write attributes, so anything but a
 * well-formed lineage is ignored.
 */
export function lineageOf(letter: Letter, failureRecord?: string, wrapped?: Reading['wrapped']): Lineage {
  return (
    parseLineage(attributeText(letter.attributes, HEALER_ATTRIBUTE)) ??
    parseLineage(attributeText(letter.attributes, EVIDENCE_ATTRIBUTE)) ??
    parseLineage(failureRecord) ??
    parseLineage(attributeText(wrapped?.attributes ?? {}, HEALER_ATTRIBUTE)) ?? {
      originId: wrapped?.messageId ?? letter.messageId,
      attempt: 0,
    }
  );
}

function parseLineage(text: string | undefined): Lineage | undefined {
  const fields = jsonObject(text);
  const { v, origin, attempt } = fields ?? {};
  if (v !== 1 || typeof origin !== 'string' || !isSaneId(origin)) return undefined;
  if (!Number.isInteger(attempt) || (attempt as number) < 0 || (attempt as number) > MAX_ATTEMPT) return undefined;
  return { originId: origin, attempt: attempt as number, ...blameOf(fields) };
}

/** The group becomes part of ledger keys too. */
function blameOf(fields: Readonly<Record<string, unknown>> | undefined): Pick<Lineage, 'group' | 'round' | 'repair'> {
  const { group, round, repair } = fields ?? {};
  return {
    ...(typeof group === 'string' && /^[0-9a-f]{12}$/.test(group) ? { group } : {}),
    ...(Number.isSafeInteger(round) && (round as number) > 0 ? { round: round as number } : {}),
    ...(typeof repair === 'string' && /^[\w-]{1,64}$/.test(repair) ? { repair } : {}),
  };
}

/** The origin becomes part of ledger keys, S3 keys and deduplication ids. */
function isSaneId(id: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,255}$/.test(id);
}
