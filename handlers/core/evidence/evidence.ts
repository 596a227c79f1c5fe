/** What is known of why a letter died. Every field but `source` is absent when nothing was found. */
export interface Evidence {
  /** The adapter that recognised the letter, e.g. `kit`, `attributes`, `lambda-async-dlq`; `cloudwatch-logs` for a look-up. */
  readonly source: EvidenceSource;
  readonly errorType?: string;
  /** The error's own message; cut to `MAX_TEXT` characters, not redacted. */
  readonly message?: string;
  /** May hold a cause chain (`Caused by:` and its like), which the classifier reads. */
  readonly stack?: string;
  readonly httpStatus?: number;
  readonly awsErrorCode?: string;
  /** The causes behind the error, outermost first, each `Type: message`; the error itself is not among them. */
  readonly causes?: readonly string[];
  /** ARN of the queue the message died in, where the evidence names it. */
  readonly queueArn?: string;
  readonly functionName?: string;
  readonly requestId?: string;
  readonly logGroup?: string;
  readonly logStream?: string;
  /** How often the message was received, or its delivery tried again, before it died. */
  readonly receiveCount?: number;
  /** When it died, ISO 8601. */
  readonly at?: string;
}

export type EvidenceSource =
  | 'kit'
  | 'kit-record'
  | 'attributes'
  | 'lambda-async-dlq'
  | 'lambda-destination'
  | 'lambda-stream'
  | 'sns-subscription'
  | 'eventbridge-rule'
  | 'eventbridge-scheduler'
  | 'eventbridge-pipes'
  | 'eventbridge-bus'
  | 'step-functions'
  | 'application-envelope'
  | 'cloudwatch-logs'
  | 'sqs-redrive'
  | 'none';

/** Longest text the classifier looks at: error messages are written by strangers. */
export const MAX_TEXT = 8192;
