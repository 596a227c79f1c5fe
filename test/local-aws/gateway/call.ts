// One request to an AWS service, as the gateway sees it, and the answer to it.

export type Call = {
  /** Name in the credential scope: sqs, s3, dynamodb, lambda, … ; `http-api` for requests to a deployed HTTP API. */
  service: string;
  /** The API's own name of the operation where it is known, else `<METHOD> <path>`. */
  action: string;
  /** ARNs that the call is about; empty where the operation has none. */
  resources: string[];
  /** Access key id of the caller. Each function of the Lambda host has one of its own: its name. */
  caller: string;
  region: string;
  method: string;
  /** Path with query, as sent. */
  url: string;
  headers: Record<string, string>;
  body: Buffer;
};

export type Reply = { status: number; headers: Record<string, string>; body: Buffer };

/** What a test wants to happen to a call instead of, or besides, its being served. */
export type Fault =
  | { kind: 'pass' }
  /** Answered with this error; the service never sees the call. */
  | { kind: 'fail'; status: number; code: string; message?: string }
  /** Answered with this; the service never sees the call. */
  | { kind: 'reply'; reply: Reply }
  /** Served as another call, or its answer is another: what a service does that takes a part of what it is given. */
  | { kind: 'change'; call?(call: Call): Call; reply?(reply: Reply): Reply }
  /** Served, later. */
  | { kind: 'delay'; milliseconds: number }
  /** Served, but the connection breaks before the caller has the answer. */
  | { kind: 'drop-after-forward' };

export type FaultHook = (call: Call) => Fault | Promise<Fault>;

export const jsonReply = (body: unknown, status = 200, contentType = 'application/x-amz-json-1.1'): Reply => ({
  status,
  headers: { 'content-type': contentType },
  body: Buffer.from(JSON.stringify(body)),
});

export const xmlReply = (xml: string, status = 200): Reply => ({
  status,
  headers: { 'content-type': 'text/xml' },
  body: Buffer.from(xml),
});

/** An error in the shape that the SDKs read for the call's protocol. */
export function errorReply(call: Call, status: number, code: string, message: string): Reply {
  if (isXmlProtocol(call)) {
    const type = status < 500 ? 'Sender' : 'Receiver';
    const error = `<Error><Type>${type}</Type><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error>`;
    return xmlReply(call.service === 's3' ? error : `<ErrorResponse>${error}</ErrorResponse>`, status);
  }
  const reply = jsonReply({ __type: code, message, Message: message }, status);
  reply.headers['x-amzn-errortype'] = code;
  return reply;
}

const isXmlProtocol = (call: Call): boolean =>
  call.service === 's3' || (call.headers['content-type'] ?? '').includes('x-www-form-urlencoded');

export const parseJson = (body: Buffer): Record<string, unknown> =>
  body.length === 0 ? {} : (JSON.parse(body.toString()) as Record<string, unknown>);

export const parseForm = (body: Buffer): Map<string, string> => new Map(new URLSearchParams(body.toString()));

export const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** The values of `Prefix.member.1`, `Prefix.member.2`, … of the query protocol. */
export function formList(form: Map<string, string>, prefix: string): string[] {
  const values: string[] = [];
  for (let index = 1; ; index++) {
    const value = form.get(`${prefix}.member.${index}`);
    if (value === undefined) return values;
    values.push(value);
  }
}
