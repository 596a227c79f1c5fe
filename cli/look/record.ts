import { archived, restore } from '../../handlers/core/archive-record.ts';
import { optionalText, record } from '../../handlers/core/parse.ts';
import { redact } from '../../handlers/core/redact.ts';
import { instant } from '../analyze/ages.ts';
import { printable } from '../output/text.ts';

/** What the archive holds of one death, as it may be shown: texts redacted, nothing of the payload unless it is asked for. */
export interface ArchivedDeath {
  readonly archivedAt: string | null;
  readonly evidence: ShownEvidence;
  /** The words that the rule saw. */
  readonly words: string | null;
  readonly attributes: readonly ShownAttribute[];
  readonly sentAt: string | null;
  readonly receiveCount: number;
  readonly logsUrl: string | null;
  /** UTF-8 bytes of the body. */
  readonly bodyBytes: number;
  /** Null unless it is asked for; so is the message group. */
  readonly body: string | null;
  readonly messageGroupId: string | null;
}

export interface ShownEvidence {
  readonly source: string;
  readonly errorType: string | null;
  readonly message: string | null;
  readonly stack: string | null;
  readonly httpStatus: number | null;
  readonly awsErrorCode: string | null;
  readonly causes: readonly string[];
  readonly function: string | null;
  readonly requestId: string | null;
  readonly receiveCount: number | null;
}

export interface ShownAttribute {
  readonly name: string;
  readonly type: string;
  /** Binary values in base64; null unless it is asked for. */
  readonly value: string | null;
}

/**
 * Reads a line of an archive object.
 * @param withBody whether body, attributes' values and message group are wanted
 * @throws Error naming what is wrong with it
 */
export function shownRecord(line: string, withBody: boolean): ArchivedDeath {
  const root = record(JSON.parse(line), 'archive record');
  const { letter, source } = restore(line);
  const classification = record(root.classification, 'classification');
  return {
    archivedAt: optionalText(root.archivedAt, 'archivedAt') ?? null,
    evidence: { source, ...shownEvidence(record(root.evidence, 'evidence')) },
    words: shownText(classification.words),
    attributes: Object.entries(letter.attributes).map(([name, attribute]) => {
      const { dataType, ...value } = archived(attribute);
      return {
        name,
        type: dataType,
        value: withBody ? ('stringValue' in value ? value.stringValue : value.binaryBase64) : null,
      };
    }),
    sentAt: instant(letter.system.sentAt),
    receiveCount: letter.system.receiveCount,
    logsUrl: optionalText(root.logsUrl, 'logsUrl') ?? null,
    bodyBytes: Buffer.byteLength(letter.body),
    body: withBody ? letter.body : null,
    messageGroupId: withBody ? (letter.system.messageGroupId ?? null) : null,
  };
}

function shownEvidence(evidence: Record<string, unknown>): Omit<ShownEvidence, 'source'> {
  const { causes, httpStatus, receiveCount } = evidence;
  return {
    errorType: shownText(evidence.errorType),
    message: shownText(evidence.message),
    stack: typeof evidence.stack === 'string' ? redact(evidence.stack).split('\n').map(printable).join('\n') : null,
    httpStatus: typeof httpStatus === 'number' ? httpStatus : null,
    awsErrorCode: shownText(evidence.awsErrorCode),
    causes: Array.isArray(causes) ? causes.flatMap((cause) => shownText(cause) ?? []) : [],
    function: shownText(evidence.functionName),
    requestId: shownText(evidence.requestId),
    receiveCount: typeof receiveCount === 'number' ? receiveCount : null,
  };
}

const shownText = (text: unknown) => (typeof text === 'string' && text !== '' ? printable(redact(text)) : null);
