import type { EvidenceAdapter } from './adapter.ts';
import { plainAttributes } from './attributes.ts';
import { codeOf, instantOf, jsonObject, nameOf, present, stackOf, textOf } from './fields.ts';

/** The envelope that applications commonly wrap a failed message in, with the error beside the original. */
export const applicationEnvelope: EvidenceAdapter = {
  source: 'application-envelope',
  read(letter, failureRecord) {
    if (!letter.body.includes('"originalMessage"')) return undefined;
    const envelope = jsonObject(letter.body);
    if (envelope === undefined || envelope.originalMessage === undefined) return undefined;
    const said = present({
      errorType: nameOf(envelope.errorType),
      message: textOf(envelope.errorReason ?? envelope.errorMessage),
      ...codeOf(envelope.errorCode),
      stack: stackOf(envelope.stackTrace ?? envelope.stack),
      at: instantOf(envelope.failedAt),
    });
    if (Object.keys(said).length === 0) return undefined;
    // Such consumers often set `ErrorType` and `OriginalQueue` as attributes too.
    const beside = plainAttributes.read(letter, failureRecord);
    const names = [
      ...(beside?.attributeNames ?? []),
      ...Object.keys(letter.attributes).filter((name) => name === 'OriginalQueue'),
    ];
    return { evidence: { ...beside?.evidence, ...said }, attributeNames: names };
  },
};
