// What the healer says of letters that it only observes, and what `dlq` says of them.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LogLine } from '../../local-aws/host/logs.ts';
import type { LocalAws } from '../../local-aws/local-aws.ts';
import { REPOSITORY } from '../../local-aws/terraform.ts';
import type { Said } from './told.ts';

/** A line `would heal`, `would park`, … of the healer. */
export function saidIn({ text }: LogLine): Said[] {
  if (!text.includes('"would ')) return [];
  const record = JSON.parse(text.slice(text.indexOf('{'))) as Said & { message: string };
  return record.message === `would ${record.verdict}` ? [record] : [];
}

/** Of `LettersArrived`, as the healer puts it into its log: queue → letters. */
export function arrivedIn({ text }: LogLine): [queue: string, letters: number][] {
  if (!text.includes('"LettersArrived"')) return [];
  const { queue, LettersArrived } = JSON.parse(text.slice(text.indexOf('{'))) as Record<string, unknown>;
  const letters = [LettersArrived].flat().reduce((sum: number, value) => sum + Number(value), 0);
  return [[String(queue), letters]];
}

/** Runs the committed command as an operator of the stack does, and parses what it prints. */
export async function dlq(aws: LocalAws, args: readonly string[]): Promise<Record<string, unknown>> {
  return JSON.parse(await said(aws, [...args, '--json'])) as Record<string, unknown>;
}

async function said(aws: LocalAws, args: readonly string[]): Promise<string> {
  const env = { PATH: process.env.PATH, ...aws.environment, XDG_STATE_HOME: aws.work };
  const command = [join(REPOSITORY, 'dist', 'dlq.mjs'), ...args];
  return (await promisify(execFile)(process.execPath, command, { env, maxBuffer: 2 ** 26 })).stdout;
}

/** SQS's own redrive, of the DLQ that SQS fills and of one that Lambda does: what it would do, and why AWS would refuse it. */
export async function nativeFaults(aws: LocalAws, stack: string): Promise<string[]> {
  const ask = (queue: string) =>
    said(aws, ['redrive', '--native', '--dry-run', '--stack', stack, '--queue', queue]).catch(
      ({ stderr }: { stderr: string }) => stderr,
    );
  const [own, others] = [await ask('orders'), await ask('invoices')];
  return [
    ...(/from\s+theirs-orders-dlq: about \d+ letters/.test(own) ? [] : [`dlq redrive --native said of orders: ${own}`]),
    ...(others.includes('SQS moves only letters of a DLQ of its own queues')
      ? []
      : [`dlq redrive --native said of the DLQ of a function: ${others}`]),
  ];
}

/** Verdict → letters, of `dlq analyze --json`. */
export function wouldOf(answer: Record<string, unknown>): Record<string, number> {
  const counts: Record<string, number> = {};
  const { classes = [] } = answer as { classes?: { verdicts: Record<string, number> }[] };
  for (const { verdicts } of classes)
    for (const [kind, letters] of Object.entries(verdicts)) counts[kind] = (counts[kind] ?? 0) + letters;
  return counts;
}
