import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/** Every metric the handlers emit, and its unit. Alarms and the dashboard may name these only (DESIGN §10). */
export const METRIC_UNITS = {
  LettersArrived: MetricUnit.Count,
  LettersHealed: MetricUnit.Count,
  LettersRelapsed: MetricUnit.Count,
  LettersParked: MetricUnit.Count,
  LettersArchived: MetricUnit.Count,
  LettersQuarantined: MetricUnit.Count,
  LettersWaiting: MetricUnit.Count,
  OldestWaitingSeconds: MetricUnit.Seconds,
  BreakersOpen: MetricUnit.Count,
  DegradationLevel: MetricUnit.Count,
  AlertsSent: MetricUnit.Count,
  AlertsSuppressed: MetricUnit.Count,
  HealLatency: MetricUnit.Milliseconds,
  HealerErrors: MetricUnit.Count,
} as const;

export type MetricName = keyof typeof METRIC_UNITS;
export type MetricValues = Partial<Record<MetricName, number | readonly number[]>>;

/**
 * Writes one EMF record for a queue and, with `failureClass`, for that class as well: alarms look at the queue, the
 * dashboard at the classes. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function emit(stack: string, queue: string, failureClass: string | undefined, values: MetricValues): void {
  const metrics = new Metrics({ namespace: 'DlqHealer' });
  metrics.clearDefaultDimensions(); // Powertools' own `service` dimension is not one of ours
  metrics.setDefaultDimensions({ stack, queue });
  metrics.addDimensions({}); // the set of the defaults alone
  if (failureClass !== undefined) metrics.addDimensions({ class: failureClass });
  for (const [name, value] of Object.entries(values) as [MetricName, number | readonly number[]][]) {
    for (const one of typeof value === 'number' ? [value] : value) metrics.addMetric(name, METRIC_UNITS[name], one);
  }
  metrics.publishStoredMetrics();
}
