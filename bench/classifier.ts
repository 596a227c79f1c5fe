import Table from 'cli-table3';
import { readRecords } from '../handlers/aws/records.ts';
import { factsOf } from '../handlers/core/classify/cause.ts';
import { matcherOf } from '../handlers/core/classify/matcher.ts';
import { classify } from '../handlers/core/classify.ts';
import { decide, UNHINDERED } from '../handlers/core/decide.ts';
import { evidenceOf } from '../handlers/core/evidence/evidence-of.ts';
import { fingerprint } from '../handlers/core/fingerprint.ts';
import {
  DEFAULT_BREAKER,
  DEFAULT_CLASSES,
  DEFAULT_DEGRADATION,
  type Policy,
  type QueuePolicy,
} from '../handlers/core/policy.ts';
import { BUILT_IN_RULES } from '../handlers/core/rules/built-in.ts';
import { evidenceOf as evidenceOfText, recorders, textsOf } from '../test/corpus/corpus.ts';

/** Evidence sizes, bytes. */
const SIZES = [512, 2048, 8192];
const LETTERS = 2000;
const ROUNDS = 5;

const DLQ_ARN = 'arn:aws:sqs:eu-central-1:123456789012:orders-dlq';
const QUEUE: QueuePolicy = {
  key: 'orders',
  dlqUrl: 'https://sqs.eu-central-1.amazonaws.com/123456789012/orders-dlq',
  dlqArn: DLQ_ARN,
  sourceUrl: 'https://sqs.eu-central-1.amazonaws.com/123456789012/orders',
  tierArns: [],
  targets: [],
  fifo: false,
  classes: DEFAULT_CLASSES,
};
const POLICY: Policy = {
  stack: 'bench',
  queues: [QUEUE],
  rules: [],
  poison: { threshold: 5, windowSeconds: 86_400 },
  breaker: DEFAULT_BREAKER,
  healFifo: false,
  alertWindowSeconds: 900,
  ledgerDays: 90,
  degradation: DEFAULT_DEGRADATION,
};

/** Events as Lambda gets them: the corpus' errors in `dlq-evidence`, with a stack up to the size. */
function records(size: number): object[] {
  const texts = recorders().flatMap(textsOf);
  return Array.from({ length: LETTERS }, (_, i) => {
    const { errorType, errorMessage, stack = '', httpStatus, awsErrorCode } = texts[i % texts.length]?.evidence ?? {};
    const message = errorMessage?.slice(0, size / 2);
    const frames = framesOf(i, size - (message?.length ?? 0) - Math.min(stack.length, size / 2));
    const said = { v: 1, origin: `m-${i}`, attempt: 0, errorType, message, httpStatus, awsCode: awsErrorCode };
    const evidence = JSON.stringify({ ...said, stack: `${stack.slice(0, size / 2)}\n${frames}` });
    return {
      messageId: `m-${i}`,
      body: `{"order_id":"o-${i}"}`,
      attributes: { ApproximateReceiveCount: '6' },
      messageAttributes: { 'dlq-evidence': { dataType: 'String', stringValue: evidence } },
      eventSourceARN: DLQ_ARN,
    };
  });
}

function framesOf(seed: number, bytes: number): string {
  let frames = '';
  for (let n = 1; frames.length < bytes; n++)
    frames += `    at Order.step${n} (/var/task/node_modules/shop/lib-${seed % 97}/index.js:${n * 13}:${n + 5})\n`;
  return frames;
}

/** Read → evidence → classify → fingerprint → decide, as the healer does it, without any call. */
function explain(batch: readonly object[]): number {
  let healed = 0;
  for (const received of readRecords(batch)) {
    if (!('letter' in received)) throw new Error(received.unreadable);
    const { letter } = received;
    const { evidence, lineage, returnTo } = evidenceOf(letter);
    const classification = classify(evidence, letter, { queue: QUEUE.key, rules: POLICY.rules });
    fingerprint(QUEUE.key, classification, evidence);
    const verdict = decide({
      ...{ lineage, returnTo, classification, state: UNHINDERED, queue: QUEUE, policy: POLICY },
      now: 0,
      random: 0.5,
    });
    if (verdict.kind === 'heal') healed++;
  }
  return healed;
}

/** Least CPU time of some rounds, microseconds: other work on the machine only ever adds. */
function leastCpu(run: () => void): number {
  run();
  const rounds = Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage();
    run();
    return process.cpuUsage(before).user;
  });
  return Math.min(...rounds);
}

/** How many times longer it takes to try every pattern of every rule than only those whose words are there. */
function everyPatternFactor(): number {
  const facts = recorders()
    .flatMap(textsOf)
    .map((text) => factsOf(evidenceOfText(text), ''));
  const matcher = matcherOf(BUILT_IN_RULES);
  const everything = { names: [], mayMatch: () => true };
  const few = leastCpu(() => {
    for (const one of facts) for (const cause of one.causes) Array.from(matcher.matches(cause, one));
  });
  const all = leastCpu(() => {
    for (const one of facts)
      for (const cause of one.causes) for (const { test } of BUILT_IN_RULES) test.find(cause, one, everything);
  });
  return all / few;
}

/** Prints letters per second of CPU time, by evidence size. */
export function benchClassifier(): void {
  const table = new Table({ head: ['evidence', 'letters per CPU second'], style: { head: [], border: [] } });
  for (const size of SIZES) {
    const batch = records(size);
    table.push([
      `${size / 1024} KB`,
      Math.round(LETTERS / (leastCpu(() => explain(batch)) / 1e6)).toLocaleString('en'),
    ]);
  }
  process.stdout.write(`read → evidence → classify → fingerprint → decide, on one core\n${table.toString()}\n`);
  process.stdout.write(
    `trying every pattern would take ${everyPatternFactor().toFixed(1)} times as long as trying those whose words are there\n`,
  );
}
