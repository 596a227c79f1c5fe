// The values that a log line carries in CloudWatch's embedded metric format. Pure.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html

export type MetricValue = {
  namespace: string;
  name: string;
  unit: string;
  dimensions: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  time: number;
  value: number;
};

type Document = Record<string, unknown> & { _aws?: { Timestamp?: unknown; CloudWatchMetrics?: unknown } };
type Directive = { Namespace?: unknown; Dimensions?: unknown; Metrics?: unknown };

const MAX_VALUES = 100;

/** None for a line that is no such document; of one that is, those that CloudWatch would take. */
export function embeddedMetrics(line: string): MetricValue[] {
  // Most lines are something else, and parsing is dear.
  if (!line.startsWith('{') || !line.includes('"_aws"')) return [];
  const document = parse(line);
  const time = document?._aws?.Timestamp;
  const directives = document?._aws?.CloudWatchMetrics;
  if (document === undefined || typeof time !== 'number' || !Array.isArray(directives)) return [];
  return (directives as Directive[]).flatMap((directive) => valuesOf(document, directive, time));
}

function valuesOf(document: Document, directive: Directive, time: number): MetricValue[] {
  const { Namespace: namespace, Dimensions: sets, Metrics: metrics } = directive;
  if (typeof namespace !== 'string' || !Array.isArray(sets) || !Array.isArray(metrics)) return [];
  const found: MetricValue[] = [];
  for (const names of sets as string[][]) {
    const dimensions = dimensionsOf(document, names);
    if (dimensions === undefined) continue;
    for (const { Name: name, Unit: unit = 'None' } of metrics as { Name: string; Unit?: string }[]) {
      const values = [document[name]].flat();
      if (values.length > MAX_VALUES) continue;
      for (const value of values)
        if (typeof value === 'number') found.push({ namespace, name, unit, dimensions, time, value });
    }
  }
  return found;
}

function dimensionsOf(document: Document, names: readonly string[]): Record<string, string> | undefined {
  const dimensions = names.map((name): [string, unknown] => [name, document[name]]);
  if (!dimensions.every((pair): pair is [string, string] => typeof pair[1] === 'string')) return undefined;
  return Object.fromEntries(dimensions);
}

function parse(line: string): Document | undefined {
  try {
    return JSON.parse(line) as Document;
  } catch {
    return undefined;
  }
}
