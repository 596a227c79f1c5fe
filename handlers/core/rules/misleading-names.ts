import { both, either, names, type Rule, status, text, within } from './rule.ts';

/** Errors under the name of another: a pool wait called a time-out (tie-break 2), a hang-up called one, an upstream’s own defect. */
export const MISLEADING_NAMES: readonly Rule[] = [
  {
    name: 'upstream-broke-inside',
    class: 'DEPENDENCY_FAILURE',
    why: 'a server answered 5xx and told of its own memory, disk, pool or defect: that is its to mend, not ours',
    test: both(
      text(String.raw`
        outofmemory
        heap space\b
        out of memory\b
        ENOSPC\b
        no space left\b
        typeerror\b
        nullpointer
        nullreference
        cannot read propert
        is undefined\b
        undefined method\b
        connection pool\b
        stackoverflow
        nil pointer\b
        index out of\b
        class ?cast
        sql syntax
        no such table\b
        attributeerror\b
        keyerror\b
        too many (?:connections|open files)\b
        connection slots\b
      `),
      status(500, 501, 502, 503),
    ),
    confidence: 0.8,
  },
  {
    name: 'store-full-by-another-name',
    class: 'RESOURCE_EXHAUSTED',
    why: 'a store, a log or a pool of ours is full, whatever the error is called',
    test: either(
      text(String.raw`
        storage ?quota(?: has been)? ?exceeded\b
        transaction log for database .{1,80} is full\b
        ORA-0(?:1653|1654|1652|4031|4030|1691)\b
        unable to extend table\b
        the table '.{1,80}' is full\b
        allocation of an extra .{1,20} would use more than\b
        connection not available and request was dropped from queue\b
        unable to start a transaction in the given time\b
        cannot allocate \d{1,15} bytes\b
        flood-stage\b
        of direct buffer memory\b
        could not allocate space for object\b
        filegroup is full\b
        read-only-allow-delete\b
        max_user_connections\b
        oom when allocating\b
        all pooled connections are in use\b
        max wait queue size\b
        failed to create new os thread\b
        over your space quota\b
        pooled item\b
        already waiting for a server\b
        process pool was terminated abruptly\b
        no free channel\b
        no channels left\b
        exhausted resources at\b
        due to memory limitations\b
        waiting to acquire (?:a )?(?:database )?connection\b
        maxBuffer length exceeded\b
        waitingclients count\b
        queue is at (?:its )?limit\b
        semaphore locked\b
        NJS-0(?:40|76)\b
        tarn/dist/pendingoperation\b
        asyncpg/pool\.py\b.{0,40}_acquire\b
        \bpool queue (?:length|is full|limit)\b
        (?:page|tab|renderer) crashed\b
        locks exceeds the lock table\b
        connection limit \(\d
        database space exceeded\b
        pool '.{1,60}' has already \d
        waiting for a connection to server .{1,80}maxPoolSize\b
        connections in use by\b
        out of file descriptors\b
        could not allocate \d
        (?:/tmp|/var\S{0,40}|disk|drive|partition|volume|file ?system|mount) is (?:nearly |almost )?full\b
        disk usage (?:at|is|of) (?:9\d|100) ?%
        ran out of (?:\w{2,20} ){0,2}(?:ports|memory|threads|handles|descriptors|connections|disk|space|inodes|sockets|workers)\b
        pool (?:is )?saturated\b
        max(?:imum)? open files\b
        paging file is too small\b
        insufficient system resources\b
        too large for (?:the )?(?:available )?memory\b
        memory size:? (\d{2,6}) ?mb,? max memory used:? \1 ?mb
        heap (?:is |space )?(?:exhausted|full)\b
        no space left$
        (?:waiting|waited) (?:\d{1,7} ?\w{1,8} )?for (?:a |an )?(?:free |idle )(?:connection|slot|worker|thread|permit|client)\b
        can(?:not|'t) fork(?: a| new| child| process|:|$)
        no (?:free |more |idle )?(?:threads|connections|workers|slots|memory|permits|handles|sockets|ports) (?:are |is )?(?:available|left|free)\b
        pool is (?:empty|full|exhausted|drained)\b
        buffer pool (?:is )?full\b
        all (?:\w{2,10} )?connections (?:are )?(?:in use|busy|taken)\b
        queue of .{1,30} is full\b
        swap (?:space )?(?:is )?(?:exhausted|full)\b
        cgroup memory\b
        operation timed out for an unknown reason\b
        arraymemoryerror\b
        decompression bomb\b
        unable to allocate\b
        lacked sufficient buffer space\b
        array dimensions exceeded\b
      `),
      within(names('TimeoutException'), /pool has been exhausted|MaxPoolSize/i),
      within(
        text(String.raw`
        resource temporarily unavailable\b
      `),
        /\bfork|\bspawn|\bthread|\bclone\b|\bprocess/i,
      ),
    ),
    confidence: 0.85,
  },
  {
    name: 'broken-connection-by-another-name',
    class: 'DEPENDENCY_FAILURE',
    why: 'the connection broke or the server showed a bad certificate, whatever the error is called',
    test: either(
      text(String.raw`
        socket hang ?up\b
        TypeError: terminated\b
        remote certificate (?:is|was) (?:invalid|rejected)(?!: client)
        remotecertificate(?:namemismatch|chainerrors|notavailable)
        communications? link failure\b
        communication error occurred\b
        connection_forced\b
        broker forced connection closure\b
        state changed \(master -> replica
        node is recovering\b
        cluster_block_exception\b
        circuit breaker triggered\b
        can't contact ldap server\b
        invalid json received from\b
        from the json web key set http response
        expected http/, rtsp/
        shutdowninprogress\b
        last packet sent successfully to the server\b
        is resuming after\b
        protocol error: .{0,3}HTTP/
        pool paused\b
        is rebalancing\b
        rejoin is needed\b
        invalid response body while trying to fetch\b
        already moved to another partition due to\b
        conflict with recovery\b
        protocol error, got\b
        invalid response to ssl negotiation\b
        server is not elasticsearch\b
        error::RedLight\b
        received http/0\.9 when not allowed\b
        SSL_read: connection was reset\b
        attempt to read after eof\b
        response \(5\d\d\) with invalid\b
        DECRYPTION_FAILED_OR_BAD_RECORD_MAC\b
        error reading ssh protocol banner\b
        no cluster leader\b
        \[08S01\]
        tcp provider: error code\b
      `),
      within(text(/\bunexpected eof\b/i), /\bbrokers?\b|\btls\b|\btcp\b/i),
      both(names('ECONNRESET ECONNREFUSED EPIPE'), names('TimeoutError NetworkError AxiosError TypeError')),
    ),
    confidence: 0.85,
  },
  {
    name: 'handshake-refused',
    class: 'AUTH_FAILURE',
    why: 'the server itself broke the handshake off: it misses a client certificate or a cipher, and no retry brings one',
    test: text(String.raw`
      alert handshake failure\b
      remote error: tls: handshake failure\b
      fatal alert: ?handshake_failure\b
      alert number 40\b
    `),
    confidence: 0.7,
  },
  {
    name: 'timed-out-by-another-name',
    class: 'TIMEOUT',
    why: 'time ran out in a handshake, a dial or a query, whatever the error is called',
    test: either(
      within(
        text(String.raw`
        socket closed\b
        authentication failed: request .{1,80} timed out\b
        before the deadline\b
      `),
        /SocketTimeoutException|\btimeout$/m,
      ),
      within(
        text(String.raw`
          operation (?:was |has been )?cancell?ed\b
          aborted\b
          transport connection\b
        `),
        /configured HttpClient\.Timeout/,
      ),
      text(String.raw`
        handshake (?:operation )?timed out\b
        time limit .{0,12}exceeded\b
        authentication time-?out\b
        keepalive (?:ping )?timeout\b
        due to connection timeout\b
        query timeout of \d
        tls handshake timeout\b
        dial tcp .{1,80}: (?:connect: )?(?:i/o timeout|connection timed out|operation timed out)
        timeout deadline: \d
        query_timeout\b
        running for too long\b
        SQLCODE=-913\b.{0,60}00C9008E
        SQLCODE=-911\b.{0,60}SQLERRMC=68\b
        lock wait timeout\b
        connection attempt failed because the connected party did not properly respond\b
        \b(?:within|after) (?:its|the|a) deadline\b
        non-blocking socket would block\b
        exceed(?:s|ed) (?:the )?(?:\w{2,20} ){0,3}\d{1,9} ?(?:ms|milliseconds|s|sec|seconds)\b(?! over time window)
        within the specified time\b
        can't connect to mysql server on .{1,120}\(timed out\)
        failed to connect to .{1,80} in \d{1,7} ?ms\b
        could not connect to server: connection timed out\b
        ran longer than \d
        max_statement_time exceeded\b
        exit (?:code|status) 124\b
      `),
    ),
    confidence: 0.9,
  },
];
