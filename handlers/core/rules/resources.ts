import { either, names, type Rule, sqlState, text } from './rule.ts';

/** More room, or less load, on our side. Pool waits stand here, before the time-outs whose words they use. */
export const RESOURCES: readonly Rule[] = [
  {
    name: 'out-of-memory',
    class: 'RESOURCE_EXHAUSTED',
    why: 'the process had no more memory',
    test: either(
      names(
        'OutOfMemoryError OutOfMemoryException MemoryError NoMemoryError ENOMEM ERR_WORKER_OUT_OF_MEMORY',
        'InsufficientMemoryException',
      ),
      text(
        /\bjavascript heap out of memory\b|\bheap out of memory\b|\breached heap limit\b|\bjava heap space\b|\bgc overhead limit\b|\bout of memory\b|\bcannot allocate memory\b|\bmemory allocation of \d{1,20} bytes failed/i,
        /\ballowed memory size of \d{1,20} bytes exhausted|\bcan't allocate memory\b|\barray buffer allocation failed\b|\bOOM command not allowed\b|\boom-?kill|\bdirect buffer memory\b/i,
      ),
      sqlState('53200'),
    ),
  },
  {
    name: 'pool-wait',
    class: 'RESOURCE_EXHAUSTED',
    why: 'every connection of our own pool was in use; nothing upstream was slow',
    test: either(
      names(
        'PoolTimeout SequelizeConnectionAcquireTimeoutError ConnectionPoolTimeoutException PoolExhaustedException',
        'PoolTimedOut PoolAcquireTimeoutException MongoWaitQueueTimeoutError WaitQueueTimeoutError P2024',
        'PoolTimeoutError KnexTimeoutError PoolInitializationException',
      ),
      text(
        /\bpool\b.{0,120}\b(?:timed? ?out|time-?out|exhausted|is full|limit of size|no (?:more )?(?:free|idle|available))|\b(?:timed? ?out|time-?out)\b.{0,120}\bpool\b/i,
        /pool-\d{1,4} - connection is not available\b|\btimeout exceeded when trying to connect\b|\bunable to acquire a connection\b|\bacquiring a connection\b|\bresourcerequest timed out\b|\bno connections? available in (?:the )?pool/i,
        /\bconnectionpool exhausted\b|\bpool (?:is )?(?:exhausted|overflow)|\bQueuePool limit\b|\btimeout waiting for (?:an? )?(?:idle object|connection from pool|free connection)/i,
      ),
    ),
  },
  {
    name: 'too-many-connections',
    class: 'RESOURCE_EXHAUSTED',
    why: "a server's connection slots are taken, mostly by our own consumers",
    test: either(
      names(
        'ER_CON_COUNT_ERROR ER_TOO_MANY_USER_CONNECTIONS ER_USER_LIMIT_REACHED ENILimitReachedException',
        'SubnetIPAddressLimitReachedException EC2ThrottledOutException',
      ),
      sqlState('53300', '08004'),
      text(
        /\btoo many (?:clients already|connections)\b|\bremaining connection slots are reserved\b|\bmax(?:imum)? number of (?:clients|connections|client connections) reached|\bconnection limit exceeded\b|\bmax_user_connections\b|\bsorry, too many clients\b|\bORA-(?:00018|00020|12519|12516)\b/i,
      ),
    ),
  },
  {
    name: 'files-threads-disk',
    class: 'RESOURCE_EXHAUSTED',
    why: 'disk, file handles, threads or processes ran out',
    test: either(
      names('ENOSPC EMFILE ENFILE EDQUOT'),
      sqlState('53100'),
      text(
        /\bno space left on device\b|\bdisk (?:is )?full\b|\bdisk quota exceeded\b|\btoo many open files\b|\bnot enough (?:disk )?space\b|\bfile table overflow\b/i,
        /\bunable to create (?:new )?native thread\b|\bcan'?t start new thread\b|\bresource temporarily unavailable.{0,40}(?:fork|thread|clone)|\b(?:fork|spawn|pthread_create)\b.{0,60}\bEAGAIN\b|\btoo many (?:threads|processes)\b/i,
        /\bno buffer space available\b|\bcannot assign requested address\b|\bEADDRNOTAVAIL\b|\bRejectedExecutionException\b|\bephemeral ports?\b.{0,40}exhaust/,
      ),
    ),
  },
];
