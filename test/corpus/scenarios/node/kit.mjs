// What scenarios fail against: loopback servers that answer as told, places and child processes.
// Whatever a scenario opens is closed again by closeAll().

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const here = path.dirname(fileURLToPath(import.meta.url));
export const temp = fs.mkdtempSync(path.join(os.tmpdir(), 'corpus-node-'));
fs.chmodSync(temp, 0o755);

const open = [];
export const closeLater = (close) => {
  open.push(close);
};
export async function closeAll() {
  for (const close of open.splice(0).reverse()) {
    try {
      await Promise.race([close(), sleep(2000)]);
    } catch {
      /* it is closed already */
    }
  }
}

/** Thrown where a scenario could not be set up: nothing is recorded then. */
export class SetupError extends Error {}

/** Runs once what several scenarios need; where it fails they all count as not provoked. */
export const shared = (make) => {
  let made;
  return () =>
    (made ??= make().catch((e) => {
      throw new SetupError(e.stack);
    }));
};

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
export const file = (name, text) => {
  const at = path.join(temp, name);
  fs.writeFileSync(at, text);
  return at;
};

function listen(server, sockets = new Set()) {
  server.on('connection', (s) => {
    sockets.add(s);
    s.on('error', () => {});
    s.on('close', () => sockets.delete(s));
  });
  closeLater(() => {
    for (const s of sockets) s.destroy();
    server.close();
  });
  return new Promise((done) => server.listen(0, '127.0.0.1', () => done(server.address().port)));
}

/** A server for raw TCP; gives its port. */
export const tcp = (onSocket) => listen(net.createServer(onSocket));
export const silent = () => tcp((s) => s.resume());
export const resetting = () => tcp((s) => s.once('data', () => s.resetAndDestroy()));
export const hangingUp = () => tcp((s) => s.once('data', () => s.end()));
export async function refused() {
  const server = net.createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** A port whose queue of connections is full, so that no further one is made. */
export async function full() {
  const child = spawn(
    process.execPath,
    [
      '-e',
      "const s = require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => require('fs').writeSync(1, `${s.address().port}\\n`))",
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const port = Number(await new Promise((done) => child.stdout.once('data', (d) => done(String(d)))));
  child.kill('SIGSTOP');
  const waiting = Array.from({ length: 8 }, () => net.connect(port, '127.0.0.1').on('error', () => {}));
  closeLater(() => {
    for (const s of waiting) s.destroy();
    child.kill('SIGKILL');
  });
  await sleep(200);
  return port;
}

/** answer: {status, type, headers, body, delay} or a function of the request. Gives the address of the server. */
export async function web(answer, tls) {
  const handle = (req, res) => {
    const chunks = [];
    req
      .on('data', (c) => chunks.push(c))
      .on('end', async () => {
        const a = typeof answer === 'function' ? await answer(req, Buffer.concat(chunks).toString(), res) : answer;
        if (!a) return;
        if (a.delay) await sleep(a.delay);
        const body = typeof a.body === 'object' && !Buffer.isBuffer(a.body) ? JSON.stringify(a.body) : (a.body ?? '');
        res.writeHead(a.status ?? 200, { 'content-type': a.type ?? 'application/json', ...a.headers });
        res.end(body);
      });
  };
  const port = await listen(tls ? https.createServer(tls, handle) : http.createServer(handle));
  return `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;
}

export const html = (title, text = '') => ({
  type: 'text/html',
  body: `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1><p>${text}</p></body></html>\n`,
});

/** Runs a command; gives {code, signal, out, err, all}. */
export function run(command, args, { timeout = 60000, input, ...options } = {}) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: temp, stdio: 'pipe', ...options });
    const result = { out: '', err: '', all: '' };
    const timer = setTimeout(() => child.kill('SIGKILL'), timeout);
    child.stdout.on('data', (d) => {
      result.out += d;
      result.all += d;
    });
    child.stderr.on('data', (d) => {
      result.err += d;
      result.all += d;
    });
    child.on('error', (e) => {
      result.err += e;
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      done({ ...result, code, signal });
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

/** Runs a node program given as text; flags and env as wanted. */
export function node(name, source, { flags = [], shell, ...options } = {}) {
  const at = file(name, source);
  if (!fs.existsSync(path.join(temp, 'node_modules')))
    fs.symlinkSync(path.join(here, 'node_modules'), path.join(temp, 'node_modules'));
  return shell
    ? run('bash', ['--norc', '-c', `${shell} exec "$0" "$@"`, process.execPath, ...flags, at], options)
    : run(process.execPath, [...flags, at], options);
}

/** Starts a server process and waits until its port takes connections. */
export async function daemon(command, args, port, options = {}) {
  const child = spawn(command, args, { cwd: temp, stdio: 'ignore', ...options });
  const ended = new Promise((done) => child.on('exit', done).on('error', done));
  const stop = async (signal = 'SIGTERM') => {
    child.kill(signal);
    await ended;
  };
  for (let i = 0; i < 300; i++) {
    if (await accepts(port)) return { child, stop };
    await sleep(100);
  }
  throw new SetupError(`${command} did not start`);
}
const accepts = (port) =>
  new Promise((done) => {
    const s = net.connect(port, '127.0.0.1');
    s.on('connect', () => {
      s.destroy();
      done(true);
    }).on('error', () => done(false));
  });
