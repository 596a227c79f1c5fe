import { attributeText } from '../letter.ts';
import type { EvidenceAdapter, Reading } from './adapter.ts';
import type { Evidence } from './evidence.ts';
import { countOf, instantOf, jsonObject, nameOf, present, stackOf, statusOf, textOf } from './fields.ts';

export const EVIDENCE_ATTRIBUTE = 'dlq-evidence';

/** The consumer kit's account of the death, on the message itself. */
export const kitAttribute: EvidenceAdapter = {
  source: 'kit',
  read(letter) {
    const evidence = parseKitEvidence(attributeText(letter.attributes, EVIDENCE_ATTRIBUTE));
    return evidence && reading(evidence);
  },
};

/** The same account, kept in the ledger where the message had no room for it. */
export const kitRecord: EvidenceAdapter = {
  source: 'kit-record',
  read(_letter, failureRecord) {
    const evidence = parseKitEvidence(failureRecord);
    return evidence && reading(evidence);
  },
};

/** The consumer names the queue that it died in, which may be one of several that share the DLQ. */
const reading = (evidence: Omit<Evidence, 'source'>): Reading => ({
  evidence,
  attributeNames: [],
  returnTo: { kind: 'queue', ...present({ arn: evidence.queueArn }) },
});

function parseKitEvidence(text: string | undefined): Omit<Evidence, 'source'> | undefined {
  const fields = jsonObject(text);
  if (fields?.v !== 1) return undefined;
  const causes = fields.causes;
  const evidence = present({
    errorType: nameOf(fields.errorType),
    message: textOf(fields.message),
    stack: stackOf(fields.stack),
    httpStatus: statusOf(fields.httpStatus),
    awsErrorCode: nameOf(fields.awsCode),
    causes: Array.isArray(causes) ? causes.slice(0, 10).flatMap((cause) => textOf(cause) ?? []) : undefined,
    queueArn: nameOf(fields.queueArn),
    functionName: nameOf(fields.function),
    requestId: nameOf(fields.requestId),
    logGroup: nameOf(fields.logGroup),
    logStream: nameOf(fields.logStream),
    receiveCount: countOf(fields.receiveCount),
    at: instantOf(fields.at),
  });
  // Lineage alone explains nothing; the next adapter may know more.
  return Object.keys(evidence).length > 0 ? evidence : undefined;
}
