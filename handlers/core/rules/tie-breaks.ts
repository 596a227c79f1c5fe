import { butNot, either, names, type Rule, text, within } from './rule.ts';

/** Signs that an HTTP answer was being read: a client's frames, a URL, words of the protocol. */
const HTTP_ANSWER =
  /https?:\/\/|\b(?:axios|node-fetch|undici|superagent|needle|fetch failed|httpx|urllib3?|aiohttp|okhttp|retrofit2?|resttemplate|webclient|httpclient|faraday|httparty|guzzle|reqwest|net\/http)\b|requests[/.](?:models|exceptions)|(?:response|resp|res)\.(?:json|text|body)|invalid json response|\bresponse (?:body|text|was|from|is not)|text\/html|content-?type|\bstatus(?: ?code)? ?[:=]?\s?[2-5]\d\d|\bupstream\b|\bgateway\b/i;

const MARKUP = /<!doctype|<html|<head|<title>|text\/html/i;

/** The message's own body is what was being read. */
const OWN_BODY =
  /\b(?:message|record|event|sqs|queue|kafka|order) ?(?:body|payload|message|value)\b|\b(?:records?\[\d{1,3}\]|event|record|message|msg)\.(?:body|value)\b/i;

/** What parsers of data formats say, in many languages, when the text is not of their format. */
export const UNPARSABLE = either(
  text(
    /unexpected (?:token|non-whitespace|end of (?:json|data|file|input)|character|identifier .{0,80}in json|string in json|number in json)(?=.{0,80}(?:json|\bline \d|position \d|<))/i,
    /is not valid json|invalid json|malformed json|not (?:a )?valid json|json ?parse ?(?:error|exception)|could not (?:parse|decode|read) json|bad control character in|expected property name or|unterminated string in json|expected .{1,40} in json at position/i,
    /expecting (?:value|property name|',' delimiter|':' delimiter)[^\n]{0,40}: line \d|extra data: line \d/i,
    /invalid character .{1,12} (?:looking for|after|in (?:string|literal|numeric))|unexpected end of json input/i,
    /expected value at line \d|eof while parsing|trailing characters at line \d|key must be a string at line \d/i,
    /unrecognized token '|unexpected character \(|unexpected end-of-input/i,
  ),
  names('JSONDecodeError JsonParseException JsonEOFException JsonReaderException MalformedJsonException'),
);

/**
 * Where words mislead: asked first. The rows are tie-breaks 1, 3 and 4 of the class definitions and parameters whose
 * name is a failure's.
 */
export const TIE_BREAKS: readonly Rule[] = [
  {
    name: 'parameter-named-like-a-failure',
    class: 'VALIDATION_ERROR',
    why: 'a field called "timeout", "token" or "throughput" has a wrong value; nothing timed out, expired or was exceeded',
    test: text(
      /\b(?:parameter|field|property|argument|option|attribute|column)s? ?:?[ ("'`[]{0,3}[\w.-]{0,40}(?:time_?out|throughput|token|retr(?:y|ies)|limit|quota|memory|connections?|rate)[\w.-]{0,30}["'`)\]]{0,2},? .{0,60}\b(?:must|should|cannot|is (?:required|missing|invalid|not)|invalid|required|expected|between|at (?:least|most))\b/i,
      /["'`][\w.-]{0,40}(?:time_?out|throughput|token|retr(?:y|ies)|limit|quota|memory|connections?|rate|password)[\w.-]{0,30}["'`] (?:must|should|is (?:required|missing|invalid|not|a required)|cannot be|expected)/i,
      /\b(?:invalid|unsupported|illegal|bad) (?:value|argument|parameter|input) (?:.{0,30} )?for ["'`]?[\w.-]{0,40}(?:time_?out|throughput|token|retries|limit|quota|memory)/i,
      /\b(?:[\w.-]{0,40}time_?out[\w.-]{0,30}|[\w.-]{0,40}throughput|max_?tokens|[\w.-]{0,20}limit) (?:value )?(?:must|should) (?:not )?(?:be|have|equal)\b/i,
      /\btime_?out[\w.]{0,30} (?:is )?out of range|value .{1,60} (?:at|for) ["'`]?[\w.]{0,60}["'`]? failed to satisfy constraint/i,
    ),
  },
  {
    name: 'answer-not-data',
    class: 'DEPENDENCY_FAILURE',
    why: 'an upstream answered HTML, text or half a document where data was expected: the parser failed on the answer',
    test: either(
      within(UNPARSABLE, HTTP_ANSWER, OWN_BODY),
      within(
        butNot(UNPARSABLE, (_cause, facts) => (/^\s{0,16}</.test(facts.body) ? 'the body is markup' : undefined)),
        MARKUP,
        OWN_BODY,
      ),
      text(
        /(?:expected|wanted) (?:application\/)?json.{0,40} (?:but )?(?:got|received|found) (?:text\/)?html/i,
        /\bunexpected content-?type:? .{0,10}text\/(?:html|plain)/i,
      ),
      // The letter's body is JSON, so the `<` was not in it.
      within(
        (cause, facts) =>
          /^\s{0,16}[{[]/.test(facts.body)
            ? text(/unexpected token '?<|character '?<'? looking for|character \('<'/i)(cause, facts)
            : undefined,
        undefined,
        OWN_BODY,
      ),
    ),
    confidence: 0.85,
  },
  {
    name: 'decoder-ran-off-the-data',
    class: 'BAD_PAYLOAD',
    why: 'an index or a panic inside a decoder of the message is bad data with the face of a programming error',
    test: within(
      either(
        text(
          /index out of (?:range|bounds)|out of range index|offset.{0,20} (?:outside|out of) .{0,20}(?:bounds|range)|slice bounds out|buffer underflow|not enough (?:data|bytes)/i,
        ),
        names(
          'BufferUnderflowException ArrayIndexOutOfBoundsException IndexOutOfBoundsException ERR_OUT_OF_RANGE',
          'ERR_BUFFER_OUT_OF_BOUNDS',
        ),
      ),
      /protobuf|\bproto\b|\bavro|msgpack|messagepack|\bcbor|thrift|flatbuffers|\bbson|(?:reader|buffer)\.(?:read\w{0,20}|uint32|int32|skip|string|bytes)\b|deseriali[sz]|\bdecode[rd]?\b|\bdecode(?:message|order|event|payload)/i,
    ),
    confidence: 0.8,
  },
];
