import assert from 'node:assert';
import { execFile, fork, spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import fs from 'node:fs';
import fsp from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { closeLater, file, node, refused, run, sleep, temp } from './kit.mjs';

const parsed = { order: undefined, lines: [{ sku: 'A-503' }], token: null };
const exec = promisify(execFile);
let fulls = 0;
const full = () => {
  const at = path.join(temp, `full-${++fulls}`);
  fs.symlinkSync('/dev/full', at);
  return at;
};
const script = (name, text) => {
  const at = file(name, text);
  fs.chmodSync(at, 0o755);
  return at;
};
const env = { PATH: process.env.PATH };
// a program of node that is cut off by an error of its own
const crash = (name, source, options) => node(name, source, { env, ...options });

export default [
  // own code
  {
    name: 'undefined-property',
    is: 'CODE_BUG',
    cause: 'The consumer read a property of something undefined.',
    wrap: 'typed order invoke',
    run: () => parsed.order.timeout,
  },
  {
    name: 'null-property',
    is: 'CODE_BUG',
    misleading: true,
    cause: 'The consumer read a property of null.',
    wrap: 'message lambda',
    run: () => parsed.token.expired,
  },
  {
    name: 'not-a-function',
    is: 'CODE_BUG',
    cause: 'The consumer called something that is no function.',
    wrap: 'typed line',
    run: () => parsed.lines.retryLimit(),
  },
  {
    name: 'not-defined',
    is: 'CODE_BUG',
    misleading: true,
    cause: 'The consumer used a name that does not exist.',
    wrap: 'typed order',
    run: () => rateLimit503 + 1,
  },
  {
    name: 'not-iterable',
    is: 'CODE_BUG',
    cause: 'The consumer took something for a list that is none.',
    wrap: 'message',
    run: () => {
      const [first] = parsed.order ?? {};
      return first;
    },
  },
  {
    name: 'const-assigned',
    is: 'CODE_BUG',
    cause: 'The consumer assigned to a constant.',
    wrap: 'typed',
    run: () => {
      const connection = 1;
      connection = 2;
    },
  },
  {
    name: 'before-initialization',
    is: 'CODE_BUG',
    cause: 'The consumer used a variable before its declaration.',
    wrap: 'message',
    run: () => {
      const x = client;
      const client = 1;
      return x + client;
    },
  },
  {
    name: 'circular-json',
    is: 'CODE_BUG',
    misleading: true,
    cause: 'The consumer wrote a circular structure as JSON.',
    wrap: 'typed',
    run: () => {
      const a = { socket: {} };
      a.socket.parser = a;
      return JSON.stringify(a);
    },
  },
  {
    name: 'bigint-json',
    is: 'CODE_BUG',
    misleading: true,
    cause: 'The consumer wrote a BigInt as JSON.',
    wrap: 'message',
    run: () => JSON.stringify({ total: 10n }),
  },
  {
    name: 'recursion',
    is: 'CODE_BUG',
    misleading: true,
    cause: 'The consumer recursed without an end.',
    wrap: { typed: {}, message: {}, pino: {} },
    run: () => {
      const walk = (n) => walk(n + 1) + 1;
      return walk(0);
    },
  },
  {
    name: 'array-length',
    is: 'CODE_BUG',
    misleading: true,
    cause: 'The consumer made an array of a negative length.',
    wrap: 'typed',
    run: () => new Array(-503),
  },
  {
    name: 'headers-sent-twice',
    is: 'CODE_BUG',
    misleading: true,
    cause: 'The consumer wrote to a stream after its end.',
    wrap: 'typed code',
    run: async () => {
      const s = fs.createWriteStream(path.join(temp, 'o'));
      s.end();
      s.write('x');
      await once(s, 'finish');
      await sleep(50);
    },
  },
  {
    name: 'argument-type',
    is: 'CODE_BUG',
    misleading: true,
    accept: ['VALIDATION_ERROR'],
    cause: 'The consumer gave a function of node something undefined.',
    wrap: 'typed',
    run: () => path.join('/var/task/in', parsed.order),
  },
  {
    name: 'argument-range',
    is: 'CODE_BUG',
    accept: ['VALIDATION_ERROR'],
    misleading: true,
    cause: 'The consumer built an address with a port that is none.',
    wrap: 'typed',
    run: () => net.connect(429000),
  },
  {
    name: 'assertion',
    is: 'CODE_BUG',
    accept: ['VALIDATION_ERROR', 'UNKNOWN'],
    cause: 'An assertion of the consumer did not hold.',
    wrap: 'typed',
    run: () => assert.strictEqual(parsed.lines.length, 503),
  },
  {
    name: 'key-of-environment',
    is: 'CODE_BUG',
    misleading: true,
    cause: 'An environment variable of the consumer was not set.',
    wrap: 'typed',
    run: () => {
      const name = 'RATE_LIMIT_TOKEN';
      if (!process.env[name]) throw new Error(`missing environment variable ${name}`);
    },
  },
  {
    name: 'field-of-message',
    is: 'VALIDATION_ERROR',
    accept: ['CODE_BUG'],
    misleading: true,
    cause: 'A field was missing in the message.',
    wrap: 'message typed',
    run: () => {
      const body = JSON.parse('{"id":1}');
      if (body.customer === undefined) throw new TypeError('message 401 has no field "customer"');
    },
  },
  {
    name: 'module-missing',
    is: 'CODE_BUG',
    cause: 'A module was not in the package.',
    wrap: 'typed code order',
    run: () => import('left-pad-503'),
  },
  {
    name: 'module-file-missing',
    is: 'CODE_BUG',
    cause: 'A file of the consumer was not in the package.',
    wrap: 'typed',
    run: () => import('./handlers/timeout.mjs'),
  },
  {
    name: 'module-export-missing',
    is: 'CODE_BUG',
    misleading: true,
    cause: 'The consumer imported a name that its module does not have.',
    wrap: 'stderr',
    run: () => crash('export.mjs', "import { rateLimiter } from 'node:fs';\nrateLimiter();\n"),
  },
  {
    name: 'require-of-esm',
    is: 'CODE_BUG',
    cause: 'The consumer required a module that is no CommonJS.',
    wrap: 'stderr',
    run: () => crash('esm.cjs', "require('p-retry-none');\n"),
  },
  {
    name: 'own-syntax',
    is: 'CODE_BUG',
    misleading: true,
    cause: 'The code of the consumer has a syntax error.',
    wrap: 'stderr',
    run: () =>
      crash(
        'handler.mjs',
        'export const handler = async (event) => {\n  const token = event.token;\n  return { status: 200, ;\n};\n',
      ),
  },
  {
    name: 'own-import-outside',
    is: 'CODE_BUG',
    misleading: true,
    cause: 'The code of the consumer uses import in a script.',
    wrap: 'stderr',
    run: () => crash('old.cjs', "import fs from 'node:fs';\n"),
  },
  {
    name: 'unhandled-rejection',
    is: 'CODE_BUG',
    cause: 'A rejected promise of the consumer had no handler.',
    wrap: 'worker stderr',
    run: () =>
      crash(
        'reject.mjs',
        'const order = JSON.parse(\'{"id":503}\');\nconst load = async () => order.customer.id;\nload();\n',
      ),
  },
  {
    name: 'unhandled-rejection-plain',
    is: 'UNKNOWN',
    cause: 'A promise was rejected with nothing but an object.',
    wrap: 'stderr',
    run: () => crash('plain.mjs', 'Promise.reject({});\n'),
  },
  {
    name: 'unhandled-rejection-undefined',
    is: 'UNKNOWN',
    cause: 'A promise was rejected with undefined.',
    wrap: 'stderr worker',
    run: () => crash('undef.mjs', 'Promise.reject(undefined);\n'),
  },
  {
    name: 'uncaught-emitter',
    is: 'DEPENDENCY_FAILURE',
    misleading: true,
    cause: 'An error event of a connection had no handler.',
    wrap: 'worker',
    run: () => crash('emit.mjs', "import net from 'node:net';\nnet.connect(1, '127.0.0.1');\n"),
  },
  {
    name: 'emitter-undefined',
    is: 'UNKNOWN',
    cause: 'An error event told nothing.',
    wrap: 'typed message',
    run: () => new EventEmitter().emit('error'),
  },
  {
    name: 'crypto-key-length',
    is: 'CODE_BUG',
    misleading: true,
    cause: 'The key in the own configuration has a wrong length.',
    wrap: 'typed code',
    accept: ['AUTH_FAILURE'],
    run: () => crypto.createDecipheriv('aes-256-gcm', Buffer.alloc(12), Buffer.alloc(12)),
  },
  {
    name: 'wasm',
    is: 'CODE_BUG',
    accept: ['BAD_PAYLOAD'],
    misleading: true,
    cause: 'A module of the consumer was broken.',
    wrap: 'message',
    run: () => new WebAssembly.Module(Buffer.from('no wasm')),
  },
  {
    name: 'worker-uncaught',
    is: 'CODE_BUG',
    cause: 'A thread of the consumer failed.',
    wrap: 'typed',
    run: async () => {
      const w = new Worker('const t = undefined; t.limit;', { eval: true });
      const [e] = await once(w, 'error').then(
        (x) => x,
        (x) => [x],
      );
      throw e;
    },
  },

  // files
  {
    name: 'file-missing',
    is: 'CODE_BUG',
    cause: 'A file of the consumer does not exist.',
    wrap: 'typed order',
    run: () => fs.readFileSync(path.join(temp, 'templates/timeout.html')),
  },
  {
    name: 'file-permission',
    is: 'CODE_BUG',
    accept: ['AUTH_FAILURE'],
    misleading: true,
    cause: 'A file of the consumer may not be read by its user.',
    wrap: 'stderr',
    run: async () => {
      const secret = file('secret.json', '{}');
      fs.chmodSync(secret, 0o600);
      return crash(
        'read.cjs',
        `process.setgid(65534); process.setuid(65534); require('fs').readFileSync(${JSON.stringify(secret)});\n`,
      );
    },
  },
  {
    name: 'file-is-folder',
    is: 'CODE_BUG',
    cause: 'The consumer read a folder like a file.',
    wrap: 'message',
    run: () => fsp.readFile(temp),
  },
  {
    name: 'file-below-file',
    is: 'CODE_BUG',
    cause: 'The consumer took a file for a folder.',
    wrap: 'message',
    run: () => fs.writeFileSync(path.join(file('export', ''), 'out.json'), 'x'),
  },
  {
    name: 'disk-full',
    is: 'RESOURCE_EXHAUSTED',
    cause: 'The disk took no more bytes.',
    wrap: 'typed message order',
    run: () => fs.writeFileSync(full(), 'x'.repeat(503)),
  },
  {
    name: 'disk-full-stream',
    is: 'RESOURCE_EXHAUSTED',
    cause: 'The disk took no more bytes of a stream.',
    wrap: 'code cause',
    run: () => pipeline(Readable.from(['x'.repeat(5000)]), fs.createWriteStream(full())),
  },
  {
    name: 'file-size-limit',
    is: 'RESOURCE_EXHAUSTED',
    cause: 'A file grew over the limit of its process.',
    wrap: 'stderr',
    run: () =>
      crash(
        'big.cjs',
        "process.on('SIGXFSZ', () => {}); require('fs').writeFileSync('big.out', Buffer.alloc(5e6));\n",
        { shell: 'ulimit -f 429;' },
      ),
  },
  {
    name: 'too-many-files',
    is: 'RESOURCE_EXHAUSTED',
    cause: 'The process had no more files to open.',
    wrap: 'stderr worker',
    run: () =>
      crash('files.cjs', "const fs = require('fs'); for (;;) fs.openSync(__filename);\n", { shell: 'ulimit -n 40;' }),
  },
  {
    name: 'too-many-sockets',
    is: 'RESOURCE_EXHAUSTED',
    misleading: true,
    cause: 'The process had no more sockets to open.',
    wrap: 'stderr',
    run: () =>
      crash(
        'sockets.cjs',
        "const net = require('net'); const s = net.createServer().listen(0, '127.0.0.1', () => { const more = () => net.connect(s.address().port, '127.0.0.1').on('connect', more); more(); });\n",
        { shell: 'ulimit -n 60;' },
      ),
  },

  // memory
  {
    name: 'heap-limit',
    is: 'RESOURCE_EXHAUSTED',
    cause: 'The heap of the process was used up.',
    wrap: 'stderr worker',
    run: () =>
      crash('heap.cjs', "const all = []; for (let i = 0; ; i++) all.push({ id: i, text: 'order ' + i });\n", {
        flags: ['--max-old-space-size=24'],
      }),
  },
  {
    name: 'heap-limit-exit',
    is: 'UNKNOWN',
    accept: ['RESOURCE_EXHAUSTED', 'CODE_BUG'],
    cause: 'The heap of the process was used up; the consumer told only the signal of its worker.',
    wrap: 'exit',
    run: () =>
      crash('heap2.cjs', "const all = []; for (let i = 0; ; i++) all.push({ id: i, text: 'order ' + i });\n", {
        flags: ['--max-old-space-size=24'],
      }),
  },
  {
    name: 'heap-invalid-string',
    is: 'RESOURCE_EXHAUSTED',
    misleading: true,
    accept: ['CODE_BUG', 'VALIDATION_ERROR'],
    cause: 'A text grew over what the runtime holds.',
    wrap: 'typed message',
    run: () => 'x'.repeat(2 ** 29).concat('x'.repeat(2 ** 29)),
  },
  {
    name: 'array-buffer-allocation',
    is: 'RESOURCE_EXHAUSTED',
    misleading: true,
    cause: 'The memory for a buffer was not to be had.',
    wrap: 'stderr',
    run: () =>
      crash('buffer.cjs', 'const keep = []; for (;;) keep.push(new ArrayBuffer(2 ** 30));\n', {
        shell: 'ulimit -v 6000000;',
      }),
  },
  {
    name: 'buffer-too-large',
    is: 'RESOURCE_EXHAUSTED',
    misleading: true,
    accept: ['CODE_BUG', 'VALIDATION_ERROR'],
    cause: 'A file was larger than the runtime reads.',
    wrap: 'typed',
    run: () => {
      const at = path.join(temp, 'large.bin');
      fs.closeSync(fs.openSync(at, 'w'));
      fs.truncateSync(at, 2 ** 31);
      return fs.readFileSync(at);
    },
  },
  {
    name: 'worker-heap',
    is: 'RESOURCE_EXHAUSTED',
    cause: 'A thread used up its heap.',
    wrap: 'typed message code',
    run: async () => {
      const w = new Worker('const a = []; for (;;) a.push({ x: Math.random(), y: [1, 2, 3] });', {
        eval: true,
        resourceLimits: { maxOldGenerationSizeMb: 8 },
      });
      throw await new Promise((done) => w.once('error', done));
    },
  },
  {
    name: 'wasm-memory',
    is: 'RESOURCE_EXHAUSTED',
    misleading: true,
    cause: 'The memory for a module was not to be had.',
    wrap: 'stderr',
    run: () =>
      crash('wasm.cjs', 'const keep = []; for (;;) keep.push(new WebAssembly.Memory({ initial: 4096 }));\n', {
        shell: 'ulimit -v 20000000;',
      }),
  },
  {
    name: 'spawn-no-process',
    is: 'RESOURCE_EXHAUSTED',
    misleading: true,
    cause: 'The user had no more processes to start.',
    wrap: 'stderr',
    run: () =>
      crash(
        'spawn.cjs',
        "process.setgid(65533); process.setuid(65533); const { spawn } = require('child_process'); for (let i = 0; i < 40; i++) spawn('/bin/sleep', ['1']);\n",
        { shell: 'ulimit -u 12;' },
      ),
  },

  // children
  {
    name: 'child-sigkill',
    is: 'RESOURCE_EXHAUSTED',
    accept: ['UNKNOWN'],
    cause: 'A child was killed as the kernel does when memory is used up.',
    wrap: { inspect: {}, pino: {}, message: { is: 'UNKNOWN', accept: ['RESOURCE_EXHAUSTED'] } },
    run: () => exec(script('convert503.sh', '#!/bin/sh\nkill -9 $$\n')),
  },
  {
    name: 'child-137',
    is: 'RESOURCE_EXHAUSTED',
    cause: 'The program under a shell was killed, so that the shell ended with 137.',
    wrap: 'worker exit',
    run: () => run('/bin/sh', ['-c', `${process.execPath} -e 'process.kill(process.pid, 9)'; exit $?`], { env }),
  },
  {
    name: 'child-exit-1',
    is: 'UNKNOWN',
    cause: 'A child ended with code 1 and told nothing.',
    wrap: 'typed message inspect',
    run: () => exec(script('resize503.sh', '#!/bin/sh\nexit 1\n')),
  },
  {
    name: 'child-missing',
    is: 'CODE_BUG',
    cause: 'The program that the consumer starts does not exist.',
    wrap: 'typed',
    run: () => exec('wkhtmltopdf-503'),
  },
  {
    name: 'child-timeout',
    is: 'TIMEOUT',
    accept: ['UNKNOWN', 'RESOURCE_EXHAUSTED'],
    misleading: true,
    cause: 'A child ran longer than it may.',
    wrap: 'inspect',
    run: () => {
      const r = spawnSync('/bin/sleep', ['5'], { timeout: 300 });
      throw r.error;
    },
  },
  {
    name: 'child-stderr',
    is: 'DEPENDENCY_FAILURE',
    cause: 'A child met a server that was not there, and ended with code 1.',
    wrap: 'typed message',
    run: async () =>
      exec(
        process.execPath,
        [
          file(
            'fetch.mjs',
            'await fetch(process.argv[2]).catch((e) => { console.error(e.message, String(e.cause)); process.exit(1); });',
          ),
          `http://127.0.0.1:${await refused()}/token`,
        ],
        { env },
      ),
  },
  {
    name: 'child-not-executable',
    is: 'CODE_BUG',
    accept: ['AUTH_FAILURE'],
    misleading: true,
    cause: 'The program that the consumer starts may not be run.',
    wrap: 'code',
    run: () => exec(file('tool.sh', '#!/bin/sh\n')),
  },
  {
    name: 'child-max-buffer',
    is: 'RESOURCE_EXHAUSTED',
    accept: ['CODE_BUG', 'VALIDATION_ERROR'],
    misleading: true,
    cause: 'A child printed more than the consumer holds.',
    wrap: 'typed code',
    run: () => exec('/bin/sh', ['-c', 'yes 503 | head -c 90000'], { maxBuffer: 4290 }),
  },
  {
    name: 'child-segfault',
    is: 'CODE_BUG',
    accept: ['UNKNOWN'],
    cause: 'A child was ended by a segmentation fault.',
    wrap: { inspect: {}, message: { is: 'UNKNOWN', accept: ['CODE_BUG'] } },
    run: () => exec(script('render401.sh', '#!/bin/sh\nkill -SEGV $$\n')),
  },
  {
    name: 'child-perl',
    is: 'CODE_BUG',
    misleading: true,
    cause: 'A child in Perl read an environment variable that was not set.',
    wrap: 'message',
    run: () =>
      exec('perl', [file('convert.pl', 'use strict;\nmy $ms = $ENV{TIMEOUT_MS} // die "TIMEOUT_MS is not set";\n')], {
        env,
      }),
  },
  {
    name: 'child-disk-full',
    is: 'RESOURCE_EXHAUSTED',
    cause: 'A child could not write to a disk that was full.',
    wrap: 'message',
    run: () => exec('/bin/sh', ['-c', 'cp /etc/services /dev/full'], { env: { ...env, LC_ALL: 'C' } }),
  },
  {
    name: 'child-ipc-closed',
    is: 'UNKNOWN',
    accept: ['CODE_BUG', 'DEPENDENCY_FAILURE'],
    cause: 'A child was gone when the consumer wrote to it.',
    wrap: 'code message',
    run: async () => {
      const c = fork(file('ipc.cjs', ''));
      await once(c, 'exit');
      return new Promise((ok, no) => c.send({}, (e) => no(e)));
    },
  },

  // signals of an end
  {
    name: 'abort-timeout',
    is: 'TIMEOUT',
    cause: 'AbortSignal.timeout ended the work.',
    wrap: 'typed line',
    run: async () => {
      const s = AbortSignal.timeout(100);
      await sleep(150);
      s.throwIfAborted();
    },
  },
  {
    name: 'abort-events',
    is: 'TIMEOUT',
    misleading: true,
    cause: 'A wait for an event was ended by AbortSignal.timeout.',
    wrap: 'inspect cause',
    run: async () => {
      await once(new EventEmitter(), 'paid', { signal: AbortSignal.timeout(401) });
    },
  },
  {
    name: 'abort-bare',
    is: 'UNKNOWN',
    accept: ['TIMEOUT'],
    cause: 'A controller ended the work without a reason.',
    wrap: 'message typed',
    run: async () => {
      const c = new AbortController();
      setTimeout(() => c.abort(), 50);
      await once(new EventEmitter(), 'paid', { signal: c.signal });
    },
  },
  {
    name: 'socket-timeout-own',
    is: 'TIMEOUT',
    cause: 'A socket was idle for longer than the consumer waits.',
    wrap: 'message',
    run: async () => {
      const server = net.createServer(() => {});
      await new Promise((ok) => server.listen(0, '127.0.0.1', ok));
      closeLater(() => server.close());
      const s = net.connect(server.address().port, '127.0.0.1');
      s.setTimeout(200);
      closeLater(() => s.destroy());
      await once(s, 'timeout');
      throw new Error('scanner 10.0.4.29:4010: no reply within 503 ms');
    },
    misleading: true,
  },
  {
    name: 'socket-write-after-reset',
    is: 'DEPENDENCY_FAILURE',
    cause: 'The other side had closed the connection while the consumer wrote.',
    wrap: 'typed code',
    run: async () => {
      const server = net.createServer((s) => s.resetAndDestroy());
      await new Promise((ok) => server.listen(0, '127.0.0.1', ok));
      closeLater(() => server.close());
      const s = net.connect(server.address().port, '127.0.0.1');
      return new Promise((ok, no) => {
        s.on('error', no);
        s.on('connect', () => setInterval(() => s.write('x'), 5).unref());
      });
    },
  },
  {
    name: 'port-in-use',
    is: 'CODE_BUG',
    accept: ['RESOURCE_EXHAUSTED', 'DEPENDENCY_FAILURE'],
    misleading: true,
    cause: 'The consumer opened a port twice.',
    wrap: 'code',
    run: async () => {
      const a = net.createServer();
      await new Promise((ok) => a.listen(0, '127.0.0.1', ok));
      closeLater(() => a.close());
      const b = net.createServer();
      return new Promise((ok, no) => b.on('error', no).listen(a.address().port, '127.0.0.1'));
    },
  },
];
