// A small stand-in for Lambda: it runs a handler in a process of its own, really limits its time and memory, and
// prints the lines that AWS documents for what came of it.

import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { here, html, refused, silent, temp, web } from './kit.mjs';

const runtime = `
const path = require('path');
const [task, name, event] = process.argv.slice(2);
const give = (m) => process.send(m, () => process.exit(m.exit ?? 0));
const shape = (e, type) => e instanceof Error ? { errorType: type ?? e.name, errorMessage: type ? String(e) : e.message, stack: type ? [String(e).replace(/^\\w+/, type), ...e.stack.split('\\n').slice(String(e).split('\\n').length)] : e.stack.split('\\n') } : { errorType: typeof e, errorMessage: String(e), stack: [] };
process.on('unhandledRejection', (e) => give({ error: { errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: String(e), stack: ['Runtime.UnhandledPromiseRejection: ' + String(e), ...(e && e.stack ? e.stack.split('\\n').slice(1) : [])] }, exit: 128 }));
process.on('uncaughtException', (e) => give({ error: shape(e), exit: 129 }));
let module_;
try { module_ = require(path.join(task, 'index.js')); } catch (e) {
  give({ error: shape(e, e instanceof SyntaxError ? 'Runtime.UserCodeSyntaxError' : e.code === 'MODULE_NOT_FOUND' ? 'Runtime.ImportModuleError' : undefined), init: true }); return;
}
if (module_[name] === undefined) { give({ error: shape(new Error('index.' + name + ' is undefined or not exported'), 'Runtime.HandlerNotFound') }); return; }
process.send({ ready: true });
(async () => module_[name](JSON.parse(event), {}))().then((value) => {
  let text; try { text = JSON.stringify(value ?? null); } catch (e) { return give({ error: { errorType: 'Runtime.MarshalError', errorMessage: 'Unable to stringify response body', stack: [] } }); }
  if (text.length > 6291556) return give({ error: { errorType: 'Function.ResponseSizeTooLarge', errorMessage: 'Response payload size (' + text.length + ' bytes) exceeded maximum allowed payload size (6291556 bytes).', stack: [] } });
  give({ value: text });
}, (e) => give({ error: shape(e) }));
`;
let runs = 0;
/** Gives {fields, log}: the error of one invocation, and its lines. */
async function invoke(
  source,
  {
    name = 'handler',
    seconds = 6,
    memory = 128,
    event = { Records: [{ messageId: '401', body: '{"orderId":503}' }] },
    env = {},
  } = {},
) {
  const task = path.join(temp, `task${++runs}`);
  fs.mkdirSync(task);
  fs.writeFileSync(path.join(task, 'index.js'), source);
  fs.symlinkSync(path.join(here, 'node_modules'), path.join(task, 'node_modules'));
  const boot = path.join(temp, 'runtime.cjs');
  fs.writeFileSync(boot, runtime);
  const id = randomUUID();
  let begun = performance.now();
  const child = fork(boot, [task, name, JSON.stringify(event)], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { PATH: process.env.PATH, ...env },
  });
  let said = '';
  child.stdout.on('data', (d) => {
    said += d;
  });
  child.stderr.on('data', (d) => {
    said += d;
  });
  let result = {};
  let timedOut = false;
  let peak = 0;
  let timer;
  const limit = () => {
    timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, seconds * 1000);
  };
  child.on('message', (m) => {
    if (m.ready) {
      begun = performance.now();
      limit();
    } else result = m;
  });
  const watch = setInterval(() => {
    try {
      peak = Math.max(
        peak,
        Number(fs.readFileSync(`/proc/${child.pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)?.[1] ?? 0) / 1024,
      );
    } catch {
      /* it ended */
    }
    if (peak > memory) child.kill('SIGKILL');
  }, 5);
  const [code, signal] = await new Promise((done) => child.on('close', (...ended) => done(ended)));
  clearTimeout(timer);
  clearInterval(watch);
  const duration = performance.now() - begun;
  const used = Math.min(memory, Math.round(peak));
  let fields;
  const lines = [`START RequestId: ${id} Version: $LATEST`];
  const now = new Date().toISOString();
  if (said) lines.push(said.trimEnd());
  if (timedOut) {
    fields = { errorMessage: `${now} ${id} Task timed out after ${seconds.toFixed(2)} seconds` };
    lines.push(fields.errorMessage, '');
  } else if (result.error) {
    const { errorType, errorMessage, stack } = result.error;
    fields = { errorType, errorMessage, stack: stack.join('\n') };
    lines.push(
      `${now}\t${result.init ? 'undefined' : id}\tERROR\t${result.init ? 'Uncaught Exception' : 'Invoke Error'} \t${JSON.stringify({ errorType, errorMessage, stack })}`,
    );
  } else if (result.value === undefined) {
    const how =
      signal === 'SIGKILL'
        ? 'with error: signal: killed'
        : signal
          ? `with error: signal: ${{ SIGABRT: 'aborted', SIGSEGV: 'segmentation fault' }[signal] ?? signal}`
          : code
            ? `with error: exit status ${code}`
            : 'without providing a reason';
    fields = { errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${id} Error: Runtime exited ${how}` };
    lines.push(fields.errorMessage, 'Runtime.ExitError');
  }
  lines.push(
    `END RequestId: ${id}`,
    `REPORT RequestId: ${id}\tDuration: ${duration.toFixed(2)} ms\tBilled Duration: ${Math.ceil(duration)} ms\tMemory Size: ${memory} MB\tMax Memory Used: ${used} MB\t${timedOut ? 'Status: timeout' : fields ? `Status: error\tError Type: ${fields.errorType}` : ''}`.trimEnd(),
  );
  return { fields, log: lines.join('\n') };
}
const handler = (body) => `exports.handler = async (event) => { ${body} };\n`;

export default [
  {
    name: 'lambda-timeout',
    is: 'TIMEOUT',
    cause: 'The function ran into its time limit.',
    wrap: 'fields log',
    run: () => invoke(handler('await new Promise((ok) => setTimeout(ok, 9000));'), { seconds: 1 }),
  },
  {
    name: 'lambda-timeout-upstream',
    is: 'TIMEOUT',
    misleading: true,
    cause: 'The function waited for a server that never answered, until its time limit.',
    wrap: 'log',
    run: async () =>
      invoke(
        handler("console.error('retrying after 503 from inventory, token refreshed'); await fetch(process.env.URL);"),
        { seconds: 2, env: { URL: `http://127.0.0.1:${await silent()}/` } },
      ),
  },
  {
    name: 'lambda-timeout-memory-near',
    is: 'TIMEOUT',
    misleading: true,
    accept: ['RESOURCE_EXHAUSTED'],
    cause: 'The function ran into its time limit while it held most of its memory.',
    wrap: 'log',
    run: () =>
      invoke(
        handler(
          "const b = Buffer.alloc(110 << 20, 1); console.log('heap limit 128 MB, used', b.length); await new Promise((ok) => setTimeout(ok, 9000));",
        ),
        { seconds: 3, memory: 256 },
      ),
  },
  {
    name: 'lambda-memory',
    is: 'RESOURCE_EXHAUSTED',
    cause: 'The function was killed since it used more memory than it has.',
    wrap: 'fields log',
    run: () =>
      invoke(
        handler(
          'const a = []; for (;;) { a.push(Buffer.alloc(1 << 20, 1)); await new Promise((ok) => setTimeout(ok, 1)); }',
        ),
      ),
  },
  {
    name: 'lambda-memory-timeout-word',
    is: 'RESOURCE_EXHAUSTED',
    misleading: true,
    cause: 'The function was killed since it used more memory than it has, after it had told of a time-out.',
    wrap: 'log',
    run: () =>
      invoke(
        handler(
          "console.warn('connect ETIMEDOUT 10.0.4.29:5432, retry 1'); const a = []; for (;;) { a.push(Buffer.alloc(1 << 20, 1)); await new Promise((ok) => setTimeout(ok, 1)); }",
        ),
      ),
  },
  {
    name: 'lambda-heap',
    is: 'RESOURCE_EXHAUSTED',
    cause: 'The heap of the function was used up.',
    wrap: { log: {}, fields: { is: 'UNKNOWN', accept: ['RESOURCE_EXHAUSTED', 'CODE_BUG'] } },
    run: () =>
      invoke(handler("const a = []; for (let i = 0; ; i++) a.push({ i, t: 'order ' + i });"), {
        memory: 2048,
        env: { NODE_OPTIONS: '--max-old-space-size=24' },
      }),
  },
  {
    name: 'lambda-exit-1',
    is: 'UNKNOWN',
    cause: 'The function ended its process with code 1.',
    wrap: 'fields log',
    run: () => invoke(handler('process.exit(1);')),
  },
  {
    name: 'lambda-exit-0',
    is: 'UNKNOWN',
    cause: 'The function ended its process without a word.',
    wrap: 'fields reported',
    run: () => invoke(handler('process.exit(0);')),
  },
  {
    name: 'lambda-segfault',
    is: 'CODE_BUG',
    accept: ['UNKNOWN'],
    cause: 'The process of the function was ended by a segmentation fault.',
    wrap: 'fields',
    run: () => invoke(handler("process.kill(process.pid, 'SIGSEGV'); await new Promise((ok) => setTimeout(ok, 500));")),
  },
  {
    name: 'lambda-import',
    is: 'CODE_BUG',
    cause: 'A module was not in the package of the function.',
    wrap: 'fields log',
    run: () => invoke("require('axios-retry-503');\nexports.handler = async () => {};\n"),
  },
  {
    name: 'lambda-syntax',
    is: 'CODE_BUG',
    misleading: true,
    cause: 'The code of the function has a syntax error.',
    wrap: 'fields reported',
    run: () => invoke('exports.handler = async (event) => {\n  const token = await login(;\n};\n'),
  },
  {
    name: 'lambda-handler',
    is: 'CODE_BUG',
    cause: 'The function does not export its handler.',
    wrap: 'fields log',
    run: () => invoke('exports.handle = async () => {};\n'),
  },
  {
    name: 'lambda-init-environment',
    is: 'CODE_BUG',
    misleading: true,
    cause: 'An environment variable of the function was not set.',
    wrap: 'log',
    run: () => invoke("const limit = process.env.RATE_LIMIT.split(',');\nexports.handler = async () => limit;\n"),
  },
  {
    name: 'lambda-type-error',
    is: 'CODE_BUG',
    cause: 'The function read a property of something undefined.',
    wrap: 'log reported',
    run: () => invoke(handler('const order = undefined; return order.items[0];')),
  },
  {
    name: 'lambda-body',
    is: 'BAD_PAYLOAD',
    cause: 'The body of the message was plain text.',
    wrap: 'log reported fields',
    run: () =>
      invoke(handler('for (const record of event.Records) JSON.parse(record.body);'), {
        event: { Records: [{ messageId: '429', body: 'hello 503' }] },
      }),
  },
  {
    name: 'lambda-body-base64',
    is: 'BAD_PAYLOAD',
    cause: 'The body of the message was no compressed data.',
    wrap: 'log',
    run: () =>
      invoke(
        handler("for (const record of event.Records) require('zlib').gunzipSync(Buffer.from(record.body, 'base64'));"),
      ),
  },
  {
    name: 'lambda-unhandled',
    is: 'DEPENDENCY_FAILURE',
    misleading: true,
    cause: 'A call that nothing waited for met a server that was not there.',
    wrap: 'fields log',
    run: async () =>
      invoke(handler("require('axios').get(process.env.URL); await new Promise((ok) => setTimeout(ok, 3000));"), {
        env: { URL: `http://127.0.0.1:${await refused()}/limits` },
        memory: 512,
      }),
  },
  {
    name: 'lambda-unhandled-auth',
    is: 'AUTH_FAILURE',
    misleading: true,
    cause: 'A call that nothing waited for was refused for its token.',
    wrap: 'reported',
    run: async () =>
      invoke(
        handler(
          "(async () => { const r = await fetch(process.env.URL); if (!r.ok) throw new Error('ledger said ' + r.status + ' ' + await r.text()); })(); await new Promise((ok) => setTimeout(ok, 3000));",
        ),
        { memory: 512, env: { URL: await web({ status: 401, body: { error: 'invalid_token' } }) } },
      ),
  },
  {
    name: 'lambda-throttled',
    is: 'THROTTLED',
    cause: 'A service refused the function as too fast.',
    wrap: 'log',
    run: async () =>
      invoke(
        handler(
          "const r = await fetch(process.env.URL); throw Object.assign(new Error(await r.text()), { name: 'TooManyRequestsError' });",
        ),
        {
          memory: 512,
          env: {
            URL: await web({ status: 429, type: 'text/plain', body: 'rate limit of 500 requests per minute exceeded' }),
          },
        },
      ),
  },
  {
    name: 'lambda-html',
    is: 'DEPENDENCY_FAILURE',
    accept: ['BAD_PAYLOAD'],
    misleading: true,
    cause: 'A service answered the function with HTML.',
    wrap: 'log',
    run: async () =>
      invoke(handler('const r = await fetch(process.env.URL); return r.json();'), {
        memory: 512,
        env: { URL: await web(html('Maintenance')) },
      }),
  },
  {
    name: 'lambda-validation',
    is: 'VALIDATION_ERROR',
    cause: 'The message broke the schema of the function.',
    wrap: 'reported log',
    run: () =>
      invoke(
        handler(
          "const { z } = require('zod'); z.object({ orderId: z.string(), timeout: z.number().max(504) }).parse({ orderId: 503, timeout: 9000 });",
        ),
        { memory: 512 },
      ),
    misleading: true,
  },
  {
    name: 'lambda-circular-response',
    is: 'CODE_BUG',
    misleading: true,
    cause: 'The function returned something that is no JSON.',
    wrap: 'fields',
    run: () => invoke(handler('const a = {}; a.a = a; return a;')),
  },
  {
    name: 'lambda-response-size',
    is: 'CODE_BUG',
    accept: ['VALIDATION_ERROR', 'RESOURCE_EXHAUSTED'],
    misleading: true,
    cause: 'The function returned more than the service hands on.',
    wrap: 'fields',
    run: () => invoke(handler("return 'x'.repeat(6300000);"), { memory: 512 }),
  },
  {
    name: 'lambda-string-thrown',
    is: 'UNKNOWN',
    cause: 'The function threw a text that tells nothing.',
    wrap: 'fields log',
    run: () => invoke(handler("throw 'failed';")),
  },
  {
    name: 'lambda-disk',
    is: 'RESOURCE_EXHAUSTED',
    cause: 'The place for files of the function was full.',
    wrap: 'log fields',
    run: () => invoke(handler("require('fs').writeFileSync('/dev/full', event.Records[0].body);")),
  },
  {
    name: 'lambda-files',
    is: 'RESOURCE_EXHAUSTED',
    misleading: true,
    cause: 'The function had no more sockets to open.',
    wrap: 'fields reported',
    run: async () =>
      invoke(
        handler(
          "const net = require('net'); const port = process.env.PORT; const open = () => new Promise((ok, no) => net.connect(port, '127.0.0.1').on('connect', ok).on('error', no)); const fs = require('fs'); try { for (;;) fs.openSync('/dev/null'); } catch (e) { if (e.code !== 'EMFILE') throw e; } await open();",
        ),
        { memory: 1024, env: { PORT: String(await silent()) } },
      ),
  },
  {
    name: 'lambda-string-reject-object',
    is: 'UNKNOWN',
    cause: 'The function threw a bare object.',
    wrap: 'fields reported',
    run: () => invoke(handler('throw { code: 503 };')),
  },
];
