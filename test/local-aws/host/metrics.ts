// CloudWatch metrics of what functions print, and of their invocations, as AWS makes them by itself.
import { AWS_ITSELF, type Gateway } from '../gateway.ts';
import { request } from './aws-request.ts';
import { embeddedMetrics, type MetricValue } from './embedded-metrics.ts';

export type Metrics = {
  /** Takes a line that a function printed. */
  line(text: string): void;
  /** Takes an invocation that has ended. */
  invocation(ended: { functionName: string; time: number; failed: boolean }): void;
  /** Puts what was taken so far; happens by itself every second. */
  flush(): Promise<void>;
  stop(): Promise<void>;
};

type Statistics = { Sum: number; Minimum: number; Maximum: number; SampleCount: number };
type Collected = Omit<MetricValue, 'value'> & { statistics: Statistics };

const FLUSH_MS = 1_000;
const MINUTE_MS = 60_000;
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
const MAX_DATA = 1_000;

export function createMetrics(gateway: Gateway, region: string): Metrics {
  const collected = new Map<string, Collected>();
  let flushing: Promise<void> = Promise.resolve();

  /** One figure per metric and minute: CloudWatch shows no finer ones, and the emulator looks at each for each query. */
  function add({ value, time: exact, ...metric }: MetricValue): void {
    const time = exact - (exact % MINUTE_MS);
    const key = JSON.stringify([metric.namespace, metric.name, metric.unit, Object.entries(metric.dimensions), time]);
    const known = collected.get(key)?.statistics;
    const statistics = {
      Sum: (known?.Sum ?? 0) + value,
      Minimum: Math.min(known?.Minimum ?? value, value),
      Maximum: Math.max(known?.Maximum ?? value, value),
      SampleCount: (known?.SampleCount ?? 0) + 1,
    };
    collected.set(key, { ...metric, time, statistics });
  }

  async function put(Namespace: string, metrics: readonly Collected[]): Promise<void> {
    const MetricData = metrics.map(({ name, unit, dimensions, time, statistics }) => ({
      MetricName: name,
      Unit: unit,
      Timestamp: time / 1000,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      StatisticValues: statistics,
    }));
    const target = 'GraniteServiceVersion20100801.PutMetricData';
    const body = { Namespace, MetricData };
    await request(gateway, { service: 'monitoring', target, body, caller: AWS_ITSELF, region });
  }

  async function putAll(): Promise<void> {
    const byNamespace = Map.groupBy(collected.values(), ({ namespace }) => namespace);
    collected.clear();
    for (const [namespace, metrics] of byNamespace) {
      for (let start = 0; start < metrics.length; start += MAX_DATA)
        await put(namespace, metrics.slice(start, start + MAX_DATA));
    }
  }

  function flush(): Promise<void> {
    // As in AWS, what CloudWatch does not take is gone; no function hears of it.
    flushing = flushing.then(putAll).catch(() => undefined);
    return flushing;
  }
  const timer = setInterval(flush, FLUSH_MS);
  timer.unref();

  return {
    line(text) {
      for (const value of embeddedMetrics(text)) add(value);
    },
    // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html: at the time of the invocation's start.
    invocation({ functionName, time, failed }) {
      const metric = { namespace: 'AWS/Lambda', unit: 'Count', dimensions: { FunctionName: functionName }, time };
      add({ ...metric, name: 'Invocations', value: 1 });
      add({ ...metric, name: 'Errors', value: failed ? 1 : 0 });
    },
    flush,
    async stop() {
      clearInterval(timer);
      await flush();
    },
  };
}
