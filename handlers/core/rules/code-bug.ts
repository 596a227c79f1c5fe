import { either, names, type Rule, text, types } from './rule.ts';

/** The consumer is redeployed: code that stumbled. Asked after the classes of data, whose faults come in its clothes. */
export const CODE_BUG: readonly Rule[] = [
  {
    name: 'undefined-access',
    class: 'CODE_BUG',
    why: 'code reached into undefined, null or nil',
    test: either(
      text(
        String.raw`
        cannot (?:read|set) (?:properties|property) .{0,80}\bof (?:undefined|null)
        cannot (?:read|set) properties of (?:undefined|null)
        \b(?:undefined|null) is not (?:an object|a function|iterable)
        \b(?:is|are) not (?:a function|iterable|a constructor|defined|callable|subscriptable|async iterable)\b
        cannot destructure property\b
        assignment to constant\b
        class constructor .{1,60} cannot be invoked\b
        cannot convert undefined or null\b
        cannot (?:assign|redefine|delete|add) (?:to )?(?:read only )?property\b
        cannot use 'in' operator\b
        reduce of empty array\b
        cannot mix bigint\b
        private (?:field|member) .{1,60} must be\b
        'NoneType' object
        object has no attribute\b
        has no attribute '
        undefined (?:local variable or )?method\b
        invalid memory address or nil pointer\b
        nil pointer dereference\b
        object reference not set\b
        because ".{1,120}" is null\b
        attempt to (?:index|call|perform arithmetic on|compare|concatenate) (?:a |local |global |field |upvalue |two )
        undefined subroutine\b
        assignment to entry in nil map\b
        can't (?:call method ".{1,60}"|locate object method)
        call to (?:a member function|undefined (?:function|method))
        unsupported operand type
        takes (?:from )?\d{1,2} .{0,20}positional argument
        unexpected keyword argument
        missing \d{1,2} required (?:positional|keyword)
        undefined (?:variable|array key|index|offset|property|constant)\b
        attempt to read property\b
        got multiple values for argument\b
        not enough arguments\b
        too few arguments to function\b
        argument #?\d{1,2} .{0,80}must be of type\b
        return value must be of type\b
        argument \d{1,2} passed to\b
        must be an instance of\b
        can't convert nil into\b
        no implicit conversion (?:of|from)\b
        can't be coerced into\b
        cannot be cast to\b
        unable to cast object of type\b
        can only concatenate\b
        must be str, not\b
        indices must be integers\b
        don't know how to
        no function clause matching\b
        bad ?arith\b
        protocol .{1,60} not implemented for\b
        is undefined \(module\b
        not (?:a )?(?:CODE|HASH|ARRAY|SCALAR) reference\b
        use of uninitialized\b
        null pointer\b
        local variable .{1,60} (?:referenced before|where it is not)
        name '\w{1,60}' is not defined\b
        method missing\b
        no signature of method\b
        can't adapt type\b
        not all arguments converted\b
        cannot encode object\b
        can't compare offset-naive
        iterable expected\b
        timeout value is negative\b
        unexpected char 0x\w{1,4} at \d
        illegal character\(s\) in message header\b
        unable to make .{1,80} accessible\b
        failed making field\b
        can't evaluate field\b
        has no field or method\b
        invalid header value\b
        invalid uri scheme\b
        not enough values to unpack\b
        too many values to unpack\b
        object is not\b
        deref(?:erence)? (?:of )?(?:a )?null\b
        \{:noproc, 
        not valid due to the current state\b
        undefined function \w
        no process: the process is not alive\b
        evaluating an arithmetic expression\b
        requires explicit package name\b
        aborted due to compilation errors\b
      `,
        /\bcannot access ['"`]\w{1,80}['"`] before init/i,
        /\bcannot invoke (?:".{1,200}"|method) /i,
        /\bno such property: /i,
      ),
      names(
        'NullPointerException NullReferenceException ReferenceError NameError UnboundLocalError AttributeError',
        'NoMethodError ArgumentNullException UndefinedMethodError FunctionClauseError BadArityError ArgumentCountError',
        'KotlinNullPointerException UninitializedPropertyAccessException LazyInitializationException',
      ),
    ),
    confidence: 0.85,
  },
  {
    name: 'runaway-code',
    class: 'CODE_BUG',
    why: 'code that cannot go on: endless recursion, a failed assertion or cast, a part that is not implemented',
    test: either(
      names(
        'StackOverflowError StackOverflowException RecursionError SystemStackError InsufficientExecutionStackException',
        'ConcurrentModificationException ClassCastException InvalidCastException ArrayStoreException NegativeArraySizeException',
        'NotImplementedError NotImplementedException UnsupportedOperationException AssertionError ObjectDisposedException',
        'ZeroDivisionError DivideByZeroException FrozenError FiberError ArithmeticException ERR_ASSERTION DivisionByZeroError',
        'ERR_STREAM_WRITE_AFTER_END ERR_HTTP_HEADERS_SENT ERR_SOCKET_BAD_PORT ERR_INVALID_STATE UnboundPrefixException NotImplemented ERR_METHOD_NOT_IMPLEMENTED',
        'SQLSyntaxErrorException AsyncOperationError IllegalMonitorStateException ThreadStateException MissingGreenlet DetachedInstanceError',
        'AccessViolationException CaseClauseError WithClauseError InvalidProgramException TransactionRequiredException',
        'SynchronousOnlyOperation AppRegistryNotReady FieldError TemplateDoesNotExist TemplateNotFound TemplateSyntaxError',
      ),
      text(
        String.raw`
        maximum call stack size\b
        maximum (?:recursion depth|function nesting level)\b
        stack (?:level too deep|overflow)\b
        division by zero\b
        divided? by zero\b
        integer divide by zero\b
        not (?:yet )?implemented\b
        concurrent map (?:writes|read)
        all goroutines are asleep\b
        deadlock!
        goroutine stack exceeds\b
        close of closed channel\b
        send on closed channel\b
        negative waitgroup counter\b
        case_clause\b
        function_clause\b
        is not assignable to\b
        method not allowed\b
        already borrowed\b
        unreachable code\b
        ^unreachable$
        integer overflow\b
        internal error: entered unreachable\b
        cannot enlarge memory arrays\b
        double free\b
        heap corruption\b
        core dumped\b
        attempt to (?:add|subtract|multiply|divide) with overflow\b
        couldn't start .{0,20}event loop
        event loop is (?:closed|already running)
        coroutine .{1,80} was never awaited\b
        stack smashing detected\b
      `,
        /\bassertion (?:failed|error|`.{1,120}' failed)/i,
        /\binterface conversion: /i,
      ),
    ),
    confidence: 0.8,
  },
  {
    name: 'index-or-key',
    class: 'CODE_BUG',
    why: 'an index or key that own code took for granted',
    test: either(
      names(
        'KeyError IndexError IndexOutOfBoundsException ArrayIndexOutOfBoundsException',
        'StringIndexOutOfBoundsException IndexOutOfRangeException NoSuchElementException KeyNotFoundException',
        'StopIteration InputMismatchException MissingKeyException ArgumentOutOfRangeException StopAsyncIteration',
      ),
      text(
        String.raw`
        index (?:\d{1,9} )?out of (?:range|bounds)\b
        list index out of range\b
        index was out(?:side)? (?:of range|the bounds)
        slice bounds out of range\b
        given key .{0,80}was not present in the dictionary\b
        the index is \d{1,9}\b
        no value present\b
        sequence contains no (?:matching )?elements?\b
      `,
        /\bkey not found: /i,
        /\bkey .{1,60} not found in: /i,
      ),
    ),
    confidence: 0.7,
  },
  {
    name: 'own-file-access',
    class: 'CODE_BUG',
    why: 'a file that the package should hold, or a place it may not write to',
    test: either(
      names(
        'ENOENT EACCES EPERM EROFS EISDIR ENOTDIR FileNotFoundError FileNotFoundException NoSuchFileException IsADirectoryError',
        'DirectoryNotFoundException PermissionError NotADirectoryError FileExistsError',
      ),
      text(String.raw`
        no such file or directory\b
        read-only file system\b
        permission denied\b
        command not found\b
        cannot find the (?:file|path) specified\b
        executable file not found\b
      `),
    ),
  },
];

/** Names that say little; believed only when nothing else spoke, a status included. */
export const WEAK_CODE_BUG: readonly Rule[] = [
  {
    name: 'programming-error-type',
    class: 'CODE_BUG',
    why: 'exceptions that runtimes raise for defects, and libraries now and then for data',
    test: either(
      types(
        'TypeError RangeError ReferenceError IllegalStateException InvalidOperationException RuntimePanic SyntaxError',
      ),
      text(
        String.raw`
        panicked at\b
        no match of right hand side\b
        bad ?match\b
        uncaught typeerror\b
      `,
        /^panic: /i,
        /\bruntime error: /i,
        /\bfatal error: /i,
        /\bcalled `(?:Option|Result)::unwrap\(\)`/i,
        /\bPHP Fatal error: /i,
      ),
    ),
  },
];

/** A value that own code could not convert is most often the data's fault. */
export const WEAK_VALIDATION: readonly Rule[] = [
  {
    name: 'unusable-value-type',
    class: 'VALIDATION_ERROR',
    why: 'a value that could not be converted',
    test: names(
      'NumberFormatException DateTimeParseException ValueError IllegalArgumentException ArgumentError DateTimeException',
      'ArgumentException InvalidOperation ParseIntError ParseFloatError FormatException OverflowException',
      'OverflowError InvalidDate ConversionSyntax',
    ),
  },
];
