import { body, both, butNot, either, names, type Rule, text, within } from './rule.ts';

/** Signs that an HTTP answer was being read: a client's frames, a URL, words of the protocol. */
const HTTP_ANSWER =
  /https?:\/\/(?!errors\.pydantic)|\b(?:axios|node-fetch|undici|superagent|needle|fetch failed|restclientexception|system\.net\.http|zeep\.exceptions|httpx|urllib3?|aiohttp|okhttp|retrofit2?|resttemplate|webclient|restclient|httpclient|feign|faraday|httparty|guzzle|reqwest|net\/http|lwp::useragent)\b|requests[/.](?:models|exceptions)|(?:response|resp|res|reply|answer)\.(?:json|text|body|data)\b|\$response|hidden field \{error\}|invalid json response|\b(?:response|answer|reply) (?:body|text|was|from|is not)|\bfrom (?:the )?(?:upstream|server|api|service|backend)\b|text\/html|content-?type|\bstatus(?: ?code)? ?[:=]?\s?[2-5]\d\d|\bupstream\b|\bgateway\b|\bclientresponse|\bhttpresponse|\bget \/|\bpost \//i;

const MARKUP = /<!doctype|<html|<head|<title>|text\/html/i;

/** The message's own body is what was being read. */
const OWN_BODY =
  /\b(?:message|record|event|sqs|queue|kafka|order) ?(?:body|payload|message|value)\b|\b(?:records?\[\d{1,3}\]|event|record|message|msg)\.(?:body|value)\b|\bjson\.loads\(record|\bjson_invalid\b/i;

/** What parsers of data formats say, in many languages, when the text is not of their format. */
export const UNPARSABLE = either(
  text(
    String.raw`
    premature end of file\b
    (?:invalid|malformed|bad|broken|not) (?:a )?(?:valid )?json\b
    , or [\]}] expected
  `,
    /unexpected (?:token|non-whitespace|end of (?:json|data|file|input)|character|identifier .{0,80}in json|string in json|number in json)(?=.{0,80}(?:json|\bline \d|position \d|<))/i,
    /is not valid json/i,
    /json ?pars(?:e|ing|er) ?(?:error|exception|failed)/i,
    /could not (?:parse|decode|read) json/i,
    /bad control character in/i,
    /expected property name or/i,
    /unterminated string (?:in json|starting at)/i,
    /expected .{1,40} in json at position/i,
    /error parsing json/i,
    /failed to parse (?:as )?json/i,
    /unable to parse json/i,
    /json decode error/i,
    /json text/i,
    /json syntax error/i,
    /json input/i,
    /expecting (?:value|property name|',' delimiter|':' delimiter)[^\n]{0,40}: line \d/i,
    /extra data: line \d/i,
    /invalid (?:control character|\\escape|\\uxxxx escape)(?: at)?: line \d/i,
    /invalid character .{1,12} (?:looking for|after|in (?:string|literal|numeric))/i,
    /unexpected end of json input/i,
    /expected value(?:", line: \d| at line \d)/i,
    /expected [`'",:;}\]a-z or]{1,30} at line \d/i,
    /eof while parsing/i,
    /trailing characters at line \d/i,
    /key must be a string at line \d/i,
    /control character .{0,40}at line \d/i,
    /unrecognized token '/i,
    /unexpected character \(/i,
    /unexpected end-of-input/i,
    /malformed json string, neither/i,
    /while parsing object\/hash/i,
    /unexpected token at '/i,
    /is an invalid start of a (?:value|property)/i,
    /does not contain any json tokens/i,
    /unexpected character encountered while parsing/i,
    /end of the json payload/i,
    /unterminated (?:string|object|array)\b.{0,30}(?:at|line|path)/i,
    /malformed number/i,
    /garbage after json/i,
    /unexpected end of string while parsing json/i,
    /use jsonreader\.setlenient/i,
    /expected (?:name|value|':'|',') at (?:line )?\d/i,
    /invalid escape (?:sequence|character) .{0,20}in (?:json|string)/i,
  ),
  names(
    'JSONDecodeError JsonParseException JsonEOFException JsonReaderException MalformedJsonException JSONException JsonException',
  ),
);

/** What a parser stumbled over: the message, an answer of an upstream, or a token (tie-breaks 1 and 3). */
export const MISLEADING_PARSERS: readonly Rule[] = [
  {
    name: 'token-not-readable',
    class: 'AUTH_FAILURE',
    why: 'what a JWT library could not take apart is a token, not the body of the message',
    test: within(
      text(String.raw`
        not enough values to unpack\b
        incorrect padding\b
        extra data: line\b
        can't decode byte\b
        invalid base64
        unexpected token\b
      `),
      /\bapi_jw[st]\b|\/jwt\/|\bjwt\.decode|\bjsonwebtoken\b/,
    ),
    confidence: 0.8,
  },
  {
    name: 'answer-not-data',
    class: 'DEPENDENCY_FAILURE',
    why: 'an upstream answered HTML, text or half a document where data was expected: the parser failed on the answer',
    test: either(
      within(UNPARSABLE, HTTP_ANSWER, OWN_BODY),
      within(butNot(UNPARSABLE, body(/^\s{0,16}</)), MARKUP, OWN_BODY),
      text(String.raw`
        (?:expected|wanted) (?:application/)?json.{0,40} (?:but )?(?:got|received|found) (?:text/)?html
        unexpected (?:content-?type|mimetype|mime type):? .{0,10}text/(?:html|plain)
        attempt to decode json with unexpected mimetype\b
        deserialization error: to see the raw response\b
        no suitable httpmessageconverter\b
        could not extract response\b
        error while extracting response\b
        got html instead\b
        content-encoding: \w{2,8}, but failed to decode\b
        invalid response (?:body )?(?:from|received)\b
        unable to parse response\b
        <html>.{0,200}(?:maintenance|unavailable|bad gateway|error)
        invalid content-type: ?text/html
        is this an error message instead\b
        not a gzipped file \(b'<
        \b'<' is an invalid start of a value\b.{0,200}http
        received html\b
        (?:server|upstream|api|it|host|gateway|partner) (?:answered|returned|responded with|sent) (?:with )?(?:an? )?(?:<|html\b)
      `),
      // The letter's body is JSON, so the `<` was not in it.
      within(
        both(text(/unexpected token '?</i, /character '?<'? looking for/i, /character \('<'/i), body(/^\s{0,16}[{[]/)),
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
          /index (?:\d{1,9} )?out of (?:range|bounds)/i,
          /out of range index/i,
          /offset.{0,20} (?:outside|out of) .{0,20}(?:bounds|range)/i,
          /slice bounds out/i,
          /buffer underflow/i,
          /not enough (?:data|bytes)/i,
          /ord\(\) expected a character/i,
          /unpack requires a buffer/i,
          /panicked at/i,
          /insufficient data/i,
          /return value must be of type/i,
          /subarray/i,
          /value out of range/i,
        ),
        names(
          'BufferUnderflowException ArrayIndexOutOfBoundsException IndexOutOfBoundsException ERR_OUT_OF_RANGE EOFError EOFException',
          'ERR_BUFFER_OUT_OF_BOUNDS StringIndexOutOfBoundsException NegativeArraySizeException IndexError',
        ),
      ),
      /protobuf|\bproto\b|\b(?:fast)?avro|\bavsc\b|msgpack|messagepack|\bcbor|thrift|flatbuffers|\bbson|(?:reader|buffer)\.(?:read\w{0,20}|uint32|int32|skip|string|bytes)\b|deseriali[sz]|unseriali[sz]|\bdecode[rd]?\b|\bdecode(?:message|order|event|payload)|binary_decoder|failed to decode|struct\.unpack|\bdecode_|\bread_(?:long|varint|utf8)|\bserializer(?:::|\.)decode/i,
    ),
    confidence: 0.8,
  },
  {
    name: 'sealed-body-does-not-open',
    class: 'BAD_PAYLOAD',
    why: "Fernet's InvalidToken is a body that was damaged or encrypted with another key; nobody's log-in",
    test: within(names('InvalidToken InvalidSignature'), /fernet/i),
  },
];
