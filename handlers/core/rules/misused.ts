import { type Rule, text } from './rule.ts';

/**
 * What runtimes, drivers and frameworks say to the programmer who calls them wrongly. Their words are those of other classes
 * (a connection, a lock, a missing value), so they are asked before them.
 */
export const MISUSED: readonly Rule[] = [
  {
    name: 'language-or-library-misused',
    class: 'CODE_BUG',
    why: 'what runtimes and libraries say of a call that can never work: the words of a validator, about our own code',
    test: text(String.raw`
      argument of type '\w{1,30}' is not iterable
      must be (?:real number|str|string|int|bytes|a string|an integer), not \w
      expected str, bytes or os\.pathlike object
      a bytes-like object is required, not
      (?:string|list|tuple) indices must be integers
      not supported between instances of
      unhashable type: '
      cannot unpack non-iterable
      object of type '\w{1,30}' has no len\b
      can only (?:join|concatenate|assign) an? \w
      invalid format specifier\b
      cannot schedule new futures after\b
      changed size during iteration\b
      mutated during iteration\b
      operation on closed file\b
      signal only works in main thread\b
      cannot be called from a running event loop\b
      no running event loop\b
      attached to a different (?:event )?loop\b
      working outside of (?:application|request) context\b
      apps aren't loaded yet\b
      settings are not configured\b
      is not bound to a session\b
      greenlet_spawn has not been called\b
      '?argument'? must be (?:of type|an instance of|one of type)
      ['"] argument must be\b
      received (?:undefined|null|an instance of|type \w{1,12} \()
      callback must be a function\b
      promise resolver \w{1,20} is not a function\b
      generator is already (?:running|executing)\b
      could not be cloned\b
      called on incompatible receiver\b
      cannot set headers after they are sent\b
      invalid (?:array length|count value|regular expression)\b
      await is only valid in\b
      required a bean of type\b
      failed to bind properties\b
      no converter found (?:capable|for)\b
      could not initialize proxy\b
      detached entity passed to persist\b
      references an unsaved transient instance\b
      unsupported class file major version\b
      begin -?\d{1,9}, end -?\d{1,9}, length \d
      comparison method violates its general contract\b
      no transaction is (?:in progress|active)\b
      (?:statement|resultset|result set|connection) is closed\.?$
      not allowed after resultset closed\b
      before start of result set\b
      parameter index out of range\b
      was not found in this resultset\b
      invalid column index\b
      missing in or out parameter\b
      nullable object must have a value\b
      collection was modified; enumeration\b
      an item with the same key has already been added\b
      cannot access a disposed object\b
      connectionstring property has not been initialized\b
      second operation was started on this context\b
      ensure that the entity type has been added\b
      already an open datareader\b
      must declare the scalar variable\b
      expects parameter '@
      sql: expected \d{1,3} arguments\b
      sql: unknown driver\b
      unsupported scan, storing
      flag provided but not defined\b
      function "\w{1,60}" not defined\b
      reflect: call of\b
      json: unmarshal\(non-pointer
      no host in request url\b
      missing protocol scheme\b
      wrong number of arguments \(
      can't modify frozen\b
      comparison of \w{1,60} with .{1,60} failed\b
      superclass mismatch\b
      private method .\w{1,60}. called\b
      unknown keywords?: :
      key not found: (?::|.[A-Z][A-Z0-9_]{2,60}.$)
      recursive locking\b
      during iteration\b
      unknown attribute .\w{1,60}. for\b
      missing attribute: \w
      cannot redeclare\b
      cannot access offset of type\b
      cannot modify readonly property\b
      cannot instantiate (?:abstract class|interface)\b
      non-static method\b
      failed opening required\b
      invalid parameter number\b
      could not find driver\b
      there is no reactor running\b
      cannot start a runtime from within a runtime\b
      already (?:mutably )?borrowed\b
      environment variable not found\b
      is undefined or private\b
      could not fetch application environment\b
      bad argument in arithmetic expression\b
      no case clause matching\b
      expected a map, got\b
      can't use (?:an undefined value|string \()
      bareword "\w{1,60}" not allowed\b
      modification of a read-only value\b
      unbound variable\b
      bad substitution\b
      (?:unrecognized|invalid|unknown|illegal) option (?:--|'|-|:)
      unrecognized arguments?:
      cannot execute binary file\b
      operate on closed transaction\b
      unknown parameter in input\b
      no creators, like\b
      no serializer found for class\b
      missing type map\b
      transaction query already complete\b
      schema hasn't been registered\b
      named query .{1,60} not found\b
      unknown arg(?:ument)? .{1,60} (?:in|for type) .{1,60}(?:did you mean|available (?:args|options))
      undefined binding\(s\) detected\b
      rows are closed\b
      no connection pool for\b
      runtime .{0,40}is being shutdown\b
      tokio .{0,60}being shutdown\b
      invalid (?:update|keycondition|condition|filter|projection)expression\b
      expressionattribute(?:names|values)\b
      reserved keyword\b
      provided key element does not match\b
      query condition missed key schema\b
      with which to generate a foreign key\b
      callback was already called\b
      must be connected before\b
      fillable property to allow\b
      to use \w{1,40}\(\) (?:you must|first)\b
      call \.?\w{1,40}\(\) (?:first|before)\b
      \w\(\) (?:must|should|has to|needs to|can only|cannot|may not) be (?:called|used|invoked)\b
      (?:was|is) called (?:twice|more than once|multiple times|before|after|outside)\b
      did you forget to\b
      \bforgot to\b
      make sure (?:you|that you|to) (?:have )?(?:called?|import|register|install|configure|define)
      has not been (?:registered|initiali[sz]ed|configured|opened|started|mocked|injected)\b
      (?:is|was) not (?:registered|initiali[sz]ed|configured|mapped|injected|bound to)\b
      \[(?:terminated|shutting down), pool size\b
      specified in (?:value|key)\.serializer\b
      not a char boundary\b
      failed to open/read local data\b
      could not open file or uri\b
      not allowed by the security policy\b
      unknown (?:encoder|decoder|codec|muxer|demuxer|filter|protocol driver)\b
      malformed input to a url\b
      undefined scheme\b
      operator does not exist\b
      current transaction is aborted\b
      dict key must be\b
      cannot be resolved or requester\b
      cannot encode object: 
      convert to a bytes, string\b
      invalid character in header content\b
      cannot overwrite .{1,60} model once compiled\b
      CannotSendRequest\b
      commands out of sync\b
      unknown delivery tag\b
      cannot find any provider supporting\b
      no time zone found with key\b
      there is no current event loop\b
      jsonpath '.{1,80}' specified for the field\b
      from the __main__ module\b
      as the client has been closed\b
      argument .{1,40} required, but got: undefined\b
      codec can't encode character\b
      no provider for\b
      no such algorithm\b
      (?:event|case|type|command|message|action) (?:type )?in switch\b
      unknown flag\b
      has no method\b
      invariant (?:violat\w{2,4}|failed|broken)
      impossible state\b
      (?:expected|returned?) an? (?:promise|function|callback|constructor),? (?:but )?got\b
      (?:circular|cyclic) (?:dependency|import|reference)\b
      (?:dependency|import) cycle\b
      is not exported\b
      invalid sql\b
      wrong arity\b
      no handler (?:is )?(?:registered|found|defined|for)\b
      missing import\b
      unsupported operation\b
      lib\w{1,30}\.so(?:\.\d{1,3})? (?:is )?missing\b
      no route for event\b
      called with \d{1,2} arguments?\b
      (?:serializer|deserializer|handler|codec|converter|mapper|factory|plugin|driver|dialect|processor) (?:is |was )?not registered\b
      promise (?:was )?never (?:resolved|settled)\b
      (?<!http )\bmethod not found\b
      invalid cast\b
      error occurred while decoding column\b
      to be a function\b
      expected string or bytes-like object\b
      descriptor '\w{1,60}' requires\b
      truth value of an? \w{1,30} is ambiguous\b
      could not be broadcast together\b
      tz-aware with tz-naive\b
      session's transaction has been rolled back\b
      entity namespace for\b
      could not refresh instance\b
      can't execute queries until the end\b
      must be an? \"?\w{1,60}\"? instance\b
      unsaved related object\b
      is not fully defined\b
      unable to generate pydantic-core schema\b
      invalid type for parameter .{1,60} valid types:
      use decimal types instead\b
      unrecognized pipeline stage\b
      unable to configure handler\b
      no option '\w{1,60}' in section\b
      unsupported format character\b
      unterminated subpattern\b
      encountered in format string\b
      divisionundefined\b
      math range error\b
      \] not in index\b
      a value is required for bind parameter\b
      unresolvable json pointer\b
      the '\w{1,40}' resource does not exist\b
      not compatible with sql type\b
      cannot drop a runtime\b
      cannot be tracked because another instance\b
      either the request uri must be\b
      has already started one or more requests\b
      deserialization of types without\b
      instances is not supported\b
      (?:connection string )?keyword '\w{1,40}' is not supported\b
      synchronous operations are disallowed\b
      could not find stored procedure\b
      no column found for name\b
      relative url without a base\b
      capacity overflow\b
      cannot access a disposed\b
      linq expression .{1,120} could not be translated\b
      cannot write to a closed\b
      enumeration has not started\b
      change non-concurrent collections\b
      requires an open and available connection\b
      has no primary key\b
    `),
  },
];
