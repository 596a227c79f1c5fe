import { butNot, type Rule, text } from './rule.ts';

/** What says that the text speaks of nothing but its own failing. */
const EMPTY_WORDS = text(String.raw`
  ^(?:[\w.:]{0,60}(?:error|exception): )?(?:failed to (?:process|handle) (?:the )?(?:message|record|event|order|batch|job)\b.{0,20}|processing failed|(?:retries|retry attempts?|max(?:imum)? retries|max(?:imum)? attempts) (?:exhausted|exceeded|reached).{0,40}|giving up.{0,40}|internal error|unknown(?: error)?|undefined|null|none|failed|failure|error)$
`);

/**
 * The last resort: single words, believed only where nothing else spoke, and only for classes that nothing retries. What
 * must not be lost by a wrong guess is the honesty about retries: a guess here costs a person a look, no more.
 */
export const BY_WORD: readonly Rule[] = [
  {
    name: 'words-of-access',
    class: 'AUTH_FAILURE',
    why: 'the text speaks of a log-in, a permission or credentials',
    test: text(String.raw`
      \b(?:authenticat|authori[sz]|unauthori[sz])\w{0,8}\b
      credentials?\b
      permissions?\b
      passwords?\b
      login\b
      signed in\b
      access rights?\b
      privileges?\b
      apikey\b
      api key
      api_key\b
    `),
    confidence: 0.5,
  },
  {
    name: 'words-of-decoding',
    class: 'BAD_PAYLOAD',
    why: 'the text speaks of reading, decoding or decrypting data',
    test: text(String.raw`
      \b(?:decod|encod)(?:e|ed|er|ing)\b
      \b(?:un|de)?seriali[sz]\w{1,7}\b
      unmarshal\w{0,4}\b
      pars(?:e|ed|er|ing)\b
      malformed\b
      corrupt\w{0,4}\b
      truncat\w{2,4}\b
      decrypt\w{0,4}\b
      decompress\w{0,4}\b
      checksum\b
      unexpected (?:byte|char|character|end|token|symbol|code|tag|data|header|format|input)\b
      invalid (?:byte|char|character|header|encoding|data|stream|format|json|xml|token|escape|number|literal|unicode|sequence|hex|symbol)\b
      magic\b
      end of (?:input|data|file)\b
      not (?:a )?(?:valid|well-formed) (?:json|xml|yaml|csv|image|pdf|zip|document)\b
      unterminated\b
      header not found\b
      terminator\b
      has \d{1,4} (?:columns|fields|values)\b
      unsupported compression\b
      body is not\b
      requires a buffer of\b
      premature end\b
      not (?:a |an )?(?:valid )?(?:excel|word|pdf|png|jpe?g|gif|zip|tar|gzip|avro|parquet|protobuf|csv|xml|json|yaml|base64|hex)\b
      boundary\b
      union branch\b
      well[- ]formed\b
      damaged\b
      message version\b
    `),
    confidence: 0.5,
  },
  {
    name: 'words-of-use',
    class: 'CODE_BUG',
    why: 'the text tells how a part of the code is to be called, set up or closed',
    test: text(String.raw`
      \b(?:query|schema|metadata|model|mapping|serializer|constructor|callback|middleware|hook|plugin|decorator|transaction|cursor|event loop|coroutine|promise|client|context|iterator|generator|channel|mutex|lock|scope|container|component|bean|route|dialect|engine|runtime|listener|subscriber|reader|writer|stream)s?\b.{0,60}\b(?:registered|called|connected|complete|closed|committed|started|initiali[sz]ed|configured|disposed|declared|bound|mapped|running|released|attached|consumed|resolved|instantiated|nested)\b
      \b(?:callback|metadata|overload|subclass|superclass|prototype|decorator|middleware|constructor|getter|setter|mutex|coroutine|generator|bytecode|classpath|namespace|monkey|polyfill|stub|mock|placeholder|bind parameter|prepared statement)s?\b
      \w\(\) (?:is|was|has|needs|requires|expects|returned|only|must|should|cannot|can)\b
      \b(?:before|after|without|instead of) calling\b
      \bcannot be used (?:as|in|with|outside|inside|without)\b
      \bonly (?:works|be used|be called|available|valid) (?:in|on|with|inside|when)\b
    `),
    confidence: 0.4,
  },
  {
    name: 'words-of-data',
    class: 'VALIDATION_ERROR',
    why: 'the text speaks of a value that is missing, wrong or already there',
    test: butNot(
      text(String.raw`
        invalid\b
        required\b
        must (?:be|have|not|match|contain|start|end)\b
        missing\b
        not (?:found|exist|allowed|valid|permitted|supported|accepted|unique|recogni[sz]ed|numeric|known)\b
        does(?: not|n't) exist\b
        (?<!retries |attempts |redirects )\bexceed(?:s|ed)? (?!\d{1,3} redirects|with url)
        out of (?:range|bounds)\b
        duplicate\w?\b
        already\b
        constraints?\b
        validat\w{1,7}\b
        unsupported\b
        too (?:long|large|short|small|big|many|few|old|high|low)\b
        expected\b
        should (?:be|have|not|match)\b
        cannot be (?:null|empty|blank|negative|converted|used)\b
        mismatch\b
        does(?: not|n't) match\b
        violat\w{2,4}\b
        (?<!promises were )\brejected\b
        illegal\b
        no such\b
        conflict\b
        can(?:not|'t) be \w{3,20}\b
        not (?:eligible|possible|enough)\b
        has expired\b
        (?:greater|less|more|higher|lower|older|newer|later|earlier) than\b
        (?:does|do) not equal\b
        (?:above|below|over|under) (?:the |its |\w{2,20} )?(?:maximum|minimum|limit|threshold|allowed)
        has no [a-z]\w{1,30}\b
        \bno [a-z]\w{1,20} for \w
        wrong (?:length|format|type|value|currency|status|state|number|country)\b
        is (?:after|before) \w
        (?:is|are) not (?:open|active|serviced|maintained|available|enabled|verified|linked|complete|deliverable|listed)\b
        unsubscribed\b
        please (?:enter|provide|supply|specify|select)\b
        (?:quantity|amount|total|price|age|weight|count|size) -\d
        is (?:cancell?ed|closed|archived|expired|locked|blocked|suspended)\b
        check digits?\b
        is negative\b
        not in (?:the )?(?:enum|list|range|set|catalogue|catalog)\b
        at (?:most|least) \d
        cannot (?:ship|deliver|refund|cancel|book|sell|charge|invoice|order)\b
      `),
      EMPTY_WORDS,
    ),
    confidence: 0.4,
  },
  {
    name: 'words-of-code',
    class: 'CODE_BUG',
    why: 'the text speaks of types, calls, arguments or settings of the code itself',
    test: text(String.raw`
      \b(?:of|from|is|was|got|on|to|into|a|than|be) (?:undefined|null)\b
      \b(?:undefined|null) (?:is|was|value|object|reference|method|property|or|in)\b
      NoneType\b
      got nil\b
      arguments?\b
      callable\b
      object is\b
      import\b
      module\b
      config\w{0,9}\b
      syntax\b
      instance of\b
      attribute\b
      cast\b
      stack trace\b
      assert\w{0,4}\b
      panic\b
      unreachable\b
      implement\w{0,4}\b
      initiali[sz]ed?\b
      variable\b
      undeclared\b
    `),
    confidence: 0.4,
  },
];
