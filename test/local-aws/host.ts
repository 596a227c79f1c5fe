// Lambda on this machine: runs the committed zips in processes of their own, fed by event source mappings, schedules,
// invocations through the API and requests to HTTP APIs.
import { EventEmitter } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Invocation, InvocationResult } from './gateway/lambda.ts';
import type { Gateway } from './gateway.ts';
import { createAsyncInvocations } from './host/async-invocations.ts';
import type { Outcome } from './host/environment.ts';
import { createExecutions } from './host/executions.ts';
import { createZipStore, type FunctionSpec, readFunction } from './host/function-spec.ts';
import { createLogs, type LogLine } from './host/logs.ts';
import { createMetrics } from './host/metrics.ts';
import { type Poller, startPoller } from './host/poller.ts';
import { createPool, type Pool } from './host/pool.ts';
import { createSchedules } from './host/schedules.ts';
import { newTrace } from './host/trace.ts';

export type HostOptions = {
  gateway: Gateway;
  region: string;
  /** Where the zips are that Terraform deployed. */
  zipDirectory: string;
  /** A directory of this run: unpacked code and log files. */
  work: string;
  /** A file of certificates that functions trust beside the usual ones, where there is any by now. */
  trusted?: () => string | undefined;
  /** Batches of one mapping at once, where the mapping has no maximum of its own. */
  defaultConcurrency?: number;
  /** Environments of one function that run at once; more invocations wait, which Lambda's would not. */
  maxPerFunction?: number;
  /** Processes of all functions, some 75 MB each; above this, idle ones are ended. Cold starts cost most of a small machine. */
  maxProcesses?: number;
  /** Before the second and the third attempt of an asynchronous invocation; Lambda waits one minute and two. */
  asyncRetryDelaysMs?: readonly [number, number];
};

export type Host = {
  /** `line` for each LogLine, `invocation` for each finished HostInvocation. */
  events: EventEmitter<{ line: [LogLine]; invocation: [HostInvocation]; problem: [Error] }>;
  invoke(invocation: Invocation): Promise<InvocationResult>;
  /** Starts or stops pollers and timers so that they are what the gateway holds now. Happens by itself on changes. */
  refresh(): Promise<void>;
  /** Lets a rule or a schedule of the Scheduler fire now, by its name; resolves when its targets or their queues have it. */
  fire(name: string): Promise<void>;
  /** Shows now in CloudWatch what the metrics of functions have come to; otherwise within a second. */
  flushMetrics(): Promise<void>;
  /** Batches and invocations that run now. */
  busy(): number;
  stop(): Promise<void>;
};

export type HostInvocation = { functionName: string; durationMs: number; failed: boolean };

type Deployed = { spec: FunctionSpec; pool: Pool };

export async function startHost(options: HostOptions): Promise<Host> {
  const { gateway, region } = options;
  const defaultConcurrency = options.defaultConcurrency ?? 4;
  const trusted = options.trusted ?? (() => undefined);
  const maxPerFunction = options.maxPerFunction ?? 40;
  const maxProcesses = options.maxProcesses ?? 60;
  const events: Host['events'] = new EventEmitter();
  await mkdir(options.work, { recursive: true });
  const zips = createZipStore(options.zipDirectory, options.work);
  const metrics = createMetrics(gateway, region);
  const logs = createLogs(gateway, region, join(options.work, 'logs'), (line) => {
    metrics.line(line.text);
    events.emit('line', line);
  });
  const functions = new Map<string, Promise<Deployed>>();
  const pollers = new Map<string, { key: string; poller: Poller }>();
  const retired = new Set<Promise<void>>();
  let invocations = 0;
  let stopped = false;

  async function deploy(name: string): Promise<Deployed> {
    const spec = await readFunction(gateway, zips, region, name);
    logs.setGroup(name, spec.logGroup);
    const pool = createPool({ spec, region, endpoint: gateway.url, trusted, print: logs.print }, maxPerFunction);
    return { spec, pool };
  }

  function deployed(name: string): Promise<Deployed> {
    const known = functions.get(name) ?? deploy(name);
    functions.set(name, known);
    known.catch(() => functions.delete(name));
    return known;
  }

  async function run(functionName: string, event: string, trace = newTrace(), requestId?: string): Promise<Outcome> {
    invocations++;
    try {
      const { pool } = await deployed(functionName);
      const outcome = await pool.run(event, trace, requestId);
      const { durationMs, functionError } = outcome;
      const failed = functionError !== undefined;
      metrics.invocation({ functionName, time: Date.now() - durationMs, failed });
      events.emit('invocation', { functionName, durationMs, failed });
      await keepWithinBound();
      return outcome;
    } catch (error) {
      if (!stopped) events.emit('problem', error as Error);
      throw error;
    } finally {
      invocations--;
    }
  }

  const pools = async () =>
    (await Promise.all([...functions.values()].map((one) => one.catch(() => undefined)))).filter(
      (one) => one !== undefined,
    );

  /** Ends idle environments of those who have most of them. */
  async function keepWithinBound(): Promise<void> {
    const all = (await pools()).map(({ pool }) => pool);
    for (let over = all.reduce((sum, pool) => sum + pool.live(), 0) - maxProcesses; over > 0; over--) {
      all.sort((a, b) => b.idle() - a.idle())[0]?.shrink();
    }
  }

  const queued = createAsyncInvocations({
    gateway,
    region,
    run,
    retryDelaysMs: options.asyncRetryDelaysMs ?? [300, 600],
    onProblem: (error) => {
      if (!stopped) events.emit('problem', error);
    },
  });

  async function invoke(invocation: Invocation): Promise<InvocationResult> {
    const { functionName, payload, traceHeader, requestId, type } = invocation;
    if (type === 'Event') {
      queued.accept({
        ...{ functionName, event: payload.toString() || '{}' },
        ...(traceHeader === undefined ? {} : { traceHeader }),
        ...(requestId === undefined ? {} : { requestId }),
      });
      return { payload: Buffer.alloc(0) };
    }
    const outcome = await run(functionName, payload.toString() || '{}', traceHeader, requestId);
    const result: InvocationResult = { payload: Buffer.from(outcome.payload) };
    return outcome.functionError === undefined ? result : { ...result, functionError: outcome.functionError };
  }
  gateway.setInvoke(invoke);
  gateway.setRunner(createExecutions(gateway, region));

  const schedules = createSchedules(gateway, region, (error) => {
    if (!stopped) events.emit('problem', error);
  });

  /** A function that changed gets new environments; the old ones end. */
  async function redeploy(): Promise<void> {
    for (const [name, old] of [...functions]) {
      const before = await old.catch(() => undefined);
      const now = await readFunction(gateway, zips, region, name).catch(() => undefined);
      if (before === undefined || JSON.stringify(before.spec) === JSON.stringify(now)) continue;
      functions.delete(name);
      retire(before.pool.stop());
    }
  }

  function retire(ending: Promise<void>): void {
    const done = ending.finally(() => retired.delete(done));
    retired.add(done);
  }

  async function refresh(): Promise<void> {
    if (stopped) return;
    await redeploy();
    const wanted = new Map(
      gateway
        .mappings()
        .filter((one) => one.State === 'Enabled')
        .map((one) => [one.UUID, one]),
    );
    for (const [id, { key, poller }] of [...pollers]) {
      const mapping = wanted.get(id);
      if (mapping !== undefined && JSON.stringify(mapping) === key) continue;
      pollers.delete(id);
      retire(poller.stop());
    }
    for (const [id, mapping] of wanted) {
      if (pollers.has(id)) continue;
      const name = mapping.FunctionArn.split(':')[6] ?? '';
      const poller = startPoller({
        gateway,
        mapping: { ...mapping },
        region,
        run: (event) => run(name, event),
        defaultConcurrency,
      });
      pollers.set(id, { key: JSON.stringify(mapping), poller });
    }
    await schedules.refresh();
  }

  let refreshing: Promise<void> = Promise.resolve();
  let waiting = false;
  gateway.onChange(() => {
    if (waiting || stopped) return;
    waiting = true;
    // Terraform makes many changes in a row.
    setTimeout(() => {
      waiting = false;
      refreshing = refreshing.then(refresh).catch((error: Error) => void events.emit('problem', error));
    }, 1_000).unref();
  });
  await refresh();

  return {
    events,
    invoke,
    refresh,
    fire: schedules.fire,
    flushMetrics: metrics.flush,
    busy: () =>
      invocations + queued.pending() + [...pollers.values()].reduce((sum, { poller }) => sum + poller.busy(), 0),
    async stop() {
      stopped = true;
      schedules.stop();
      queued.stop();
      const ending = [...pollers.values()].map(({ poller }) => poller.stop());
      await Promise.all((await pools()).map(({ pool }) => pool.stop()));
      await Promise.all([...ending, ...retired, refreshing]);
      await logs.stop();
      await metrics.stop();
    },
  };
}
