// Runs every scenario and writes ../../texts/node.jsonl; with names of scenarios or suites as arguments it only prints theirs.
//
// A scenario is an entry of a suite's table:
//   name        unique among all suites
//   is, accept  the class by what is done, and further ones that a careful reader could defend
//   misleading  true, or 'status': only where the text shows the status
//   cause       one sentence
//   wrap        the wrappings (wrap.mjs) by name, or {wrapping: {is?, accept?, misleading?}} where a text needs a label of its own
//   run         makes it fail: throws, or gives the ended process for the wrappings that tell of one
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { processRecord } from './index.mjs';
import { closeAll, here, SetupError, sleep, temp } from './kit.mjs';
import { wraps } from './wrap.mjs';

const suites = [
  'http',
  'aws',
  'saas',
  'validate',
  'decode',
  'tokens',
  'grpc',
  'postgres',
  'mysql',
  'redis',
  'brokers',
  'pools',
  'retries',
  'runtime',
  'tls',
  'lambda',
  'misc',
];
const target = path.resolve(here, '../../texts/node.jsonl');
const only = process.argv.slice(2);

process.on('unhandledRejection', () => {});
process.on('uncaughtException', (e) => {
  if (process.env.DEBUG) console.error('stray', e);
});
for (const key of Object.keys(process.env))
  if (/^(AWS_|AZURE_|GOOGLE_|.*PROXY|NODE_OPTIONS)/i.test(key)) delete process.env[key];
process.env.HOME = path.join(temp, 'home');
process.env.AWS_EC2_METADATA_DISABLED = 'true';
fs.mkdirSync(process.env.HOME);
const say = console.log;
console.warn = console.error = () => {};

const clean = (text, max) =>
  typeof text !== 'string'
    ? text
    : text
        .replaceAll(path.join(here, 'node_modules'), '/var/task/node_modules')
        .replaceAll(new RegExp(`${temp}/task\\d+`, 'g'), '/var/task')
        .replaceAll(path.join(temp, 'runtime.cjs'), '/var/runtime/index.mjs')
        .replaceAll(temp, '/var/task/run')
        .replaceAll(here, '/var/task')
        .replaceAll(process.execPath, '/var/lang/bin/node')
        .replaceAll(os.tmpdir() + '/', '/var/task/run/')
        .replaceAll(os.hostname() + ':', 'localhost:')
        .slice(0, max);

function evidence(wrapped) {
  const result = {};
  for (const key of ['errorType', 'errorMessage', 'stack', 'httpStatus', 'awsErrorCode']) {
    const value = clean(wrapped[key], key === 'stack' ? 3000 : 2000);
    if (value !== undefined && !(key === 'stack' && !value.trim())) result[key] = value;
  }
  return result;
}

async function provoke(scenario) {
  try {
    const ended = await Promise.race([
      processRecord(scenario.run),
      sleep(90000).then(() => {
        throw new SetupError('the scenario did not end');
      }),
    ]);
    if (ended.thrown instanceof SetupError) throw ended.thrown;
    return ended;
  } finally {
    await closeAll();
  }
}

const lines = [];
const failed = [];
for (const suite of suites) {
  const { default: scenarios, after } = await import(`./${suite}.mjs`).catch((e) => {
    say(`${suite}.mjs: ${e.stack}`);
    process.exit(1);
  });
  for (const scenario of scenarios) {
    if (only.length && !only.includes(suite) && !only.includes(scenario.name)) continue;
    const wrap =
      typeof scenario.wrap === 'string'
        ? Object.fromEntries(scenario.wrap.split(' ').map((w) => [w, {}]))
        : scenario.wrap;
    const result = await provoke(scenario).catch((e) => ({ broken: e }));
    // only the wrappings of a process's output take a value; everything else has to be thrown
    const givesValue = Object.keys(wrap).every((key) =>
      ['raw', 'worker', 'stderr', 'exit', 'fields', 'log', 'reported'].includes(key),
    );
    const failure = givesValue ? result.value : result.thrown;
    if (result.broken || (failure === undefined && !scenario.nothing)) {
      failed.push(`${suite}/${scenario.name}: ${result.broken ?? 'it did not fail'}`);
      continue;
    }
    for (const [key, own] of Object.entries(wrap)) {
      const label = { ...scenario, ...own };
      const shown = evidence(wraps[key](failure));
      lines.push(
        JSON.stringify({
          id: `node/${scenario.name}#${key}`,
          scenario: `node/${scenario.name}`,
          class: label.is,
          accept: label.accept ?? [],
          // 'status': it misleads only where the text shows the status
          misleading: label.misleading === 'status' ? shown.httpStatus !== undefined : (label.misleading ?? false),
          cause: label.cause,
          evidence: shown,
        }),
      );
    }
  }
  await after?.();
  if (!only.length) fs.writeFileSync(target, lines.join('\n') + '\n');
}
if (only.length) say(lines.join('\n'));
say(`${lines.length} texts; not provoked: ${failed.length}\n${failed.join('\n')}`);
fs.rmSync(temp, { recursive: true, force: true });
process.exit(failed.length && !only.length ? 1 : 0);
