import { either, names, type Rule, text, types } from './rule.ts';
import { UNPARSABLE } from './tie-breaks.ts';

/** The body itself cannot be decoded or decrypted. The answers of upstreams were told apart before (tie-breaks). */
export const PAYLOAD: readonly Rule[] = [
  {
    name: 'not-json',
    class: 'BAD_PAYLOAD',
    why: 'a JSON parser stumbled over the text, and no HTTP answer is in sight',
    test: UNPARSABLE,
    confidence: 0.85,
  },
  {
    name: 'empty-body',
    class: 'BAD_PAYLOAD',
    why: 'nothing arrived where a document is needed',
    test: text(
      /\b(?:message |record |event |request |queue )?(?:body|payload|document) (?:is|was|were|cannot be|must not be) (?:empty|blank|null|truncated|missing)\b|\bempty (?:message|body|payload|document|input)\b|\bno content to map due to end-of-input\b|\bno element found\b|\bdocument is empty\b|\bpremature end of (?:file|document|data)\b/i,
    ),
    confidence: 0.85,
  },
  {
    name: 'not-xml-or-yaml',
    class: 'BAD_PAYLOAD',
    why: 'an XML, YAML or CSV parser stumbled over the text',
    test: either(
      names(
        'XMLSyntaxError SAXParseException XmlException ExpatError XMLStreamException YAMLException YAMLParseError',
        'ScannerError ParserError CSVError CSV_INCONSISTENT_COLUMNS TOMLDecodeError WstxUnexpectedCharException',
      ),
      text(
        /\bnot well-formed\b|\bmismatched tag\b|\bcontent is not allowed in prolog\b|\bunclosed (?:token|root tag|element)|\bstart tag expected\b|\bxml (?:parse|parsing|syntax) error\b|\bnon-whitespace before first tag\b/i,
      ),
    ),
  },
  {
    name: 'not-binary-format',
    class: 'BAD_PAYLOAD',
    why: 'protobuf, Avro, MessagePack, CBOR or Thrift data that no decoder can read',
    test: either(
      names(
        'InvalidProtocolBufferException DecodeError SerializationException DeserializationException ExtraData',
        'FormatError OutOfData InvalidMagicNumberException AvroDecodeError AvroTypeException',
        'BinaryDecoderException CBORDecodeError TProtocolException RecordDeserializationException',
        'InvalidAvroMagicError MessageFormatException MessageInsufficientBufferException UnpackException',
        'UnpackValueError',
      ),
      text(
        /\bprotocol message (?:contained|had|end-group|tag had)|\binvalid wire ?type\b|\bindex out of range: \d{1,9} \+ \d{1,9} > \d{1,9}|\binvalid tag\b|\berror parsing message\b|\bproto: (?:cannot parse|illegal|wrong wiretype|unexpected eof)|\btruncated message\b|\binvalid (?:end ?group|varint)|\bfailed to decode protobuf/i,
        /\bunknown magic byte\b|\binvalid magic (?:byte|number)|\bnot an avro\b|\binvalid avro\b|\bavro\b.{0,60}\b(?:truncated|corrupt|decod)|\bunrecognized type byte\b|\binsufficient data\b|\bmsgpack.{0,60}(?:decode|unpack|insufficient|extra)|\binvalid (?:msgpack|messagepack|cbor|thrift|bson)\b/i,
      ),
    ),
    confidence: 0.85,
  },
  {
    name: 'not-compressed-or-encoded',
    class: 'BAD_PAYLOAD',
    why: 'base64, gzip or a character set that does not hold what it should',
    test: either(
      names(
        'BadGzipFile Z_DATA_ERROR Z_BUF_ERROR UnicodeDecodeError MalformedInputException CharacterCodingException',
        'InvalidByteSequenceError ERR_ENCODING_INVALID_ENCODED_DATA ZipException Utf8Error FromUtf8Error',
        'DecoderFallbackException CorruptInputError',
      ),
      text(
        /\bincorrect header check\b|\bnot (?:in |a )?gzip(?:ped)?(?: format| file)?\b|\bgzip: invalid header|\binvalid (?:stored block|distance|block type|code lengths|literal)|\bunexpected end of (?:file|zlib|compressed)|\bunknown compression method\b|\bnot a zip\b|\binvalid gzip|\bcrc (?:check|error|mismatch)|\bend-of-stream marker was reached|\bflate: corrupt/i,
        /\b(?:illegal|invalid|incorrect|malformed|corrupt(?:ed)?)\b.{0,24}\bbase-?64\b|\bbase-?64\b.{0,40}\b(?:illegal|invalid|incorrect|malformed|not|decod\w{1,6} (?:error|failed))|\bincorrect padding\b/i,
        /\bcan't decode byte\b|\bmalformed utf-?8\b|\binvalid (?:utf-?8|utf-?16|utf8|byte sequence|start byte|continuation byte|multi-?byte)|\bnot valid utf-?8\b|\bencoded data was not valid\b|\bstream did not contain valid utf-?8\b|\binvalid utf-?8\b/i,
      ),
    ),
  },
  {
    name: 'not-decryptable',
    class: 'BAD_PAYLOAD',
    why: 'the body was encrypted in a way that our keys do not open, or was changed on the way',
    test: either(
      names(
        'InvalidCiphertextException AEADBadTagException BadPaddingException IllegalBlockSizeException',
        'InvalidCiphertext CryptographicException ERR_OSSL_BAD_DECRYPT ERR_OSSL_WRONG_FINAL_BLOCK_LENGTH',
        'InvalidTag',
      ),
      text(
        /\bbad decrypt\b|\bunable to authenticate data\b|\bunsupported state or unable to authenticate|\bdecrypt(?:ion)? (?:has )?(?:failed|error)|\bfailed to decrypt\b|\bwrong final block length\b|\bmessage authentication failed\b|\bpadding is (?:invalid|incorrect)/i,
      ),
    ),
  },
  {
    name: 'cannot-be-decoded',
    class: 'BAD_PAYLOAD',
    why: 'the consumer says that the message itself could not be decoded',
    test: either(
      types(
        'BadPayloadError PoisonMessageError MalformedMessageError CorruptMessageException',
        'MessageConversionException MessageDecodeError',
      ),
      text(
        /\b(?:could not|cannot|can't|failed to|unable to|error) (?:be )?(?:pars|decod|deseriali[sz]|unmarshal)\w{0,4} (?:the |this |incoming |sqs |kafka |queue ){0,3}(?:message|record|event|payload|body)\b(?! (?:field|attribute))|\b(?:malformed|corrupt(?:ed)?|undecodable|unparseable|unparsable|truncated) (?:message|payload|body|record|event|input)\b/i,
      ),
    ),
    confidence: 0.7,
  },
];
