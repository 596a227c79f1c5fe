import { UNPARSABLE } from './misleading-parsers.ts';
import { butNot, either, names, type Rule, text, types } from './rule.ts';

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
    test: text(String.raw`
      \b(?:message |record |event |request |queue )?(?:body|payload|document) (?:is|was|were|cannot be|must not be) (?:empty|blank|null|truncated|missing)\b
      \b(?:empty|missing|blank|no) (?:message|body|payload|document)(?: body| payload| content)?(?: received| found| in (?:message|record|event))?\b(?! (?:id|group|attribute|key|field|size|retention))
      no content to map due to end-of-input\b
      no element found\b
      document (?:is )?empty\b
      premature end of (?:file|document|data|input)\b
      root element is missing\b
      no root element\b
      empty (?:document|xml|json)\b
      empty payload\b
      cannot identify image file\b
      \b(?:unknown|unsupported|unrecogni[sz]ed|invalid) (?:image|frame|compression|archive|picture|pdf) (?:format|descriptor|type|structure|header|signature)
      image: unknown format\b
      does not look like a tar archive\b
      couldn't find end of start tag\b
      could not be parsed as (?:xml|json|yaml|csv|html)\b
      image file is truncated\b
      unidentified image
      ran out of input\b
    `),
    confidence: 0.8,
  },
  {
    name: 'not-xml-or-yaml',
    class: 'BAD_PAYLOAD',
    why: 'an XML, YAML or CSV parser stumbled over the text',
    test: either(
      names(
        'XMLSyntaxError SAXParseException XmlException ExpatError XMLStreamException YAMLException YAMLParseError',
        'ScannerError CSVError CSV_INCONSISTENT_COLUMNS TOMLDecodeError WstxUnexpectedCharException MalformedCSVError',
        'WstxEOFException WstxParsingException UnmarshalException MarkedYAMLException CSV_QUOTE_NOT_CLOSED CSV_INVALID_CLOSING_QUOTE',
        'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH ERR_XML_PARSE DocumentException TomlDecodeError',
      ),
      text(String.raw`
        not well-formed\b
        mismatched tag\b
        content is not allowed in (?:prolog|trailing)
        unclosed (?:token|root tag|element|quoted field|cdata|tag)
        start tag expected\b
        xml (?:parse|parsing|syntax|declaration|document structures)\b
        non-whitespace before first tag\b
        opening and ending tag mismatch\b
        extra content at the end of the document\b
        data at the root level is invalid\b
        does not match the end tag\b
        end tag\b.{0,60}\b(?:match|mismatch|expected)
        junk after document element\b
        expected closing tag\b
        closing tag\b.{0,60}\b(?:instead|no opening|expected|missing)
        unexpected end of (?:document|xml)
        must be terminated by the matching end-tag\b
        multiple root\b
        unexpected close tag\b
        invalid (?:xml|element name|character reference)\b
        undefined entity\b
        character in entity name\b
        unquoted attribute value\b
        attribute without value\b
        while (?:scanning|parsing) a (?:block|flow|simple|quoted|node|tag)
        could not find expected ':'
        mapping values are not allowed\b
        tab character that violates\b
        while scanning (?:a|for)\b
        yaml: (?:line \d|unmarshal|control|did not)
        found character that cannot start\b
        bad indentation of a mapping\b
        csv (?:parse|error)\b
        bare " in non-quoted
        extraneous or missing " in quoted
        wrong number of fields\b
        unterminated quoted field\b
        expected .{1,20} fields in line \d
        invalid tag name\b
        xml syntax error\b
        invalid char between encapsulated token\b
        InvalidXml\b
        expecting </\w{1,40}> found\b
        EndEventMismatch\b
        could not determine a constructor for the tag\b
        xml syntax error\b
        undefined in %!
        there is an error in xml document\b
      `),
    ),
  },
  {
    name: 'not-binary-format',
    class: 'BAD_PAYLOAD',
    why: 'protobuf, Avro, MessagePack, CBOR or Thrift data that no decoder can read',
    test: either(
      names(
        'InvalidProtocolBufferException DecodeError SerializationException DeserializationException ExtraData SerializationError',
        'FormatError OutOfData InvalidMagicNumberException AvroDecodeError BadSchemaIdException CBORDecodeValueError',
        'BinaryDecoderException CBORDecodeError CBORDecodeEOF TProtocolException RecordDeserializationException MalformedFormatError',
        'InvalidAvroMagicError MessageFormatException MessageInsufficientBufferException UnpackException InsufficientBytesError',
        'JsonSyntaxException BufferUnderflowException _VALUE_DESERIALIZATION InvalidBSON UnpackValueError UnderflowError ContentDisallowed StreamCorruptedException OptionalDataException UnpicklingError BUFFER_SHORTAGE',
        'MessagePackSerializationException KryoException MessageSizeException MessageStringCodingException MalformedInputError',
        'IncompleteMessageException AvroRuntimeException InvalidDataException DataLossError KryoBufferUnderflowException',
      ),
      text(
        String.raw`
        protocol message (?:contained|had|end-group|tag had)
        while parsing a protocol message\b
        \b(?:illegal|invalid|wrong|unexpected) wire ?type\b
        index out of range: \d{1,9} \+ \d{1,9} > \d{1,9}
        invalid tag\b
        error parsing message\b
        proto: (?:cannot parse|illegal|wrong wiretype|unexpected eof|can't skip)
        truncated (?:message|buffer|data|input|stream|file|payload|record|body)
        invalid (?:end ?group|varint|field number)
        failed to (?:decode|parse) (?:protobuf|proto|avro|msgpack|cbor|thrift|binary)
        unexpected end ?group\b
        buffer underflow\b
        varint\b.{0,40}(?:too long|overflow|invalid)
        \b(?:unknown|invalid|unexpected|missing|bad) magic (?:byte|number|header)
        magic bytes?\b
        no json object could be decoded\b
        end of buffer not reached\b
        could not convert bson document\b
        not an avro\b
        invalid avro\b
        avro\b.{0,60}\b(?:truncated|corrupt|decod|invalid)
        unrecognized type byte\b
        insufficient (?:data|bytes|buffer)\b
        msgpack.{0,60}(?:decod|unpack|insufficient|extra|invalid|unexpected)
        invalid (?:msgpack|messagepack|cbor|thrift|bson)\b
        extra (?:data|bytes)(?: received| of the| found| at|:)
        never[- ]used (?:byte )?(?:0x)?c1
        premature end of stream \(
        failed to fill whole buffer\b
        invalid stream header\b
        incomplete (?:header|input|message|data|multibyte|utf-8|byte)
        pickle data was truncated\b
        invalid load key\b
        external representation of a term\b
        cbor\b.{0,60}(?:error|invalid|unexpected|premature)
        unsupported major type\b
        unexpected (?:eof|end of (?:data|buffer|input|message))\b(?!.{0,40}(?:socket|connection|reading|tls|ssl))
        data (?:is )?too short\b
        not enough (?:data|bytes)\b
        received extra data\b
        refusing to deserialize\b
        unexpected end of (?:data|message)\b
        corrupt(?:ed)? (?:data|message|input|stream|file|record|archive)\b
        cannot decode (?:the )?(?:message|data|value|input|bytes)
        bson\b.{0,40}(?:invalid|corrupt|truncat|too (?:large|small))
        must (?:be >=|===) bson size\b
        trailing (?:data|bytes|garbage)\b
        missing required '\w{1,40}'$
        corrupt input\b
        eof marker not found\b
        line contains nul\b
        frameType_unknown\b
        in destination buffer\b
        file is not a database\b
        invalid data found when processing input\b
        moov atom not found\b
        unknown schema id\b
        schema id .{0,30}not found
        \b(?:cannot|could not|unable to|failed to) (?:de-?seriali[sz]e|unmarshal|unpickle)\b(?! (?:value of|instance of))
        illegal tag \d
        footer is not found\b
        EOF expected \d{1,15} bytes\b
        not_x_content_exception\b
        InvalidDataRead\b
        InvalidMarkerRead\b
        improper image header\b
        not a (?:jpe?g|png|gif|tiff|webp|pdf|zip|gzip|parquet|avro|sqlite|7z|rar|tar) (?:file|image|archive|document)\b
        insufficient image data\b
        no images defined\b
        trailer dictionary\b
        xref table\b
        :data_error\b
        invalid (?:pdf|png|jpe?g|gif|zip|tar|image|archive) (?:structure|signature|header|file|data|magic)\b
        exceeds max_\w{1,12}_len\b
        file format cannot be determined\b
        is it an avro file\b
        no end header found\b
        checksum failure\b
        TAR_ENTRY_INVALID\b
        end-of-central-directory\b
        end-of-file, expected\b
        cannot read schema id from\b
        attempted to read \d{1,9} bytes?\b
        failed_to_uncompress\b
        unexpected end of (?:segment|interchange|record|stream|frame|block)\b
        (?<!unexpected )eof while reading\b
        does not support file format\b
        LZ4F_decompress failed\b
        BrotliDecoder\w{0,30} failed\b
        first segment must be\b
        content line could not be parsed\b
        incorrect decryption\b
        aead::error\b
        beyond the end of the stream\b
        found invalid data while decoding\b
      `,
        /\bunpack failed: /i,
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
        'BadGzipFile Z_DATA_ERROR Z_BUF_ERROR UnicodeDecodeError MalformedInputException CharacterCodingException BadZipFile',
        'InvalidByte InvalidLastSymbol InvalidByteSequenceError ERR_ENCODING_INVALID_ENCODED_DATA ZipException Utf8Error FromUtf8Error UnmappableCharacterException',
        'DecoderFallbackException CorruptInputError ERR_INVALID_CHAR_ENCODING DataFormatException LZMAError ZstdError BrotliDecodeError',
        'BufError ERR_BROTLI_DECODER_ERROR IllegalBase64Error DecoderException UndefinedConversionError InvalidCharacterError GzipFormatException',
      ),
      text(
        String.raw`
        incorrect (?:header|data|length) check\b
        \b(?:not|isn't) (?:in |a )?(?:valid )?(?:gzip|zlib|bzip2|zip file|zip archive)
        gzip: invalid header
        zlib: (?:invalid|data)
        invalid (?:stored block|distance|block type|code lengths|literal/length|data stream|window size|deflate)
        unexpected end of (?:file|zlib|compressed|archive)\b
        unknown compression (?:method|type)\b
        end of central directory\b
        invalid record length\b
        invalid (?:gzip|zlib|zip|compressed)
        crc(?:32)? (?:check|error|mismatch)
        checksum (?:mismatch|error|failed|does not match)
        end-of-stream marker was reached
        flate: corrupt
        error -\d while decompressing
        decompress(?:ion|ing)?\b.{0,40}\b(?:fail|error|invalid|corrupt)
        data error\b
        input is not in the \.gz format\b
        magic number in gzip header\b
        from after end of (?:block|input)\b
        \b(?:illegal|invalid|incorrect|malformed|corrupt(?:ed)?|wrong)\b.{0,24}\bbase-?64\b
        base-?64\b.{0,40}\b(?:illegal|invalid|incorrect|malformed|not|string contained|padding|decod\w{1,6} (?:error|failed))
        incorrect padding\b
        only base64 data is allowed\b
        invalid (?:character|byte|symbol) .{1,20} in (?:base64|input)
        non-?base64\b
        string to be decoded is not correctly encoded\b
        invalid (?:last symbol|input length|padding)\b
        invalid byte \d{1,3}, offset
        non-hexadecimal\b
        odd-length string\b
        not a valid base-64 string\b
        not valid base64\b
        last unit does not have enough valid bits\b
        input format not supported\b
        can't decode byte\b
        \b(?:malformed|invalid|illegal|bad|not valid|non) ?-?(?:utf-8|utf8|utf-16|utf16|byte sequence|start byte|continuation byte|multi-?byte|surrogate|unicode|code point)
        encoded data was not valid\b
        stream did not contain valid utf-?8\b
        input length = \d{1,4}$
        codec can't\b
        unmappable\b
        unable to translate bytes\b
        incomplete (?:utf-?8|multi-?byte)
        from ascii-8bit to utf-8\b
        byte order mark\b
        illegal character\b.{0,30}(?:encoding|utf)
        does not map to unicode\b
        illegal (?:character|input sequence)\b.{0,30}(?:input|position)
        illegal input sequence\b
        unable to detect compression type\b
      `,
        /\bencoding\/hex: /i,
      ),
    ),
  },
  {
    name: 'not-decryptable',
    class: 'BAD_PAYLOAD',
    why: 'the body was encrypted in a way that our keys do not open, or was changed on the way',
    test: butNot(
      either(
        names(
          'InvalidCiphertextException AEADBadTagException BadPaddingException IllegalBlockSizeException IncorrectKeyException',
          'InvalidCiphertext CryptographicException ERR_OSSL_BAD_DECRYPT ERR_OSSL_WRONG_FINAL_BLOCK_LENGTH JWEDecryptionFailed',
          'InvalidTag ERR_JWE_DECRYPTION_FAILED ERR_CRYPTO_INVALID_AUTH_TAG CipherError BadMacException InvalidCipherTextException',
          'DecryptionError DecryptError AwsCryptoException BadCiphertextException MessageAuthenticationError',
        ),
        text(String.raw`
          bad decrypt\b
          unable to authenticate data\b
          unsupported state or unable to authenticate
          decrypt(?:ion)?\b.{0,30}\b(?:failed|error|failure)
          \b(?:failed to|unable to|could not|cannot|can't) (?:be )?decrypt
          wrong final block length\b
          message authentication failed\b
          padding is (?:invalid|incorrect)
          invalid padding\b
          not properly padded\b
          mac check (?:in .{1,10} )?failed\b
          tag (?:mismatch|doesn't match|does not match)
          mac mismatch\b
          ciphertext (?:is )?(?:too short|invalid|corrupt)
          input length must be multiple of\b
          data must be padded to\b
          not a multiple of (?:the )?block
          padding check failed\b
          fernet\b.{0,60}invalid
          invalid ciphertext\b
          no secret key\b
          bytes are not padded\b
          oaep decoding error\b
          data (?:length )?(?:is )?not (?:a )?multiple of\b
          no valid openpgp data\b
          decrypt_message failed\b
        `),
      ),
      text(String.raw`
        customer (?:master )?key\b
        not authorized\b
        access ?denied
      `),
    ),
  },
  {
    name: 'cannot-be-decoded',
    class: 'BAD_PAYLOAD',
    why: 'the consumer says that the message itself could not be decoded',
    test: either(
      types(
        'BadPayloadError PoisonMessageError MalformedMessageError CorruptMessageException MalformedMessageException',
        'MessageConversionException MessageDecodeError MalformedPayloadError MessageParseError PayloadDecodeError',
      ),
      text(String.raw`
        \b(?:could not|cannot|can't|failed to|unable to|error) (?:be )?(?:pars|decod|deseriali[sz]|unmarshal)\w{0,4} (?:the |this |incoming |sqs |kafka |queue |json |xml ){0,3}(?:message|record|event|payload|body)\b(?! (?:field|attribute))
        \b(?:malformed|corrupt(?:ed)?|undecodable|unparseable|unparsable|unreadable) (?:message|payload|body|record|event|input)\b
        \b(?:message|payload|body|record) (?:is |was |could )?(?:malformed|corrupt(?:ed)?|undecodable|unparseable|unparsable|unreadable|truncated|not be (?:parsed|decoded|read))
      `),
    ),
    confidence: 0.7,
  },
];
