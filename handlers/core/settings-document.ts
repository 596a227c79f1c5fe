import type { Steps, Thresholds } from './level.ts';
import { array, fail, optionalFlag, optionalNumber, optionalText, present, record, text } from './parse.ts';
import {
  type BreakerPolicy,
  type ClassPolicy,
  DEFAULT_BREAKER,
  DEFAULT_CLASSES,
  DEFAULT_DEGRADATION,
  MAX_ATTEMPTS,
  type Policy,
  type QueuePolicy,
} from './policy.ts';
import { verdictKind } from './verdict-kind.ts';

/**
 * Reads the policy document that Terraform wrote to the ledger, but for its rules, which bring a regular
 * expression engine along: see `parsePolicy`.
 * @throws Error naming the path, what was expected and what came, when the text is not such a document.
 */
export function parseSettings(documentText: string): Policy {
  const root = record(JSON.parse(documentText), 'policy document');
  if (root.version !== 1)
    fail('version', '1 (apply the module and the functions of one release together)', root.version);
  const policy = record(root.policy, 'policy');
  const poison = record(policy.poison, 'policy.poison');
  const classes = mergeClasses(DEFAULT_CLASSES, policy.classes, 'policy.classes');
  return {
    stack: text(root.stack, 'stack'),
    queues: Object.entries(record(root.queues, 'queues')).map(([key, value]) => parseQueue(key, value, classes)),
    rules: [],
    poison: {
      threshold: optionalNumber(poison.threshold, 'policy.poison.threshold') ?? 5,
      windowSeconds: optionalNumber(poison.window_seconds, 'policy.poison.window_seconds') ?? 86_400,
    },
    breaker: parseBreaker(policy.breaker),
    healFifo: policy.heal_fifo === true,
    alertWindowSeconds: optionalNumber(record(root.alerts, 'alerts').window_seconds, 'alerts.window_seconds') ?? 900,
    ledgerDays: optionalNumber(record(root.retention, 'retention').ledger_days, 'retention.ledger_days') ?? 90,
    degradation: parseThresholds(record(policy.degradation ?? {}, 'policy.degradation'), 'policy.degradation'),
  };
}

function parseBreaker(value: unknown): BreakerPolicy {
  const breaker = record(value ?? {}, 'policy.breaker');
  const number = (name: string) => optionalNumber(breaker[name], `policy.breaker.${name}`);
  return {
    ...DEFAULT_BREAKER,
    ...present({
      relapses: number('relapses'),
      windowSeconds: number('window_seconds'),
      coolDownSeconds: number('cool_down_seconds'),
      maxCoolDownSeconds: number('max_cool_down_seconds'),
      probes: number('probes'),
      rampPerMinute: number('ramp_per_minute'),
      maxPerMinute: number('max_per_minute'),
    }),
  };
}

function parseThresholds(value: Record<string, unknown>, path: string): Thresholds {
  return {
    errorRate: steps(value.error_rate, `${path}.error_rate`) ?? DEFAULT_DEGRADATION.errorRate,
    depth: steps(value.depth, `${path}.depth`) ?? DEFAULT_DEGRADATION.depth,
    ...present({ latencySeconds: steps(value.latency_seconds, `${path}.latency_seconds`) }),
  };
}

function steps(value: unknown, path: string): Steps | undefined {
  if (value === null || value === undefined) return undefined;
  const [one, two, three, four, ...more] = array(value, path).map((step, i) => optionalNumber(step, `${path}[${i}]`));
  if (one === undefined || two === undefined || three === undefined || four === undefined || more.length > 0)
    return fail(path, 'four numbers', value);
  if (!(one > 0 && one < two && two < three && three < four)) return fail(path, 'rising from above 0', value);
  return [one, two, three, four];
}

function parseQueue(key: string, value: unknown, defaults: Readonly<Record<string, ClassPolicy>>): QueuePolicy {
  const path = `queues.${key}`;
  const queue = record(value, path);
  const optional = {
    sourceUrl: optionalText(queue.source_url, `${path}.source_url`),
    sourceArn: optionalText(queue.source_arn, `${path}.source_arn`),
    consumerFunction: optionalText(queue.consumer_function, `${path}.consumer_function`),
    logGroup: optionalText(queue.log_group, `${path}.log_group`),
  };
  return {
    key,
    dlqUrl: text(queue.dlq_url, `${path}.dlq_url`),
    dlqArn: text(queue.dlq_arn, `${path}.dlq_arn`),
    ...present(optional),
    tierArns: array(queue.tier_arns, `${path}.tier_arns`).map((arn, i) => text(arn, `${path}.tier_arns[${i}]`)),
    targets: array(queue.targets, `${path}.targets`).map((arn, i) => text(arn, `${path}.targets[${i}]`)),
    fifo: queue.fifo === true,
    logLookup: queue.log_lookup === true,
    classes: mergeClasses(defaults, queue.classes, `${path}.classes`),
  };
}

function mergeClasses(
  defaults: Readonly<Record<string, ClassPolicy>>,
  value: unknown,
  path: string,
): Readonly<Record<string, ClassPolicy>> {
  const merged: Record<string, ClassPolicy> = { ...defaults };
  for (const [name, override] of Object.entries(record(value ?? {}, path))) {
    merged[name] = overrideClass(
      merged[name] ?? DEFAULT_CLASSES.UNKNOWN,
      record(override, `${path}.${name}`),
      `${path}.${name}`,
    );
  }
  return merged;
}

function overrideClass(base: ClassPolicy, override: Record<string, unknown>, path: string): ClassPolicy {
  const verdict = verdictKind(override.verdict, `${path}.verdict`) ?? base.verdict;
  // A class that was not healed and now is gets the usual three attempts and back-off unless told otherwise.
  const from =
    verdict === 'heal' && base.verdict !== 'heal' ? { ...DEFAULT_CLASSES.TIMEOUT, notify: base.notify } : base;
  const attempts = optionalNumber(override.attempts, `${path}.attempts`) ?? from.attempts;
  if (attempts > MAX_ATTEMPTS) fail(`${path}.attempts`, `at most ${MAX_ATTEMPTS}`, attempts);
  const notify = optionalText(override.notify, `${path}.notify`) ?? from.notify;
  if (notify !== 'always' && notify !== 'exhausted' && notify !== 'never') {
    return fail(`${path}.notify`, '"always", "exhausted" or "never"', notify);
  }
  return {
    verdict,
    attempts,
    baseDelaySeconds:
      optionalNumber(override.base_delay_seconds, `${path}.base_delay_seconds`) ?? from.baseDelaySeconds,
    maxDelaySeconds: optionalNumber(override.max_delay_seconds, `${path}.max_delay_seconds`) ?? from.maxDelaySeconds,
    notify,
    releasedBy: base.releasedBy,
    critical: optionalFlag(override.critical, `${path}.critical`) ?? base.critical,
  };
}
