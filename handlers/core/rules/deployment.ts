import { butNot, either, names, type Rule, sqlState, text } from './rule.ts';

/**
 * The consumer is redeployed: what only a defect of code, of its package or of its configuration brings forth. Asked
 * before the classes of data, whose words ("does not exist", "is required") it shares.
 */
export const BROKEN_DEPLOYMENT: readonly Rule[] = [
  {
    name: 'missing-module',
    class: 'CODE_BUG',
    why: 'the deployed package lacks a module, class or handler',
    test: either(
      names(
        'MODULE_NOT_FOUND ERR_MODULE_NOT_FOUND ERR_REQUIRE_ESM ERR_PACKAGE_PATH_NOT_EXPORTED ModuleNotFoundError',
        'ImportError ClassNotFoundException NoClassDefFoundError NoSuchMethodError NoSuchFieldError ERR_UNSUPPORTED_DIR_IMPORT',
        'UnsatisfiedLinkError LoadError FileLoadException TypeLoadException MissingMethodException ERR_DLOPEN_FAILED',
        'DllNotFoundException UnsupportedClassVersionError AbstractMethodError ExceptionInInitializerError BadImageFormatException',
        'MissingPropertyException InaccessibleObjectException IncompatibleClassChangeError IllegalAccessError VerifyError EntryPointNotFoundException UndefinedFunctionError',
        'ERR_UNKNOWN_FILE_EXTENSION InvalidHandlerException HandlerNotFoundException PackageNotFoundError UnknownServiceError InvalidRegionError NotRegistered ReflectionTypeLoadException',
      ),
      text(
        String.raw`
        cannot find (?:module|package|symbol)\b
        no module named\b
        cannot import name\b
        handler (?:.{1,80} )?(?:not found|missing)\b
        is undefined or not exported\b
        cannot load such file\b
        uninitialized constant\b
        incomplete object\b
        could not find job class\b
        cannotpullcontainererror\b
        can't locate .{1,120} in @inc\b
        cannot open shared object file\b
        require\(\) of es module\b
        exec format error\b
        invalid elf header\b
        could not load (?:the )?file\b
        unable to load (?:type|dll|library|shared library)
        unable to import (?:module|required dependencies)
        cannot use import statement outside\b
        class ["'].{1,120}["'] not found\b
        undefined symbol\b
        no such file or directory.{0,60}(?:bootstrap|entrypoint|\.so\b|index\.m?js)
        GLIBC_\d
        no suitable driver\b
        could not find or load main class\b
        in java\.library\.path\b
        can't find bundle for base name\b
        could not initialize class\b
      `,
        /\bmodule ["'`]?.{1,120} not found\b/i,
      ),
    ),
  },
  {
    name: 'own-configuration',
    class: 'CODE_BUG',
    why: "the consumer's own configuration is missing or names a thing that was never made",
    test: either(
      text(
        String.raw`
        \b(?:missing|undefined|unset|no|required) (?:required )?(?:environment var|env var|env_var|envvar)(?:iable)?s?\b
        \b(?:environment var|env var|env_var|envvar)(?:iable)?s? .{0,80}\b(?:is |are |was )?(?:not (?:set|defined|found|configured|provided)|missing|required|undefined|empty|must be)
        \b(?:config(?:uration)?|setting)s?\b.{0,60}\b(?:missing|not (?:set|found|defined|configured)|is required|invalid|undefined)
        region is missing\b
        must specify a region\b
        missing region in config\b
        could not resolve placeholder\b
        improperly configured\b
        no connection adapters were found\b
        illegal header value\b
        invalid dsn\b
        after close\b
        wrong number of arguments for\b
        no_route\b
        no (?:queue|exchange) '
        unlocked lock\b
        cursor (?:is )?already closed\b
        UNKNOWN_TOPIC_OR_PART\b
        key values mismatch\b
        config profile \(
        argument '\w{1,40}' has incorrect type\b
        option --?[\w-]{1,40}: is unknown\b
        must have a value\b
        no value provided for input\b
        expected connection string\b
        inequivalent arg\b
        DECODER routines::unsupported\b
        pool is closed\b
        PRECONDITION_FAILED\b.{0,40}\bqueue
        pass options\.
        content-length header\b
        config property \S{1,80} is required\b
        configsource\b
        no scheme supplied\b
        unsupported protocol scheme\b
        missing an 'http://'
        ca certificate bundle, invalid path\b
        required key [A-Z_]{4,60} missing\b
        could not find region configuration\b
        misconfigur
        process\.env\.\w{1,60}\b.{0,60}(?:undefined|missing|not|required)
        is not configured\b
        no (?:qualifying bean|provider for|adapter for|connection adapter|database selected|configuration found)
        unable to resolve (?:service|dependency|dependencies)
        can't resolve dependencies\b
        no service for type\b
        has not been (?:registered|initialized|configured)
        not (?:been )?registered (?:in|with|as|for)\b
        no metadata for\b
        specified queue does not exist\b
        unknown (?:database|topic or partition|queue|host key|collection)\b
        no such (?:bucket|queue|topic|function|index|stream|collection|database)\b
        nonexistent(?:queue| queue)
        index_not_found
        requested resource not found\b
        this server does not host this topic
        no such index \[
        (?:ENOTFOUND|EAI_AGAIN) (?:undefined|null)\b
        missing required configuration\b
        layer version .{0,120}not found\b
        GLIBC(?:XX)?_\S{1,20}' ?not found\b
        template \S{1,80} (?:was )?not found\b
        before init(?:iali[sz]ation)?\b
        migrations? (?:is |are )?pending\b
        pending migrations?\b
        \benv [A-Z][A-Z0-9_]{2,60} (?:is )?(?:missing|not set|empty|undefined)\b
        config(?:uration)? (?:key|value|entry|property) \S{1,80} (?:is )?missing\b
      `,
        /\b[A-Z]{2,20}(?:_[A-Z0-9]{1,20}){1,6} (?:(?:is|was|must be|has to be) )?(?:not set|not defined|unset|undefined|missing|empty|required|set|defined|provided)\b/,
        /\b(?:queue|topic|bucket|table|stream|state machine|function|index|collection|exchange|log group|secret|parameter|cluster|database|keyspace|vhost|schema|event bus|endpoint)s? ?(?:['"`(:].{1,120}|[\w./-]{1,80})? ?(?:does(?: not|n't) exist|was not found|not found|is not found)\b/i,
        /\bno (?:queue|exchange|topic|bucket|table) ['"`].{1,120}['"`] (?:in|found|exists)/i,
        /\bdatabase ["'`].{1,80}["'`] does not exist/i,
      ),
      names(
        'THIRD_ACCOUNT_HOP_DETECTED THIRD_REGION_HOP_DETECTED COMMAND_INVALID UNEXPECTED_FRAME FRAME_ERROR ConfigException NoRegionError ConfigError ConfigurationError ConfigurationException ImproperlyConfigured NoSuchBeanDefinitionException',
        'UnsatisfiedDependencyException BeanCreationException ResourceNotFoundException NonExistentQueue QueueDoesNotExist',
        'NoSuchBucket TableNotFoundException ParameterNotFound UNIMPLEMENTED UnimplementedError NO_RESOURCE NoSuchEntity',
        'ER_BAD_DB_ERROR InvalidCatalogName index_not_found_exception IndexNotFoundException UNKNOWN_TOPIC_OR_PARTITION',
        'UnknownTopicOrPartitionException TopicNotFoundException StateMachineDoesNotExist StreamNotFound SecretNotFound',
        'InvalidConfigurationException EntityMetadataNotFoundError ConnectionNotFoundError',
        'BindingResolutionException ProvisioningException InvalidConfiguration BeanInstantiationException NoSuchHostedZone',
        'ER_NO_DB_ERROR SDK_CLIENT_ERROR EndpointDisabled PlatformEndpointDisabled',
      ),
    ),
    confidence: 0.75,
  },
  {
    name: 'own-place',
    class: 'CODE_BUG',
    why: 'a local file, port or permission of the process that its deployment gives it',
    test: either(
      names('EADDRINUSE NotCapable ERR_OSSL_EVP_UNSUPPORTED ERR_ACCESS_DENIED'),
      text(String.raw`
        access to the path .{1,160} is denied\b
        address already in use\b
        run again with the --allow-
        exited with 12[67]\b
        exit (?:status|code) 12[67]\b
        sh: (?:\d{1,3}: )?\S{1,80}: not found\b
        permission denied(?: @ |,? ?[:'"(]{1,3} ?['"]?/)
        \.(?:sh|py|rb|pl|js|bin): permission denied\b
        file /\S{1,120} (?:was |is )?not found\b
      `),
    ),
    confidence: 0.8,
  },
  {
    name: 'own-syntax-or-sql',
    class: 'CODE_BUG',
    why: 'code or SQL of our own that cannot be run as written',
    test: either(
      // MySQL says 42000 of a dozen things; its words tell them apart.
      butNot(sqlState('42', '26', '34', '3D', '3F', '0A', '25P02', '25001'), sqlState('42000', '42501')),
      names(
        'IndentationError ER_PARSE_ERROR ER_BAD_FIELD_ERROR ER_NO_SUCH_TABLE BadSqlGrammarException ER_WRONG_FIELD_SPEC',
        'UndefinedTable UndefinedColumn UndefinedFunction TabError P2021 P2022 ERR_INVALID_ARG_TYPE',
        'ERR_INVALID_ARG_VALUE ER_SP_DOES_NOT_EXIST ER_WRONG_VALUE_COUNT_ON_ROW SQLGrammarException QuerySyntaxException',
        'ParameterCountError ER_NON_UNIQ_ERROR AmbiguousColumn DatatypeMismatch WRONGTYPE NOSCRIPT UNKNOWN_TABLE',
        'UnknownColumnError CommandSyntaxError InvalidSchemaName UserCodeSyntaxError UNKNOWN_IDENTIFIER',
      ),
      text(
        String.raw`
        syntax error at or near\b
        you have an error in your sql syntax\b
        no such (?:table|column|function|command)\b
        has no column named\b
        bind parameters must not\b
        prepared statement .{1,80} (?:already exists|does not exist)\b
        syntax error; token\b
        unknown (?:column|command|table|function|operator)\b
        table .{1,80} doesn't exist\b
        invalid (?:column|object|table) name\b
        ORA-00(?:904|942|933|936|907|911|923|979|918)\b
        incorrect syntax near\b
        sql compilation error\b
        invalid identifier\b
        not found inside\b
        unrecognized name:
      `,
        /\b(?:relation|column|table|function|type|operator) ["'`]?[\w.()]{1,120}["'`]? (?:of relation .{1,80} )?does not exist\b/i,
      ),
      // A parser of JSON or XML that speaks of syntax reads data.
      butNot(
        text(String.raw`
          syntax error\b.{0,40}\b(?:in (?:sql|query|statement|/|at)|near|line|unexpected (?!end of)|expecting|at end of input)
          parse error: syntax error\b
          parse(?:\w{0,10})error: (?:syntax error, )?unexpected\b
          could not determine data type of parameter\b
          wrong number of (?:bindings|bind variables|arguments|parameters|values)
          column count doesn't match\b
          bind message supplies\b
          statement .{1,60} does not exist
          ambiguous column\b
          column reference .{1,80} is ambiguous
          no viable alternative at input\b
          incorrect number of bindings\b
          cannot query field\b
          unexpected token .{1,20}, expec(?:ting|ted)\b.{0,80}\b(?:in|on line)\b
          must appear in the group by\b
          no matching function\b
          no value specified for parameter\b
          unhandled match case\b
          must always run within\b
          must be an associative array\b
          cannot find dispatch method\b
          mandatory field '
          MOVED \d{1,5} \d{1,3}\.
          write after end\b
          port should be >= 0\b
          another operation is in progress\b
          no live threads left\b
          no matching script\b
          CROSSSLOT\b
          vhost \S{1,80} not found\b
          readonly database\b
          unable to open database file\b
          could not parse sqlalchemy url\b
          missing process handler\b
          no application encryption key\b
          invalid key length\b
          certificate file, invalid path\b
          server did not recognize the value of http header soapaction\b
          topic or partition that does not exist\b
          content must be bytes\b
          converting null to \w{2,12} is unsupported\b
          pipelining of requests\b
          json web key set malformed\b
          no matching event handler\b
          no handler (?:for|registered|found)\b
          has no handler\b
          unable to find activitytype\b
          but the statement requires \d
          got \d{1,3} parameters but\b
          invalid reference to from-clause
        `),
        text(String.raw`
          json
          xml syntax
          loadxml\b
          etree\b
          expat
          elementtree
        `),
      ),
    ),
  },
  {
    name: 'own-output',
    class: 'CODE_BUG',
    why: 'the consumer could not write down what it made itself',
    test: either(
      names('MarshalError UnsupportedTypeError JsonGenerationException InvalidDefinitionException'),
      text(String.raw`
        is not json serializable\b
        circular structure to json\b
        how to serialize a bigint\b
        json: unsupported (?:type|value)\b
        self referencing loop\b
        no serializer found for class\b
        unable to marshal response\b
        possible object cycle\b
        infinite recursion \(stackoverflow
        unable to serialize\b
        cannot serialize\b
        failed to serialize\b
        serialization of .{1,80} is not (?:allowed|supported)
        malformed lambda proxy response\b
        cannot pickle\b
        can't pickle\b
      `),
    ),
  },
];
