import type { EvidenceSource } from './evidence/evidence.ts';
import type { ReturnTo } from './evidence/return-to.ts';
import type { Handled } from './handled.ts';
import type { Letter, MessageAttribute, MessageAttributes } from './letter.ts';
import { array, fail, optionalText, record, text } from './parse.ts';

/** An attribute as JSON holds it: binary values in base64. */
export type ArchivedAttribute = { dataType: string; stringValue: string } | { dataType: string; binaryBase64: string };

/**
 * One line of an archive object: the letter whole, and why it is there. Version 1.
 * @param logsUrl a CloudWatch Logs link, where the evidence names a log group
 */
export function archiveRecord(handled: Handled, archivedAt: number, logsUrl: string | undefined): object {
  const { letter, lineage, healKey, evidence, evidenceNames, returnTo, classification, group, queue, verdict } =
    handled;
  return {
    version: 1,
    originId: lineage.originId,
    attempt: lineage.attempt,
    healKey,
    group,
    queue: queue.key,
    dlqArn: letter.dlqArn,
    messageId: letter.messageId,
    body: letter.body,
    attributes: Object.fromEntries(Object.entries(letter.attributes).map(([name, value]) => [name, archived(value)])),
    system: letter.system,
    evidence,
    evidenceNames,
    returnTo,
    classification,
    verdict,
    contentHash: handled.contentHash,
    diedAt: new Date(handled.diedAt).toISOString(),
    archivedAt: new Date(archivedAt).toISOString(),
    ...(logsUrl === undefined ? {} : { logsUrl }),
  };
}

/** An attribute as JSON holds it. */
export function archived(attribute: MessageAttribute): ArchivedAttribute {
  return 'stringValue' in attribute
    ? attribute
    : { dataType: attribute.dataType, binaryBase64: Buffer.from(attribute.binaryValue).toString('base64') };
}

/** What a release needs of an archive record: the letter as it was, and what comes off it or around it. */
export interface Restored {
  readonly letter: Letter;
  readonly evidenceNames: readonly string[];
  readonly source: EvidenceSource;
  readonly returnTo: ReturnTo;
}

/** Reads a line of an archive object back. @throws Error naming what is wrong with it. */
export function restore(line: string): Restored {
  const root = record(JSON.parse(line), 'archive record');
  if (root.version !== 1) fail('archive record version', '1', root.version);
  const body = root.body;
  if (typeof body !== 'string') return fail('archive record body', 'a string', body);
  const letter: Letter = {
    messageId: text(root.messageId, 'messageId'),
    body,
    attributes: restoreAttributes(record(root.attributes, 'attributes')),
    system: record(root.system, 'system') as unknown as Letter['system'],
    dlqArn: text(root.dlqArn, 'dlqArn'),
  };
  return {
    letter,
    evidenceNames: array(root.evidenceNames, 'evidenceNames').map((n, i) => text(n, `evidenceNames[${i}]`)),
    source: text(record(root.evidence, 'evidence').source, 'evidence.source') as EvidenceSource,
    returnTo: restoreReturnTo(record(root.returnTo, 'returnTo')),
  };
}

/** Written by `archiveRecord`, as the letter's system attributes are: only what would send it astray is looked at. */
function restoreReturnTo(written: Record<string, unknown>): ReturnTo {
  text(written.kind, 'returnTo.kind');
  return written as unknown as ReturnTo;
}

function restoreAttributes(attributes: Record<string, unknown>): MessageAttributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => {
      const path = `attributes.${name}`;
      const attribute = record(value, path);
      const dataType = text(attribute.dataType, `${path}.dataType`);
      const base64 = optionalText(attribute.binaryBase64, `${path}.binaryBase64`);
      if (base64 !== undefined) return [name, { dataType, binaryValue: Buffer.from(base64, 'base64') }];
      const stringValue = attribute.stringValue;
      if (typeof stringValue !== 'string') return fail(`${path}.stringValue`, 'a string', stringValue);
      return [name, { dataType, stringValue }];
    }),
  );
}
