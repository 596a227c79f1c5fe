// kit/consume.ts
import pLimit from "p-limit";

// handlers/aws/records.ts
import { createHash } from "node:crypto";
function readRecords(records) {
  return records.map((record) => {
    const itemIdentifier = identifierOf(record);
    try {
      return { itemIdentifier, letter: letterOf(record, itemIdentifier) };
    } catch (error) {
      return { itemIdentifier, unreadable: error instanceof Error ? error.message : String(error) };
    }
  });
}
function identifierOf(record) {
  const id = typeof record === "object" && record !== null ? record.messageId : void 0;
  return typeof id === "string" ? id : "";
}
function fifoGroupOf(record) {
  const { eventSourceARN, attributes } = record ?? {};
  const group = attributes?.MessageGroupId;
  const isFifo = typeof eventSourceARN === "string" && eventSourceARN.endsWith(".fifo");
  return isFifo && typeof group === "string" ? group : void 0;
}
function letterOf(record, messageId) {
  if (typeof record !== "object" || record === null) throw new Error("the record is not an object");
  if (typeof record.body !== "string") throw new Error(`the record's body is ${typeof record.body}, not a string`);
  if (typeof record.eventSourceARN !== "string") throw new Error("the record has no eventSourceARN");
  return {
    messageId: messageId === "" ? contentId(record) : messageId,
    body: record.body,
    attributes: attributesOf(record.messageAttributes ?? {}),
    system: systemOf(record.attributes ?? {}),
    dlqArn: record.eventSourceARN
  };
}
function contentId(record) {
  const content = JSON.stringify([
    record.eventSourceARN,
    record.body,
    record.messageAttributes ?? {},
    record.attributes ?? {}
  ]);
  return `no-id-${createHash("sha256").update(content).digest("hex").slice(0, 32)}`;
}
function attributesOf(attributes) {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { dataType, stringValue, binaryValue }]) => {
      if (typeof stringValue === "string") return [name, { dataType, stringValue }];
      if (typeof binaryValue === "string") return [name, { dataType, binaryValue: Buffer.from(binaryValue, "base64") }];
      throw new Error(`message attribute "${name}" has neither a string nor a binary value`);
    })
  );
}
function systemOf(source) {
  const attributes = source;
  const number = (name) => {
    const value = Number(attributes[name]);
    return Number.isFinite(value) ? value : void 0;
  };
  const optional = {
    sentAt: number("SentTimestamp"),
    firstReceivedAt: number("ApproximateFirstReceiveTimestamp"),
    messageGroupId: attributes.MessageGroupId,
    deduplicationId: attributes.MessageDeduplicationId,
    sequenceNumber: attributes.SequenceNumber,
    traceHeader: attributes.AWSTraceHeader,
    deadLetterQueueSourceArn: attributes.DeadLetterQueueSourceArn
  };
  return {
    receiveCount: number("ApproximateReceiveCount") ?? 0,
    ...Object.fromEntries(Object.entries(optional).filter(([, v]) => v !== void 0))
  };
}

// kit/attempt.ts
import { createHash as createHash2 } from "node:crypto";
import { IdempotencyConfig, makeIdempotent } from "@aws-lambda-powertools/idempotency";

// kit/deadline.ts
import { setTimeout as sleep } from "node:timers/promises";
function deadlineOf(context, marginMs) {
  const timeoutSeconds = Math.ceil(context.getRemainingTimeInMillis() / 1e3);
  const margin = marginMs ?? Math.min(5e3, Math.max(500, timeoutSeconds * 100));
  return {
    context,
    timeoutSeconds,
    remainingMs: () => context.getRemainingTimeInMillis() - margin,
    graceMs: Math.floor(margin / 4),
    describe: () => `${margin} ms before the function's timeout of ${timeoutSeconds} s`
  };
}
async function within(promise, ms) {
  const timer = new AbortController();
  const timeout = sleep(ms, void 0, { signal: timer.signal }).catch(() => void 0);
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    timer.abort();
  }
}
function halfOfWhatIsLeft(context) {
  return AbortSignal.timeout(Math.max(1, Math.floor(context.getRemainingTimeInMillis() / 2)));
}

// handlers/core/redact.ts
var MAX_REDACTED = 65536;
var MASK = "[redacted]";
var PASSWORD = "pass(?:word|wd|phrase)?|pwd|secret|api[_-]?key|apikey|private[_-]?key|access[_-]?key(?:[_-]?id)?";
var TOKEN = "token|signature|credentials?|cookie|session[_-]?id|(?<![a-z])(?:sig|cvv|cvc|pin|ssn|iban)|card[_-]?number";
var BARE_VALUE = `(?!\\[redacted\\])[^\\s"'\\\\,;&)}\\]]+`;
var PATTERNS = [
  [/-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:(?!-----END)[\s\S])*(?:-----END [A-Z ]{0,60}-----)?/g, MASK],
  // A JSON web token, whose first part begins with `{"` in base64; so does any JSON in base64, which is data.
  [/eyJ[\w-]{8,}(?:\.[\w-]+){0,4}/g, MASK],
  [
    /(authorization\\{0,3}["']?\s{0,8}[:=]\s{0,8}\\{0,3}["']?)(?!\[redacted\])(?:[a-z][a-z0-9-]{1,30} )?[^\s"'\\,;]+/gi,
    `$1${MASK}`
  ],
  [/\b(bearer|basic|digest|negotiate)( {1,4})(?=[\w+/.~-]{0,40}[0-9_=/+.~-])[\w+/.~=-]{8,}/gi, `$1$2${MASK}`],
  // The password of a URL: `amqp://user:secret@host`.
  [/([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/:@"'<>]{0,256}:[^\s/@"'<>]{1,1024}@/gi, `$1${MASK}@`],
  [/\b(?:AKIA|ASIA|AROA|AIDA|ABIA|ACCA)[A-Z0-9]{12,}/g, MASK],
  // An AWS secret key has no mark but its 40 characters; a hash in hex has no capitals.
  [
    /(?<![\w/+=])(?=[a-z0-9/+]{0,39}[A-Z])(?=[A-Z0-9/+]{0,39}[a-z])(?=[A-Za-z/+]{0,39}[0-9])[A-Za-z0-9/+]{40}(?![\w/+=])/g,
    MASK
  ],
  // Keys of well-known services begin with what they are.
  [
    /\b(?:sk|pk|rk|whsec)_\w{10,}|\b(?:gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-|npm_|AIza|ya29\.|SG\.|sk-)[\w.-]{12,}/g,
    MASK
  ],
  [
    new RegExp(
      `((?:${PASSWORD}|${TOKEN})\\\\{0,3}["']?\\s{0,8}[:=]\\s{0,8}\\\\{0,3}["'])(?!\\[redacted\\])[^"'\\\\]+`,
      "gi"
    ),
    `$1${MASK}`
  ],
  [new RegExp(`((?:${PASSWORD})\\s{0,8}[:=]\\s{0,8})${BARE_VALUE}`, "gi"), `$1${MASK}`],
  [new RegExp(`((?:${TOKEN})=)${BARE_VALUE}`, "gi"), `$1${MASK}`],
  // `token: 8c1f…` is a value, `invalid token: expired` is prose that explains the death.
  [new RegExp(`((?:${TOKEN})\\s{0,8}:\\s{0,8})(?=[^\\s"',;]{0,60}[0-9])${BARE_VALUE}`, "gi"), `$1${MASK}`],
  [/[\w.+%-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}/gi, "[e-mail]"]
];
var MAY_HOLD_SECRETS = /[\d:=@_/+.~-]|eyJ|AIza|A[KSRIBC][IOC][AC]|bearer|basic|digest|negotiate/i;
var CARD = /(?<![\w.])[2-6](?:[ -]?[0-9]){12,18}(?![\w])/g;
function redact(text) {
  let shown = cut(text, MAX_REDACTED).toWellFormed();
  if (!MAY_HOLD_SECRETS.test(shown)) return shown;
  for (let round = 0; round < 4; round++) {
    const masked = maskOnce(shown);
    if (masked === shown) break;
    shown = masked;
  }
  return shown;
}
function maskOnce(text) {
  let masked = text;
  for (const [pattern, mask] of PATTERNS) masked = masked.replace(pattern, mask);
  masked = masked.replace(CARD, (digits) => passesLuhn(digits) ? "[card]" : digits);
  return cut(masked, MAX_REDACTED);
}
function cut(text, max) {
  if (text.length <= max) return text;
  const last = text.charCodeAt(max - 1);
  return text.slice(0, last >= 55296 && last <= 56319 ? max - 1 : max);
}
function passesLuhn(text) {
  const digits = text.replace(/[^0-9]/g, "");
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]) * (i % 2 === 0 ? 1 : 2);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}

// kit/errors.ts
var PermanentError = class extends Error {
  /** HTTP status of the answer that settled it, if there was one: it goes into the evidence. */
  status;
  /**
   * @param options.name what kind of failure it is; the classifier reads it (`ValidationError` says more than
   *   `PermanentError`)
   */
  constructor(message, options = {}) {
    super(message, "cause" in options ? { cause: options.cause } : void 0);
    this.name = options.name ?? "PermanentError";
    if (options.status !== void 0) this.status = options.status;
  }
};
var RetryableError = class extends Error {
  name = "RetryableError";
  delaySeconds;
  /** @param options.delaySeconds whole seconds until the next receive; without it the kit's back-off decides */
  constructor(message, options = {}) {
    super(message, "cause" in options ? { cause: options.cause } : void 0);
    if (options.delaySeconds !== void 0) this.delaySeconds = options.delaySeconds;
  }
};
var TimeoutError = class extends Error {
  name = "TimeoutError";
};
function badPayload(error) {
  const words = withoutSnippet(error instanceof Error ? error.message : String(error));
  return new PermanentError(`the message body is not JSON: ${words}`, {
    name: "BadPayloadError",
    cause: new SyntaxError(words)
  });
}
function withoutSnippet(text) {
  return text.replace(
    /(, )?(\.\.\.)?"(?!\s{0,20}<(?:!doctype|html|head|body)\b)[\s\S]{0,80}?"(?:\.\.\.)? is not valid JSON/gi,
    (_, comma) => `${comma === void 0 ? "the text" : ""} is not valid JSON`
  );
}

// kit/describe-error.ts
var MAX_MESSAGE = 1e3;
var MAX_STACK = 1200;
var MAX_CAUSE = 400;
var MAX_DEPTH = 8;
function describeError(error) {
  try {
    const [outermost, ...behind] = chainOf(error);
    if (outermost === void 0) return { errorType: "NonError" };
    const all = [outermost, ...behind];
    const message = safeText(messageOf(outermost), MAX_MESSAGE);
    const stack = safeText(framesOf(error), MAX_STACK);
    const httpStatus = all.map(statusOf).findLast((status) => status !== void 0);
    const awsCode = all.map(awsCodeOf).findLast((code) => code !== void 0);
    const causes = behind.map((cause) => safeText(`${typeOf(cause)}: ${messageOf(cause)}`, MAX_CAUSE));
    return {
      errorType: safeText(typeOf(outermost), 128),
      ...message ? { message } : {},
      ...stack ? { stack } : {},
      ...httpStatus === void 0 ? {} : { httpStatus },
      ...awsCode === void 0 ? {} : { awsCode: safeText(awsCode, 128) },
      ...causes.length > 0 ? { causes } : {}
    };
  } catch {
    return { errorType: "NonError" };
  }
}
function textOf(error) {
  const { errorType, message } = describeError(error);
  return message === void 0 ? errorType : `${errorType}: ${message}`;
}
function chainOf(error) {
  const seen = /* @__PURE__ */ new Set();
  const walk = (value) => {
    if (value === void 0 || value === null || seen.has(value) || seen.size >= MAX_DEPTH) return [];
    seen.add(value);
    if (typeof value !== "object") return [{ message: typeof value === "function" ? "" : String(value) }];
    const { cause, errors } = value;
    return [value, ...(Array.isArray(errors) ? errors : []).flatMap(walk), ...walk(cause)];
  };
  return walk(error);
}
function typeOf(value) {
  const name = value.name;
  if (typeof name === "string" && name !== "" && name !== "Error") return name;
  const className = value.constructor?.name;
  return className && className !== "Object" ? className : "NonError";
}
function messageOf({ message, code }) {
  const text = typeof message === "string" ? message : "";
  return typeof code === "string" && code !== "" && !text.includes(code) ? `${text} (${code})`.trim() : text;
}
function framesOf(error) {
  const stack = error instanceof Error && typeof error.stack === "string" ? error.stack : "";
  return stack.split("\n").filter((line) => /^\s{1,8}at /.test(line)).map((line) => line.trim()).join("\n");
}
function statusOf(value) {
  const response = objectOf(value.response);
  const metadata = objectOf(value.$metadata);
  const candidates = [value.status, value.statusCode, metadata.httpStatusCode, response.status, response.statusCode];
  return candidates.map(Number).find((status) => Number.isInteger(status) && status >= 400 && status <= 599);
}
function awsCodeOf(value) {
  const { Code, __type, name } = value;
  if (typeof Code === "string" && Code !== "") return Code;
  if (typeof __type === "string" && __type !== "") return __type.slice(__type.lastIndexOf("#") + 1);
  const ofSdk = "$fault" in value || "$metadata" in value;
  return ofSdk && typeof name === "string" && name !== "" && name !== "Error" ? name : void 0;
}
function objectOf(value) {
  return typeof value === "object" && value !== null ? value : {};
}
function safeText(text, max) {
  return cut(redact(withoutSnippet(text)), max);
}

// kit/attempt.ts
var EXPIRES_AFTER_SECONDS = 15 * 86400;
var HandlerFailed = class extends Error {
  name = "HandlerFailed";
};
async function attemptMessage(message, handler, deadline, services, chain, dlq) {
  const controller = new AbortController();
  const startedAt = Date.now();
  const roomMs = deadline.remainingMs();
  if (roomMs <= 0) {
    const error = new TimeoutError(`not started: ${deadline.describe()} is reached`);
    return { kind: "failed", error, keyHeld: false };
  }
  const handlerContext = {
    signal: controller.signal,
    remainingMs: () => Math.max(0, deadline.remainingMs()),
    logger: services.logger.createChild({
      persistentKeys: { messageId: message.id, originId: message.originId, attempt: message.attempt }
    }),
    idempotencyKey: message.originId,
    level: () => services.levels.of([message.queueArn, ...dlq === void 0 ? [] : [dlq.arn]])
  };
  let outcome;
  let abandoned = false;
  const run = async () => {
    try {
      controller.signal.throwIfAborted();
      await handler(message, handlerContext);
      outcome = { ok: true };
    } catch (error) {
      if (abandoned) await new Promise(() => {
      });
      outcome = { ok: false, error };
      throw new HandlerFailed();
    }
  };
  const finished = oncePerKey(run, onceKey(message, chain), deadline, services).then(
    () => ({ kind: outcome?.ok ? "processed" : "duplicate" }),
    (error) => afterError(error, outcome, message, services)
  );
  const ended = await within(finished, roomMs);
  if (ended !== void 0) return ended;
  const gaveUpAfter = Date.now() - startedAt;
  const gaveUp = (cause) => new TimeoutError(
    `gave up after ${gaveUpAfter} ms, ${deadline.describe()}`,
    cause === void 0 ? void 0 : { cause }
  );
  const reason = gaveUp();
  controller.abort(reason);
  const late = await within(finished, deadline.graceMs);
  if (late?.kind === "failed") {
    const saysMore = late.error !== reason && !(late.error instanceof Error && late.error.name === "AbortError");
    return { ...late, error: saysMore ? gaveUp(late.error) : reason };
  }
  if (late !== void 0) return late;
  if (outcome?.ok) return { kind: "processed" };
  abandoned = true;
  return { kind: "failed", error: reason, keyHeld: true };
}
function onceKey({ healKey, body }, chain) {
  return `${healKey} ${chain} ${createHash2("sha256").update(body).digest("base64")}`;
}
async function oncePerKey(run, key, deadline, { idempotency }) {
  if (idempotency === void 0) return run();
  const config = new IdempotencyConfig({ expiresAfterSeconds: EXPIRES_AFTER_SECONDS, hashFunction: "sha256" });
  config.registerLambdaContext(deadline.context);
  const once = makeIdempotent((_key) => run(), {
    persistenceStore: idempotency,
    config,
    keyPrefix: `consume.${deadline.context.functionName}`
  });
  await once(key);
}
function afterError(error, outcome, message, { logger }) {
  if (outcome?.ok) {
    logger.warn("processed, but its heal key could not be completed", {
      messageId: message.id,
      healKey: message.healKey,
      reason: textOf(error)
    });
    return { kind: "processed" };
  }
  const cause = outcome === void 0 ? error : outcome.error;
  if (cause instanceof Error && cause.name === "IdempotencyAlreadyInProgressError") return { kind: "in-progress" };
  return { kind: "failed", error: cause, keyHeld: outcome !== void 0 && !(error instanceof HandlerFailed) };
}

// kit/confirm.ts
import { PutItemCommand } from "@aws-sdk/client-dynamodb";

// handlers/aws/keys.ts
var confirmedKey = (healKey) => ({ pk: `message#${healKey}`, sk: "confirmed" });

// kit/confirm.ts
var CONFIRMED_SECONDS = 86400;
async function confirmProbe({ message }, { services, context }) {
  const { dynamodb, environment, logger } = services;
  const { pk, sk } = confirmedKey(message.healKey);
  const expiresAt = Math.floor(Date.now() / 1e3) + CONFIRMED_SECONDS;
  try {
    const command = new PutItemCommand({
      TableName: environment.DLQ_HEALER_LEDGER_TABLE,
      Item: { pk: { S: pk }, sk: { S: sk }, expiresAt: { N: String(expiresAt) } }
    });
    await dynamodb.send(command, { abortSignal: halfOfWhatIsLeft(context) });
  } catch (error) {
    logger.warn("a letter of a canary was processed, and the governor could not be told", {
      messageId: message.id,
      healKey: message.healKey,
      reason: textOf(error)
    });
  }
}

// kit/dead-letter.ts
import { createHash as createHash3 } from "node:crypto";
import { PutItemCommand as PutItemCommand2 } from "@aws-sdk/client-dynamodb";
import { SendMessageCommand } from "@aws-sdk/client-sqs";

// handlers/aws/sqs-attributes.ts
function toSqsAttributes(attributes) {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]) => [
      name,
      "stringValue" in attribute ? { DataType: attribute.dataType, StringValue: attribute.stringValue } : { DataType: attribute.dataType, BinaryValue: attribute.binaryValue }
    ])
  );
}

// handlers/core/letter.ts
function attributeText(attributes, name) {
  const attribute = attributes[name];
  return attribute !== void 0 && "stringValue" in attribute ? attribute.stringValue : void 0;
}

// handlers/core/evidence/fields.ts
function jsonObject(text) {
  if (text === void 0 || !/^\s{0,32}\{/.test(text)) return void 0;
  try {
    return objectOf2(JSON.parse(text));
  } catch {
    return void 0;
  }
}
function objectOf2(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : void 0;
}

// handlers/core/evidence/kit.ts
var EVIDENCE_ATTRIBUTE = "dlq-evidence";

// handlers/core/outgoing.ts
var MAX_MESSAGE_BYTES = 1048576;
function messageBytes(body, attributes) {
  return Object.entries(attributes).reduce(
    (sum, [name, attribute]) => sum + Buffer.byteLength(name) + Buffer.byteLength(attribute.dataType) + ("stringValue" in attribute ? Buffer.byteLength(attribute.stringValue) : attribute.binaryValue.byteLength),
    Buffer.byteLength(body)
  );
}

// kit/dead-letter.ts
var MAX_ATTRIBUTES = 10;
var MARK_RESERVE_BYTES = 512;
var RECORD_SECONDS = 15 * 86400;
function deadLetter({ letter, message }, evidence, dlq) {
  const attributes = {
    ...letter.attributes,
    [EVIDENCE_ATTRIBUTE]: { dataType: "String", stringValue: evidence }
  };
  if (Object.keys(attributes).length > MAX_ATTRIBUTES) return void 0;
  if (messageBytes(letter.body, attributes) + MARK_RESERVE_BYTES > MAX_MESSAGE_BYTES) return void 0;
  const { messageGroupId, traceHeader } = letter.system;
  return {
    QueueUrl: dlq.url,
    MessageBody: letter.body,
    MessageAttributes: toSqsAttributes(attributes),
    ...messageGroupId === void 0 ? {} : { MessageGroupId: messageGroupId },
    // The same for every send of one death, so that a crash before the acknowledgement makes no second letter.
    ...dlq.fifo ? { MessageDeduplicationId: `${message.healKey}.dead` } : {},
    ...traceHeader === void 0 ? {} : { MessageSystemAttributes: { AWSTraceHeader: { DataType: "String", StringValue: traceHeader } } }
  };
}
async function sendDeadLetter({ sqs }, input, abortSignal) {
  const { MessageId, MD5OfMessageBody } = await sqs.send(new SendMessageCommand(input), { abortSignal });
  if (!MessageId) throw new Error("SQS answered without a message id");
  const expected = createHash3("md5").update(input.MessageBody ?? "").digest("hex");
  if (MD5OfMessageBody !== expected)
    throw new Error(`SQS took a body with MD5 ${MD5OfMessageBody}; sent was ${expected}`);
}
async function writeFailureRecord({ dynamodb, environment }, { message }, evidence, now, abortSignal) {
  const command = new PutItemCommand2({
    TableName: environment.DLQ_HEALER_LEDGER_TABLE,
    Item: {
      pk: { S: `message#${message.id}` },
      sk: { S: "failure" },
      evidence: { S: evidence },
      expiresAt: { N: String(Math.floor(now / 1e3) + RECORD_SECONDS) }
    }
  });
  await dynamodb.send(command, { abortSignal });
}

// kit/evidence.ts
var MAX_EVIDENCE_BYTES = 4096;
function evidenceOf(description, message, context, at) {
  return {
    v: 1,
    origin: message.originId,
    attempt: message.attempt,
    queueArn: message.queueArn,
    ...description,
    function: context.functionName,
    requestId: context.awsRequestId,
    logGroup: context.logGroupName,
    logStream: context.logStreamName,
    receiveCount: message.receiveCount,
    at: at.toISOString()
  };
}
function evidenceText(evidence) {
  let shown = evidence;
  let text = asciiJson(shown);
  while (text.length > MAX_EVIDENCE_BYTES) {
    const { stack, causes, ...rest } = shown;
    if (stack) shown = { ...shown, stack: half(stack) };
    else if (causes && causes.length > 1) shown = { ...shown, causes: causes.slice(1) };
    else if (causes?.[0] && causes[0].length > 100) shown = { ...shown, causes: [half(causes[0])] };
    else if (shown.message) shown = { ...shown, message: half(shown.message) };
    else return asciiJson(rest);
    text = asciiJson(shown);
  }
  return text;
}
var half = (text) => cut(text, text.length < 32 ? 0 : text.length >> 1);
function asciiJson(value) {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`
  );
}

// kit/last-receive.ts
var isLastReceive = ({ message }, topology) => topology?.maxReceiveCount !== void 0 && message.receiveCount >= topology.maxReceiveCount;
var diesInDlq = (received, topology) => topology?.next?.kind === "dlq" && isLastReceive(received, topology);
var mayBeItsLast = ({ message, letter }, { maxReceiveCount }) => maxReceiveCount !== void 0 && Math.max(message.receiveCount, letter.system.receiveCount) >= maxReceiveCount;

// kit/visibility.ts
import { ChangeMessageVisibilityCommand } from "@aws-sdk/client-sqs";

// handlers/core/backoff.ts
function backoffSeconds(attempt, limits, random) {
  const ceiling = Math.min(limits.maxDelaySeconds, limits.baseDelaySeconds * 2 ** attempt);
  return Math.max(1, Math.round(random * ceiling));
}

// kit/visibility.ts
var MAX_VISIBILITY_SECONDS = 12 * 3600 - 15 * 60 - 5 * 60;
function delayAfter(received, error, keyHeld, { settings, context, topology }) {
  if (diesInDlq(received, topology)) return 0;
  const asked = error instanceof RetryableError ? error.delaySeconds : void 0;
  const wanted = topology?.next?.kind === "tier" && isLastReceive(received, topology) ? (
    // A queue's delay holds for what is sent to it, not for what SQS moves there: it has to pass here.
    Math.max(topology.next.delaySeconds, asked ?? 0)
  ) : asked ?? backoffSeconds(received.message.receiveCount - 1, settings.backoff, Math.random());
  const untilKeyIsFree = keyHeld ? Math.ceil(context.getRemainingTimeInMillis() / 1e3) + 1 : 0;
  return Math.round(Math.min(Math.max(wanted, untilKeyIsFree, 0), MAX_VISIBILITY_SECONDS));
}
async function hide({ receiptHandle }, VisibilityTimeout, { services, context, topology }) {
  if (topology === void 0) return void 0;
  const command = new ChangeMessageVisibilityCommand({
    QueueUrl: topology.queueUrl,
    ReceiptHandle: receiptHandle,
    VisibilityTimeout
  });
  try {
    await services.sqs.send(command, { abortSignal: halfOfWhatIsLeft(context) });
    return void 0;
  } catch (error) {
    return `visibility not changed: ${textOf(error)}`;
  }
}

// kit/failure.ts
async function settleFailure(received, error, keyHeld, settlement) {
  const { services, context, topology } = settlement;
  const description = describeError(error);
  const evidence = evidenceText(evidenceOf(description, received.message, context, /* @__PURE__ */ new Date()));
  const dying = error instanceof PermanentError || diesInDlq(received, topology);
  let reason;
  if (dying || topology === void 0) {
    const unsent = await sendToDlq(received, evidence, settlement);
    if (unsent === void 0) {
      services.logger.error("message failed: sent to the DLQ", facts(received, description));
      return { kind: "acknowledged" };
    }
    reason = [unsent, await recordFailure(received, evidence, settlement)].filter(Boolean).join("; ");
  } else if (mayBeItsLast(received, topology)) {
    reason = await recordFailure(received, evidence, settlement);
  }
  const delaySeconds = delayAfter(received, error, keyHeld, settlement);
  const unhidden = await hide(received, delaySeconds, settlement);
  const why = [reason, unhidden].filter(Boolean).join("; ");
  services.logger[dying ? "error" : "warn"](
    dying ? "message failed: left to SQS to move to the DLQ" : "message failed: returned to its queue",
    {
      ...facts(received, description),
      ...unhidden === void 0 ? { delaySeconds } : {},
      ...why ? { reason: why } : {}
    }
  );
  return { kind: "returned", delaySeconds };
}
async function settleInProgress(received, timeoutSeconds, settlement) {
  const delaySeconds = timeoutSeconds + 1;
  const reason = await hide(received, delaySeconds, settlement);
  settlement.services.logger.info("message is in progress elsewhere: returned to its queue", {
    ...ids(received),
    delaySeconds,
    ...reason ? { reason } : {}
  });
  return { kind: "returned", delaySeconds };
}
async function settleBlocked(received, ahead, settlement) {
  const delaySeconds = ahead.kind === "returned" ? ahead.delaySeconds : void 0;
  if (delaySeconds !== void 0) await hide(received, delaySeconds, settlement);
  if (diesInDlq(received, settlement.topology)) {
    const description = {
      errorType: "NotProcessed",
      message: "not processed at its last receive: an earlier message of its group had failed"
    };
    const evidence = evidenceText(evidenceOf(description, received.message, settlement.context, /* @__PURE__ */ new Date()));
    await recordFailure(received, evidence, settlement);
  }
  return { kind: "returned", ...delaySeconds === void 0 ? {} : { delaySeconds } };
}
async function sendToDlq(received, evidence, { services, context, topology }) {
  if (topology === void 0) return "the queue could not be read";
  if (topology.dlq === void 0) return "the queue has no DLQ";
  const input = deadLetter(received, evidence, topology.dlq);
  if (input === void 0) return "no room for the evidence in 10 attributes and 1 MiB";
  try {
    await sendDeadLetter(services, input, halfOfWhatIsLeft(context));
    return void 0;
  } catch (error) {
    return `not sent to the DLQ: ${textOf(error)}`;
  }
}
async function recordFailure(received, evidence, { services, context }) {
  try {
    await writeFailureRecord(services, received, evidence, Date.now(), halfOfWhatIsLeft(context));
    return void 0;
  } catch (error) {
    return `no failure record written: ${textOf(error)}`;
  }
}
function ids({ message }) {
  const { id, originId, attempt, queueArn, receiveCount, maxReceiveCount } = message;
  return {
    messageId: id,
    originId,
    attempt,
    queue: queueArn.split(":").at(-1),
    receiveCount,
    ...maxReceiveCount === void 0 ? {} : { maxReceiveCount }
  };
}
function facts(received, { message, stack, ...description }) {
  return {
    ...ids(received),
    ...description,
    ...message === void 0 ? {} : { errorMessage: message },
    ...stack === void 0 ? {} : { errorStack: stack }
  };
}

// handlers/core/evidence/lineage.ts
var HEALER_ATTRIBUTE = "dlq-healer";
var MAX_ATTEMPT = 1e3;
function lineageOf(letter, failureRecord, wrapped) {
  return parseLineage(attributeText(letter.attributes, HEALER_ATTRIBUTE)) ?? parseLineage(attributeText(letter.attributes, EVIDENCE_ATTRIBUTE)) ?? parseLineage(failureRecord) ?? parseLineage(attributeText(wrapped?.attributes ?? {}, HEALER_ATTRIBUTE)) ?? {
    originId: wrapped?.messageId ?? letter.messageId,
    attempt: 0
  };
}
function parseLineage(text) {
  const fields = jsonObject(text);
  const { v, origin, attempt } = fields ?? {};
  if (v !== 1 || typeof origin !== "string" || !isSaneId(origin)) return void 0;
  if (!Number.isInteger(attempt) || attempt < 0 || attempt > MAX_ATTEMPT) return void 0;
  return { originId: origin, attempt, ...blameOf(fields) };
}
function blameOf(fields) {
  const { group, round, repair } = fields ?? {};
  return {
    ...typeof group === "string" && /^[0-9a-f]{12}$/.test(group) ? { group } : {},
    ...Number.isSafeInteger(round) && round > 0 ? { round } : {},
    ...typeof repair === "string" && /^[\w-]{1,64}$/.test(repair) ? { repair } : {}
  };
}
function isSaneId(id) {
  return /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,255}$/.test(id);
}

// kit/message.ts
function isProbe({ attributes }) {
  return jsonObject(attributeText(attributes, HEALER_ATTRIBUTE))?.probe === true;
}
function messageOf2(letter, { here, before }, topology) {
  const { maxReceiveCount, receivesToDlq } = topology ?? {};
  const { originId, attempt } = lineageOf(letter);
  return {
    id: letter.messageId,
    originId,
    attempt,
    healKey: `${originId}.${attempt}`,
    body: letter.body,
    json: () => parse(letter.body),
    attributes: letter.attributes,
    ...letter.system.messageGroupId === void 0 ? {} : { groupId: letter.system.messageGroupId },
    receiveCount: here,
    ...maxReceiveCount === void 0 ? {} : { maxReceiveCount },
    queueArn: letter.dlqArn,
    tries: before + here,
    ...receivesToDlq === void 0 ? {} : { maxTries: before + receivesToDlq }
  };
}
function parse(body) {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw badPayload(error);
  }
}

// kit/options.ts
function settingsOf(options) {
  const baseSeconds = options.backoff?.baseSeconds ?? 5;
  const maxSeconds = options.backoff?.maxSeconds ?? 900;
  const concurrency = options.concurrency ?? 10;
  check(Number.isInteger(concurrency) && concurrency >= 1, "concurrency must be a whole number ≥ 1", concurrency);
  check(baseSeconds >= 1, "backoff.baseSeconds must be ≥ 1", baseSeconds);
  check(maxSeconds >= baseSeconds, "backoff.maxSeconds must be ≥ backoff.baseSeconds", maxSeconds);
  const margin = options.deadlineMarginMs;
  check(margin === void 0 || margin >= 0, "deadlineMarginMs must be ≥ 0", margin);
  const levelMaxAgeSeconds = options.levelMaxAgeSeconds ?? 15;
  check(levelMaxAgeSeconds >= 0, "levelMaxAgeSeconds must be ≥ 0", levelMaxAgeSeconds);
  return {
    concurrency,
    idempotency: options.idempotency ?? true,
    backoff: { baseDelaySeconds: baseSeconds, maxDelaySeconds: maxSeconds },
    ...margin === void 0 ? {} : { deadlineMarginMs: margin },
    levelMaxAgeMs: levelMaxAgeSeconds * 1e3
  };
}
function check(holds, rule, got) {
  if (!holds) throw new Error(`consume: ${rule}; got ${got}`);
}

// kit/services.ts
import { DynamoDBPersistenceLayer } from "@aws-lambda-powertools/idempotency/dynamodb";
import { Logger } from "@aws-lambda-powertools/logger";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";

// handlers/core/env.ts
function requireEnv(names, env = process.env) {
  const missing = names.filter((name) => !env[name]);
  if (missing.length > 0) {
    throw new Error(
      `missing environment variable${missing.length > 1 ? "s" : ""} ${missing.join(", ")}: the module sets them, so apply it again; where the function is run by hand, set them first`
    );
  }
  return Object.fromEntries(names.map((name) => [name, env[name]]));
}

// kit/level.ts
import { GetItemCommand } from "@aws-sdk/client-dynamodb";

// handlers/core/level.ts
var CALM_MS = 3 * 6e4;
var AT_EASE = { level: 0, since: 0, because: "nothing was measured yet" };

// handlers/aws/control-row.ts
var NO_CONTROL = { state: AT_EASE };
var controlKey = (queueKey) => ({ pk: "control", sk: `queue#${queueKey}` });
var levelOf = ({ state, pinnedLevel }) => pinnedLevel ?? state.level;
function parseControl(item) {
  if (item === void 0) return NO_CONTROL;
  const state = {
    level: levelIn(item.level ?? 0, item),
    since: typeof item.since === "string" ? Date.parse(item.since) : 0,
    because: String(item.because ?? ""),
    ...typeof item.calmSince === "string" ? { calmSince: Date.parse(item.calmSince) } : {},
    ...typeof item.signal === "string" ? { signal: item.signal } : {}
  };
  const { pinnedLevel } = item;
  return pinnedLevel === void 0 || pinnedLevel === null ? { state } : { state, pinnedLevel: levelIn(pinnedLevel, item) };
}
function levelIn(value, { pk, sk }) {
  if (value === 0 || value === 1 || value === 2 || value === 3 || value === 4) return value;
  throw new Error(`the ledger's row ${pk} ${sk} must hold a level from 0 to 4; got ${JSON.stringify(value)}`);
}
var QUEUE_KEYS = { pk: "control", sk: "queues" };

// kit/level.ts
var READ_TIMEOUT_MS = 1e3;
var KEY_MS = 5 * 6e4;
function readLevels(source) {
  const remembered = /* @__PURE__ */ new Map();
  const keys = /* @__PURE__ */ new Map();
  async function keyOf(arns) {
    const name = arns[0] ?? "";
    const known = keys.get(name);
    if (known !== void 0 && Date.now() < known.until) return known.key;
    const key = await readKey(source, arns);
    keys.set(name, { key, until: Date.now() + KEY_MS });
    return key;
  }
  async function read(arns, last) {
    try {
      return await readLevel(source, await keyOf(arns));
    } catch (error) {
      const level = await last ?? 0;
      source.logger.warn("the degradation level cannot be read: the last one known holds", {
        queue: arns[0]?.split(":").at(-1),
        degradationLevel: level,
        // `level` is the logger's own key
        reason: textOf(error)
      });
      return level;
    }
  }
  return {
    of(arns) {
      const name = arns[0] ?? "";
      const known = remembered.get(name);
      if (known !== void 0 && Date.now() < known.until) return known.level;
      const level = read(arns, known?.level);
      remembered.set(name, { level, until: Date.now() + source.maxAgeMs });
      return level;
    }
  };
}
async function readKey(source, arns) {
  const names = Object.fromEntries(arns.map((arn, index) => [`#arn${index}`, arn]));
  const item = await readItem(
    source,
    QUEUE_KEYS,
    Object.keys(names).map((name) => `#keys.${name}`),
    {
      "#keys": "keys",
      ...names
    }
  );
  const key = arns.map((arn) => item?.keys?.M?.[arn]?.S).find((found) => found !== void 0);
  if (key === void 0) throw new Error(`the ledger knows no queue ${arns.join(", ")}: apply the module again`);
  return key;
}
async function readLevel(source, queueKey) {
  const key = controlKey(queueKey);
  const item = await readItem(source, key, ["#level", "pinnedLevel"], { "#level": "level" });
  const plain = Object.entries(item ?? {}).map(([name, value]) => [name, numberOf(value)]);
  return levelOf(parseControl({ ...key, ...Object.fromEntries(plain) }));
}
var numberOf = (value) => value.N === void 0 ? value.NULL ? null : value : +value.N;
async function readItem({ dynamodb, table }, { pk, sk }, attributes, ExpressionAttributeNames) {
  const command = new GetItemCommand({
    TableName: table,
    Key: { pk: { S: pk }, sk: { S: sk } },
    ProjectionExpression: attributes.join(", "),
    ExpressionAttributeNames
  });
  return (await dynamodb.send(command, { abortSignal: AbortSignal.timeout(READ_TIMEOUT_MS) })).Item;
}

// kit/topology.ts
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand
} from "@aws-sdk/client-sqs";
var REFRESH_MS = 5 * 6e4;
var RETRY_MS = 6e4;
var READ_TIMEOUT_MS2 = 2e3;
var MAX_QUEUES = 12;
function readTopologies(sqs) {
  const queueAt = remembering((arn) => readQueue(sqs, arn));
  const sourcesAt = remembering(async (arn) => sourcesOf(sqs, arn, (await queueAt(arn)).url));
  async function chainFrom(arn) {
    const chain = [await queueAt(arn)];
    for (let target = chain[0].redrive?.targetArn; target !== void 0; target = chain.at(-1)?.redrive?.targetArn) {
      if (chain.length === MAX_QUEUES)
        throw new Error(`the redrive policies after ${arn} do not end within ${MAX_QUEUES} queues`);
      chain.push(await queueAt(target));
    }
    return chain;
  }
  async function headOf(arn) {
    let head = arn;
    for (let hops = 0; hops < MAX_QUEUES; hops++) {
      const [source, ...others] = await sourcesAt(head);
      if (source === void 0 || others.length > 0) break;
      head = source;
    }
    return head;
  }
  return {
    async of(queueArn) {
      const chain = await chainFrom(queueArn);
      const [queue, target] = chain;
      if (queue.redrive === void 0 || target === void 0) return { queueUrl: queue.url };
      const end = chain.at(-1) ?? target;
      return {
        queueUrl: queue.url,
        maxReceiveCount: queue.redrive.maxReceiveCount,
        receivesToDlq: receivesOf(chain),
        next: target.redrive === void 0 ? { kind: "dlq" } : { kind: "tier", delaySeconds: target.delaySeconds },
        dlq: { arn: end.arn, url: end.url, fifo: end.arn.endsWith(".fifo") }
      };
    },
    async receivesBefore(queueArn, sourceArn) {
      const chain = await chainFrom(await headOf(sourceArn));
      const place = chain.findIndex(({ arn }) => arn === queueArn);
      return receivesOf(chain.slice(0, Math.max(place, 0)));
    }
  };
}
var receivesOf = (queues) => queues.reduce((sum, { redrive }) => sum + (redrive?.maxReceiveCount ?? 0), 0);
function remembering(read) {
  const remembered = /* @__PURE__ */ new Map();
  return (arn) => {
    const before = remembered.get(arn);
    if (before !== void 0 && Date.now() < before.until) return before.value;
    const entry = { value: void 0, until: Date.now() + REFRESH_MS };
    entry.value = read(arn).catch((error) => {
      entry.until = Date.now() + RETRY_MS;
      if (before === void 0) throw error;
      return before.value;
    });
    remembered.set(arn, entry);
    return entry.value;
  };
}
async function readQueue(sqs, arn) {
  const [, , service, , QueueOwnerAWSAccountId, QueueName] = arn.split(":");
  if (service !== "sqs" || !QueueOwnerAWSAccountId || !QueueName)
    throw new Error(`expected the ARN of an SQS queue; got ${arn}`);
  const abortSignal = AbortSignal.timeout(READ_TIMEOUT_MS2);
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName, QueueOwnerAWSAccountId }), { abortSignal });
  if (QueueUrl === void 0) throw new Error(`SQS gave no URL for ${arn}`);
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["RedrivePolicy", "DelaySeconds"] });
  const { Attributes = {} } = await sqs.send(command, { abortSignal });
  const redrive = redriveOf(Attributes.RedrivePolicy);
  return {
    arn,
    url: QueueUrl,
    delaySeconds: Number(Attributes.DelaySeconds ?? 0),
    ...redrive ? { redrive } : {}
  };
}
async function sourcesOf(sqs, arn, QueueUrl) {
  const abortSignal = AbortSignal.timeout(READ_TIMEOUT_MS2);
  const command = new ListDeadLetterSourceQueuesCommand({ QueueUrl });
  const { queueUrls = [] } = await sqs.send(command, { abortSignal });
  const [partition, service, region] = arn.split(":").slice(1);
  return queueUrls.map((url) => ["arn", partition, service, region, ...url.split("/").slice(-2)].join(":"));
}
function redriveOf(policy) {
  if (!policy) return void 0;
  const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(policy);
  const count = Number(maxReceiveCount);
  if (typeof deadLetterTargetArn !== "string" || !(count >= 1)) throw new Error(`unexpected redrive policy: ${policy}`);
  return { targetArn: deadLetterTargetArn, maxReceiveCount: count };
}

// kit/services.ts
var CONSUMER_ENVIRONMENT = [
  "DLQ_HEALER_STACK",
  "DLQ_HEALER_LEDGER_TABLE",
  "DLQ_HEALER_IDEMPOTENCY_TABLE"
];
function createServices({ idempotency, levelMaxAgeMs }) {
  const needed = CONSUMER_ENVIRONMENT.filter((name) => idempotency || name !== "DLQ_HEALER_IDEMPOTENCY_TABLE");
  const environment = requireEnv(needed);
  const requestHandler = { connectionTimeout: 1e3 };
  const sqs = new SQSClient({ requestHandler });
  const dynamodb = new DynamoDBClient({ requestHandler });
  const logger = new Logger({ persistentKeys: { stack: environment.DLQ_HEALER_STACK } });
  return {
    environment,
    sqs,
    dynamodb,
    ...idempotency ? {
      idempotency: new DynamoDBPersistenceLayer({
        tableName: environment.DLQ_HEALER_IDEMPOTENCY_TABLE,
        awsSdkV3Client: dynamodb
      })
    } : {},
    topologies: readTopologies(sqs),
    levels: readLevels({
      dynamodb,
      table: environment.DLQ_HEALER_LEDGER_TABLE,
      logger,
      maxAgeMs: levelMaxAgeMs
    }),
    logger
  };
}

// kit/consume.ts
function consume(handler, options = {}) {
  const settings = settingsOf(options);
  let services;
  return async (event, context) => {
    services ??= createServices(settings);
    const deadline = deadlineOf(context, settings.deadlineMarginMs);
    const read = readRecords(recordsOf(event));
    const queueArn = read.map((one) => "letter" in one ? one.letter.dlqArn : void 0).find((arn) => arn !== void 0);
    const topology = queueArn === void 0 ? void 0 : await topologyOf(queueArn, services, discoveryBudgetMs(context));
    const batch = {
      settings,
      services,
      context,
      handler,
      deadline,
      ...topology === void 0 ? {} : { topology }
    };
    const returned = queueArn?.endsWith(".fifo") ? await inOrder(read, event, batch) : await concurrently(read, event, batch);
    if (read.some(({ itemIdentifier }) => itemIdentifier === "")) {
      throw new Error("a record has no messageId and was not processed: the whole batch is returned");
    }
    return { batchItemFailures: returned.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}
function recordsOf(event) {
  const records = event?.Records;
  if (!Array.isArray(records))
    throw new Error("expected an SQS event with a list of Records; is the function invoked by another source?");
  return records;
}
async function topologyOf(queueArn, { topologies, logger }, budgetMs) {
  let reason = `not read within ${budgetMs} ms`;
  try {
    const topology = await within(topologies.of(queueArn), budgetMs);
    if (topology !== void 0) return topology;
  } catch (error) {
    reason = textOf(error);
  }
  logger.warn("the queue and its DLQ could not be read: failed messages are only returned", {
    queue: queueArn,
    reason
  });
  return void 0;
}
async function concurrently(read, event, batch) {
  const limit = pLimit(batch.settings.concurrency);
  const settled = await Promise.all(read.map((one, index) => limit(() => settle(one, receiptOf(event, index), batch))));
  return read.flatMap(({ itemIdentifier }, index) => settled[index]?.kind === "returned" ? [itemIdentifier] : []);
}
async function inOrder(read, event, batch) {
  const stopped = /* @__PURE__ */ new Map();
  const returned = [];
  for (const [index, one] of read.entries()) {
    const group = fifoGroupOf(event.Records[index]);
    const ahead = stopped.get(group);
    const settled = await settle(one, receiptOf(event, index), batch, ahead);
    if (settled.kind === "acknowledged") continue;
    if (ahead === void 0) stopped.set(group, settled);
    returned.push(one.itemIdentifier);
  }
  return returned;
}
async function settle(one, receiptHandle, batch, ahead) {
  const { logger } = batch.services;
  try {
    if (one.itemIdentifier === "") return { kind: "returned" };
    if ("unreadable" in one) {
      logger.error("record cannot be read: returned to its queue", {
        messageId: one.itemIdentifier,
        reason: one.unreadable
      });
      return { kind: "returned" };
    }
    const message = messageOf2(one.letter, await deliveriesOf(one.letter, batch), batch.topology);
    const received = { message, letter: one.letter, receiptHandle };
    return ahead === void 0 ? await processMessage(received, batch) : await settleBlocked(received, ahead, batch);
  } catch (error) {
    logger.error("message could not be settled: returned to its queue", {
      messageId: one.itemIdentifier,
      reason: textOf(error)
    });
    return { kind: "returned" };
  }
}
async function processMessage(received, batch) {
  const { message } = received;
  const dlq = batch.topology?.dlq;
  const chain = dlq?.url ?? message.queueArn;
  const attempt = await attemptMessage(message, batch.handler, batch.deadline, batch.services, chain, dlq);
  if ((attempt.kind === "processed" || attempt.kind === "duplicate") && isProbe(received.letter))
    await confirmProbe(received, batch);
  switch (attempt.kind) {
    case "processed":
      return { kind: "acknowledged" };
    case "duplicate":
      batch.services.logger.info("message was processed before: acknowledged", {
        messageId: message.id,
        healKey: message.healKey,
        duplicates: 1
      });
      return { kind: "acknowledged" };
    case "in-progress":
      return settleInProgress(received, batch.deadline.timeoutSeconds, batch);
    case "failed":
      return settleFailure(received, attempt.error, attempt.keyHeld, batch);
  }
}
async function deliveriesOf({ system, dlqArn }, { services, topology }) {
  const { receiveCount, deadLetterQueueSourceArn } = system;
  if (topology === void 0 || deadLetterQueueSourceArn === void 0) return { here: receiveCount, before: 0 };
  const before = await services.topologies.receivesBefore(dlqArn, deadLetterQueueSourceArn).catch(() => 0);
  return { here: receiveCount > before ? receiveCount - before : receiveCount, before };
}
var discoveryBudgetMs = (context) => Math.min(2e3, Math.floor(context.getRemainingTimeInMillis() / 4));
var receiptOf = (event, index) => event.Records[index]?.receiptHandle ?? "";
export {
  PermanentError,
  RetryableError,
  consume
};
