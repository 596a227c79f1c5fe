// Sums the metrics that functions print in CloudWatch's embedded metric format.
import type { LogLine } from '../local-aws/host/logs.ts';

export type MetricSums = { add(line: LogLine): void; sum(name: string): number };

export function createMetricSums(namespace: string): MetricSums {
  const sums = new Map<string, number>();
  return {
    add({ text }) {
      if (!text.includes('"_aws"')) return;
      const record = parse(text);
      for (const directive of record?._aws?.CloudWatchMetrics ?? []) {
        if (directive.Namespace !== namespace) continue;
        for (const { Name } of directive.Metrics ?? []) {
          const values = [record?.[Name]].flat().filter((value) => typeof value === 'number');
          sums.set(Name, (sums.get(Name) ?? 0) + values.reduce((total, value) => total + value, 0));
        }
      }
    },
    sum: (name) => sums.get(name) ?? 0,
  };
}

type Embedded = Record<string, unknown> & {
  _aws?: { CloudWatchMetrics?: { Namespace?: string; Metrics?: { Name: string }[] }[] };
};

function parse(text: string): Embedded | undefined {
  try {
    return JSON.parse(text) as Embedded;
  } catch {
    return undefined;
  }
}
