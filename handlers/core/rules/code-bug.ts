import { either, names, type Rule, sqlState, text, types } from './rule.ts';

/** The consumer is redeployed. Words that only a defect of code or deployment brings forth. */
export const CODE_BUG: readonly Rule[] = [
  {
    name: 'undefined-access',
    class: 'CODE_BUG',
    why: 'code reached into undefined, null or nil',
    test: either(
      text(
        /\bcannot (?:read|set) (?:properties|property) .{0,80}\bof (?:undefined|null)|\bcannot (?:read|set) properties of (?:undefined|null)|\b(?:undefined|null) is not (?:an object|a function|iterable)|\b(?:is|are) not (?:a function|iterable|a constructor|defined)\b|\bcannot destructure property\b|\bcannot access ['"`]\w{1,80}['"`] before init|\bassignment to constant\b/i,
        /'NoneType' object|\bobject has no attribute\b|\bundefined (?:local variable or )?method\b|\binvalid memory address or nil pointer\b|\bobject reference not set\b|\bcannot invoke ".{1,200}" because\b|\battempt to (?:index|call) a nil\b|\bundefined subroutine\b|\bassignment to entry in nil map\b|\bcan't call method ".{1,60}" on (?:an )?undef|\bcall to a member function\b|\bunsupported operand type|\btakes \d{1,2} positional argument|\bgot an unexpected keyword argument|\bmissing \d{1,2} required positional argument/i,
      ),
      names(
        'NullPointerException NullReferenceException ReferenceError NameError UnboundLocalError AttributeError',
        'NoMethodError ArgumentNullException UndefinedMethodError',
      ),
    ),
    confidence: 0.85,
  },
  {
    name: 'missing-module',
    class: 'CODE_BUG',
    why: 'the deployed package lacks a module, class or handler',
    test: either(
      names(
        'MODULE_NOT_FOUND ERR_MODULE_NOT_FOUND ERR_REQUIRE_ESM ERR_PACKAGE_PATH_NOT_EXPORTED ModuleNotFoundError',
        'ImportError ClassNotFoundException NoClassDefFoundError NoSuchMethodError NoSuchFieldError',
        'UnsatisfiedLinkError LoadError FileLoadException TypeLoadException MissingMethodException',
        'DllNotFoundException UnsupportedClassVersionError AbstractMethodError ExceptionInInitializerError',
      ),
      text(
        /\bcannot find (?:module|package)\b|\bno module named\b|\bcannot import name\b|\bhandler not found\b|\bis undefined or not exported\b|\bcannot load such file\b|\bcan't locate .{1,120} in @inc\b|\bcannot open shared object file\b|\brequire\(\) of es module\b|\bexec format error\b|\binvalid elf header\b/i,
      ),
    ),
  },
  {
    name: 'own-configuration',
    class: 'CODE_BUG',
    why: "the consumer's own configuration is missing or names a thing that was never made",
    test: either(
      text(
        /\b(?:missing|undefined|unset|no|required) (?:required )?(?:environment|env) ?var(?:iable)?s?\b|\b(?:environment|env) ?var(?:iable)?s? .{0,80}\b(?:is |are |was )?(?:not (?:set|defined|found)|missing|required|undefined|empty)|\b(?:config(?:uration)?|setting)s?\b.{0,60}\b(?:missing|not (?:set|found|defined)|is required)|\bregion is missing\b|\bmust specify a region\b|\bmissing region in config\b|\bcould not resolve placeholder\b/i,
      ),
      names(
        'NoRegionError ConfigError ConfigurationError ConfigurationException ImproperlyConfigured',
        'UnsatisfiedDependencyException BeanCreationException NoSuchBeanDefinitionException',
        'ResourceNotFoundException NonExistentQueue QueueDoesNotExist NoSuchBucket TableNotFoundException',
        'ParameterNotFound UNIMPLEMENTED UnimplementedError',
      ),
    ),
    confidence: 0.75,
  },
  {
    name: 'own-syntax-or-sql',
    class: 'CODE_BUG',
    why: 'code or SQL of our own that cannot be run as written',
    test: either(
      sqlState('42', '26', '34'),
      names(
        'IndentationError ER_PARSE_ERROR ER_BAD_FIELD_ERROR ER_NO_SUCH_TABLE BadSqlGrammarException',
        'SQLSyntaxErrorException UndefinedTable UndefinedColumn TabError P2021 P2022 ERR_INVALID_ARG_TYPE',
        'ERR_INVALID_ARG_VALUE',
      ),
      text(
        /\bsyntax error at or near\b|\byou have an error in your sql syntax\b|\b(?:relation|column|table|function) ["'`]?[\w.()]{1,120}["'`]? does not exist\b|\bno such (?:table|column|function)\b|\bunknown column\b|\btable .{1,80} doesn't exist\b|\binvalid (?:column|object) name\b|\bORA-00(?:904|942|933|936)\b/i,
      ),
    ),
  },
  {
    name: 'runaway-code',
    class: 'CODE_BUG',
    why: 'endless recursion, or a runtime that detected a defect',
    test: either(
      names(
        'StackOverflowError StackOverflowException RecursionError SystemStackError',
        'ConcurrentModificationException ClassCastException InvalidCastException ArrayStoreException',
        'NotImplementedError NotImplementedException UnsupportedOperationException AssertionError',
        'ZeroDivisionError DivideByZeroException FrozenError FiberError ArithmeticException ERR_ASSERTION',
        'ERR_UNHANDLED_REJECTION SyntaxError ERR_INVALID_STATE UnboundPrefixException',
      ),
      text(
        /\bmaximum call stack size\b|\bmaximum recursion depth\b|\bstack (?:level too deep|overflow)\b|\bdivision by zero\b|\bdivide by zero\b|\bnot (?:yet )?implemented\b|\bassertion (?:failed|error)\b|\bconcurrent map (?:writes|read)|\ball goroutines are asleep\b|\binterface conversion: /i,
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
        'StopIteration InputMismatchException',
      ),
      text(
        /\bindex out of (?:range|bounds)\b|\blist index out of range\b|\bslice bounds out of range\b|\bkey not found: /i,
      ),
    ),
    confidence: 0.7,
  },
];

/** Names that say little; believed only when nothing else spoke, a status included. */
export const WEAK_CODE_BUG: readonly Rule[] = [
  {
    name: 'programming-error-type',
    class: 'CODE_BUG',
    why: 'exceptions that runtimes raise for defects, and libraries now and then for data',
    test: either(
      types('TypeError RangeError ReferenceError IllegalStateException InvalidOperationException RuntimePanic'),
      text(/\bpanicked at\b|^panic: |\bruntime error: |\bfatal error: |\bcalled `(?:Option|Result)::unwrap\(\)`/i),
    ),
  },
  {
    name: 'own-file-access',
    class: 'CODE_BUG',
    why: 'a file that the package should hold, or a place it may not write to',
    test: names('ENOENT EACCES EPERM EROFS EISDIR ENOTDIR FileNotFoundError FileNotFoundException NoSuchFileException'),
  },
];

/** A value that own code could not convert is most often the data's fault. */
export const WEAK_VALIDATION: readonly Rule[] = [
  {
    name: 'unusable-value-type',
    class: 'VALIDATION_ERROR',
    why: 'a value that could not be converted',
    test: names(
      'NumberFormatException DateTimeParseException ValueError IllegalArgumentException ArgumentError',
      'ArgumentException ArgumentOutOfRangeException InvalidOperation ParseIntError ParseFloatError',
    ),
  },
];
