import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { METRIC_UNITS } from '../../handlers/aws/metrics.ts';
import { HEALER_ENV } from '../../handlers/aws/runtime.ts';
import { FAILURE_CLASSES, VERDICT_KINDS } from '../../handlers/core/classes.ts';
import { CONSUMER_ENVIRONMENT } from '../../kit/services.ts';

/** Names that Terraform and TypeScript both spell: each list is read from one side and compared with the other. */

const read = (path: string) => readFileSync(path, 'utf8');

/** The keys of the first HCL object that follows `start`. */
function keysAfter(hcl: string, start: string): string[] {
  const from = hcl.indexOf(start);
  if (from < 0) throw new Error(`"${start}" is not in the Terraform code any more`);
  const body = hcl.slice(from + start.length);
  return [...body.slice(0, body.indexOf('}')).matchAll(/^\s*([A-Z_]+)\s*=/gm)].map(([, name]) => name ?? '');
}

const locals = read('locals.tf');

describe('the environment that Terraform sets is the one that the code asks for', () => {
  it.each([
    ['heal and govern', keysAfter(locals, 'healer_environment = {'), HEALER_ENV],
    [
      'ingest',
      keysAfter(locals.slice(locals.indexOf('ingest = {')), 'environment = {'),
      requiredIn('handlers/ingest/index.ts'),
    ],
    [
      'the kit',
      keysAfter(read('outputs.tf').slice(read('outputs.tf').indexOf('output "consumer_environment"')), 'value = {'),
      CONSUMER_ENVIRONMENT,
    ],
    [
      'the example’s consumer',
      keysAfter(read('examples/complete/consumer.tf'), 'module.dlq_healer.consumer_environment, {'),
      requiredIn('examples/complete/consumer/index.ts'),
    ],
    [
      'the telemetry example’s consumer',
      keysAfter(read('examples/telemetry-repair/functions.tf'), 'module.dlq_healer.consumer_environment, {'),
      requiredIn('examples/telemetry-repair/consumer/index.ts'),
    ],
    [
      'the telemetry example’s repair',
      keysAfter(read('examples/telemetry-repair/functions.tf'), 'environment = {'),
      requiredIn('examples/telemetry-repair/repair/index.ts'),
    ],
    [
      'the resilient consumer',
      keysAfter(read('examples/resilient-consumer/consumer.tf'), 'module.dlq_healer.consumer_environment, {'),
      requiredIn('examples/resilient-consumer/consumer/index.ts'),
    ],
    [
      'the worker in Python',
      keysAfter(read('examples/resilient-consumer/worker.tf'), 'worker_environment = {'),
      usedInPython('examples/resilient-consumer/python'),
    ],
    [
      'the crawler’s starter',
      keysAfter(read('examples/step-functions/frontier.tf'), 'module.dlq_healer.consumer_environment, {'),
      requiredIn('examples/step-functions/starter/index.ts'),
    ],
  ])('of %s', (_, set, asked) => {
    expect([...set].sort()).toEqual([...asked].sort());
    expect(set.length).toBeGreaterThan(0);
  });
});

/** The names in a handler's `requireEnv([...])`. */
function requiredIn(path: string): string[] {
  const list = /requireEnv\(\[([^\]]*)\]/.exec(read(path))?.[1];
  if (list === undefined) throw new Error(`${path} has no requireEnv([...])`);
  return [...list.matchAll(/'([A-Z_]+)'/g)].map(([, name]) => name ?? '').filter((name) => name !== 'AWS_REGION');
}

/** The variables that Python modules of a folder take from the environment that they are given. */
function usedInPython(folder: string): string[] {
  const code = readdirSync(folder)
    .filter((file) => file.endsWith('.py'))
    .map((file) => read(join(folder, file)))
    .join('\n');
  return [...new Set([...code.matchAll(/\benv(?:ironment)?\[["']([A-Z_]+)["']\]/g)].map(([, name]) => name ?? ''))];
}

it('a queue of the policy document has the keys that the functions read, and no others', () => {
  const from = locals.indexOf('queues = { for key, queue in local.queues');
  const written = [...locals.slice(from, locals.indexOf('} }', from)).matchAll(/^\s+([a-z_]+)\s+= /gm)].map(
    ([, key]) => key,
  );
  const parser = read('handlers/core/settings-document.ts');
  const parsed = [...parser.matchAll(/\bqueue\.([a-z_]+)/g)].map(([, key]) => key);
  expect(written.length).toBeGreaterThan(5);
  expect([...new Set(parsed)].sort()).toEqual(written.sort());
});

describe('metrics', () => {
  const observability = ['main.tf', 'dashboard.tf'].map((file) => read(join('modules/observability', file))).join('\n');
  const handlers = sources('handlers').map(read).join('\n');

  it('that alarms and the dashboard name are all emitted', () => {
    const named = [...observability.matchAll(/"((?:Letters|Oldest|Breakers|Degradation|Alerts|Heal)[A-Za-z]+)"/g)].map(
      ([, name]) => name ?? '',
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => !(name in METRIC_UNITS))).toEqual([]);
  });

  it.each(Object.keys(METRIC_UNITS))('%s is emitted by a handler', (name) => {
    const uses = handlers.split(new RegExp(`\\b${name}\\b`)).length - 1;
    expect(uses, 'only declared').toBeGreaterThan(1);
  });

  it('are all told of in the README', () => {
    const readme = read('README.md');
    expect(Object.keys(METRIC_UNITS).filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('the vocabulary', () => {
  const list = (name: string) =>
    [...(new RegExp(`${name}\\s*=\\s*\\[([^\\]]*)\\]`).exec(locals)?.[1] ?? '').matchAll(/"([^"]+)"/g)].map(
      ([, word]) => word,
    );

  it('of failure classes is the same on both sides', () => {
    expect(list('built_in_classes')).toEqual([...FAILURE_CLASSES]);
  });

  it('of verdicts is the same on both sides', () => {
    expect(list('verdicts')).toEqual([...VERDICT_KINDS]);
  });
});

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file));
}
