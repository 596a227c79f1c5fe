import { butNot, either, names, type Rule, sqlState, text } from './rule.ts';

/** More room, or less load, on our side. Pool waits stand here, before the time-outs whose words they use. */
export const RESOURCES: readonly Rule[] = [
  {
    name: 'out-of-memory',
    class: 'RESOURCE_EXHAUSTED',
    why: 'the process had no more memory',
    test: either(
      names(
        'OutOfMemoryError OutOfMemoryException MemoryError NoMemoryError ENOMEM ERR_WORKER_OUT_OF_MEMORY',
        'InsufficientMemoryException OutOfDirectMemoryError MEMORY_LIMIT_EXCEEDED',
        'TransactionOutOfMemoryError MemoryLimitExceeded bad_alloc',
      ),
      text(String.raw`
        javascript heap out of memory\b
        heap out of memory\b
        reached heap limit\b
        java heap space\b
        gc overhead limit\b
        out of memory\b
        can(?:not|'t) allocate memory\b
        memory allocation (?:of \d{1,20} bytes )?failed
        invalid memory alloc request size\b
        used memory > 'maxmemory'
        low on memory\b
        memory alarm\b
        metaspace\b
        \b(?:failed to|could not|unable to) allocate (?:memory|\d{1,20} bytes)
        invalid string length\b
        cannot create a string longer than\b
        unable to allocate .{1,60}(?:memory|array|bytes|MiB|GiB)
        allowed memory size of \d{1,20} bytes exhausted
        array buffer allocation failed\b
        OOM command not allowed\b
        oom[- ]?kill
        direct buffer memory\b
        memory (?:usage )?limit (?:\(.{1,40}\) |of .{1,20} )?(?:was |is |has been )?(?:exceeded|reached)
        exceed(?:s|ed|ing) (?:the )?memory limit
        insufficient (?:system )?memory\b
        not enough memory\b
        std::bad_alloc\b
        allotted memory\b
        resources exceeded during query\b
        out of shared memory\b
        requested array size exceeds vm limit\b
      `),
      sqlState('53200'),
    ),
  },
  {
    name: 'pool-wait',
    class: 'RESOURCE_EXHAUSTED',
    why: 'every connection of our own pool was in use; nothing upstream was slow',
    test: butNot(
      either(
        names(
          'PoolTimeout SequelizeConnectionAcquireTimeoutError ConnectionPoolTimeoutException PoolExhaustedException',
          'PoolTimedOut PoolAcquireTimeoutException MongoWaitQueueTimeoutError WaitQueueTimeoutError P2024',
          'NoFreeChannels PoolTimeoutError KnexTimeoutError PoolAcquireTimeoutError ResourceUnavailableError EmptyPoolError WaitQueueTimeout',
          'MaxConnectionsExceededError PoolExhaustedError PoolError ConnectionPoolExhaustedError ConnectionAcquireTimeoutError',
          'POOL_ENQUEUELIMIT BulkheadFullException',
          'BulkheadRejectedError BulkheadRejectedException PoolAcquirePendingLimitException',
        ),
        text(
          String.raw`
          pool\b.{0,120}\b(?:timed? ?out|time-?out|exhausted|is full|limit of size|no (?:more )?(?:free|idle|available)|overflow)
          \b(?:timed? ?out|time-?out)\b.{0,120}\bpool\b
          timeout exceeded when trying to connect\b
          unable to acquire (?:a )?(?:connection|jdbc)
          acquir(?:ing|e) (?:a )?(?:connection|client)\b
          resourcerequest timed out\b
          no (?:free |idle |more )?connections? available in (?:the )?pool
          operation timed out waiting for (?:a )?connection\b
          acquire operation took longer\b
          could not (?:get|obtain|acquire) (?:a )?(?:connection|resource) from (?:the )?pool
          connection ?pool (?:is )?exhausted\b
          pool (?:is )?(?:exhausted|overflow)
          QueuePool limit\b
          timeout waiting for (?:an? )?(?:idle object|connection from pool|free connection)
          queue limit reached\b
          cannot get a connection, pool error\b
          max(?:imum)? pool size (?:was |has been )?reached\b
          pool reached maximum size\b
          could not get a resource\b
          no connections? available\b
          couldn't get a connection after\b
          could not get a connection (?:after|within)\b
          \b:checkout\b.{0,400}\btime out\b
          checkout a Connection has timed out\b
          waiting to acquire a resource\b
          timed out in bb8\b
          timed out waiting for connection\b
          waitpid returned 9\b
          data too large, data for\b
          connection acquisition timed out\b
          checkout a connection\b
          waiting for a slot\b
          connection_pool/timed_stack\b
          Waited \d{1,6}(?:\.\d{1,3})? sec\b
          no connection of the pool\b
          connections? of the pool\b.{0,60}\bfree\b
          pending acquire queue\b
          timed out while checking out a connection\b
          bulkhead\b.{0,60}(?:full|rejected)
          could not obtain a (?:database )?connection within\b
          connection not available, request timed out\b
          acquisition timeout\b
          poolboy\.checkout\b
          (?:checkout|check out|acquir\w{1,4}|borrow\w{0,3}|lease)\b.{0,30}\bpool\b.{0,40}\b(?:time|timed) ?out\b
        `,
          /\bconnection is not available, request timed out\b/i,
          /pool-\d{1,4} - connection is not available\b/i,
          /\b(?:checkout|query_wait|pool|acquire|acquisition|queue)_timeout\b(?!['"`]?\s?[:=])/i,
        ),
      ),
      // The pool is only the place where a refused log-in or connection came to light.
      text(String.raw`
        \b(?:pool (?:is |was )?closed|failed to initialize pool|closed pool|threadpool|thread pool|pool destroyed)\b
      `),
    ),
  },
  {
    name: 'too-many-connections',
    class: 'RESOURCE_EXHAUSTED',
    why: "a server's connection slots are taken, mostly by our own consumers",
    test: either(
      names(
        'ER_CON_COUNT_ERROR ER_TOO_MANY_USER_CONNECTIONS ER_USER_LIMIT_REACHED ENILimitReachedException TooManyConnections',
        'SubnetIPAddressLimitReachedException EC2ThrottledOutException',
      ),
      sqlState('53300'),
      // MySQL has one SQLSTATE for a full server and for a log-in method it does not know.
      butNot(sqlState('08004'), text(/\bauthentication\b/i)),
      text(String.raw`
        too many (?:clients already|(?:client |open |database |active )?connections|open sockets|sessions)
        remaining connection slots are reserved\b
        max(?:imum)? number of (?:clients|connections|client connections|sessions|processes)\b.{0,30}\b(?:reached|exceeded)
        \b(?:connection|session|user connection|client)s? limit (?:has been |was |is )?(?:exceeded|reached)
        max_user_connections\b
        max_connections\b
        sorry, too many clients\b
        ORA-(?:00018|00020|12519|12516|12520)\b
        maxclients\b
        no more connections allowed\b
        max clients reached\b
      `),
    ),
  },
  {
    name: 'files-threads-disk',
    class: 'RESOURCE_EXHAUSTED',
    why: 'disk, file handles, threads or processes ran out',
    test: either(
      names(
        '_QUEUE_FULL MaxConnectionsError enospc emfile ENOSPC EMFILE ENFILE EDQUOT EFBIG EADDRNOTAVAIL ProcessLimitReached RejectedExecutionException TaskRejectedException',
      ),
      sqlState('53100', '53400'),
      text(String.raw`
        no space left on (?:the )?(?:device|disk)
        \b(?:disk|volume|filesystem|file ?system|tablespace|table|storage) (?:is )?full\b
        disk quota exceeded\b
        too many open files\b
        \b(?:not enough|insufficient|out of) (?:free )?(?:disk |storage )?space\b(?! in destination)
        file table overflow\b
        out of disk space\b
        disk usage exceeded\b
        read-only-allow-delete\b
        could not (?:extend|write) file .{1,120}no space
        unable to create (?:new )?(?:native )?thread\b
        can'?t (?:start|create) (?:new |native )?thread
        failed to create (?:a )?(?:new )?thread\b
        resource temporarily unavailable.{0,40}(?:fork|thread|clone)
        \b(?:fork|spawn|pthread_create|clone)\b.{0,60}(?:\bEAGAIN\b|resource temporarily unavailable)
        too many (?:threads|processes)\b
        thread limit\b
        no buffer space available\b
        cannot assign requested address\b
        ephemeral ports?\b.{0,40}exhaust
        address not available\b
        no free (?:worker|slot|permit|connection|thread)
        rejected from java\.util\.concurrent
        \b(?:work|local|job|task|send|internal|memory) (?:queue|buffer) is full\b
        system limit (?:has been )?reached\b
        resources? (?:is |are |were )?exhausted\b
        evicted\b.{0,60}\blow on resource
        node was low on resource\b
        has reached the negotiated channel_max\b
        number of (?:inotify|channels|sessions|open).{0,60}\breached\b
        eaddrnotavail\b
        temp_file_limit\b
        \b(?:session|worker|process|user|storage) limit\b.{0,50}\b(?:reached|exceeded)
        insufficient (?:number of|resources|capacity|buffers)\b
        exceeds memory available\b
        local:? queue full\b
        queue full\b
        workers? (?:are |is )?(?:busy|exhausted)
        file descriptors?\b.{0,60}(?:limit|exhaust|out of)
        no file descriptors available\b
        inotify watch(?:es)? limit\b
        only one usage of each socket address\b
      `),
    ),
  },
];
