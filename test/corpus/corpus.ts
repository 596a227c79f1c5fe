import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuiltInClass, FAILURE_CLASSES } from '../../handlers/core/classes.ts';
import { classify } from '../../handlers/core/classify.ts';
import type { Evidence } from '../../handlers/core/evidence/evidence.ts';

/** One provoked failure; README.md beside this file says what each key holds. */
export interface CorpusText {
  readonly id: string;
  readonly scenario: string;
  readonly class: BuiltInClass;
  readonly accept: readonly BuiltInClass[];
  readonly misleading: boolean;
  readonly cause: string;
  readonly evidence: {
    readonly errorType?: string;
    readonly errorMessage?: string;
    readonly stack?: string;
    readonly httpStatus?: number;
    readonly awsErrorCode?: string;
  };
}

const TEXTS = join(import.meta.dirname, 'texts');

/** The names of the recorders: one file of texts each. */
export const recorders = (): string[] =>
  readdirSync(TEXTS)
    .filter((file) => file.endsWith('.jsonl'))
    .map((file) => file.slice(0, -'.jsonl'.length))
    .sort();

export function textsOf(recorder: string): CorpusText[] {
  return readTexts(join(TEXTS, `${recorder}.jsonl`));
}

export function readTexts(file: string): CorpusText[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as CorpusText);
}

/** A third of the scenarios, by hash of the name, on which no rule is ever tuned; all wrappings of a failure stay together. */
export function isHeldAside({ scenario }: Pick<CorpusText, 'scenario'>): boolean {
  return createHash('sha256').update(scenario).digest().readUInt32BE(0) % 3 === 0;
}

export function evidenceOf({ evidence: { errorMessage, ...rest } }: Pick<CorpusText, 'evidence'>): Evidence {
  return { source: 'attributes', ...rest, ...(errorMessage === undefined ? {} : { message: errorMessage }) };
}

const RETRIED: readonly string[] = ['TIMEOUT', 'THROTTLED', 'DEPENDENCY_FAILURE', 'RESOURCE_EXHAUSTED'];
const NEVER_RETRIED: readonly BuiltInClass[] = ['AUTH_FAILURE', 'VALIDATION_ERROR', 'BAD_PAYLOAD', 'CODE_BUG'];

export interface Verdict {
  readonly text: CorpusText;
  readonly got: string;
  readonly rule: string;
  readonly words: string;
  readonly strict: boolean;
  readonly acceptable: boolean;
  /** What no retry cures was classed as something that is retried. */
  readonly unsafe: boolean;
}

export function judge(text: CorpusText): Verdict {
  const { failureClass, rule, words } = classify(
    evidenceOf(text),
    { body: '', attributes: {} },
    { queue: 'q', rules: [] },
  );
  const acceptable = failureClass === text.class || (text.accept as readonly string[]).includes(failureClass);
  const unsafe = NEVER_RETRIED.includes(text.class) && RETRIED.includes(failureClass) && !acceptable;
  return { text, got: failureClass, rule, words, strict: failureClass === text.class, acceptable, unsafe };
}

export interface Score {
  readonly texts: number;
  /** Shares of all texts. */
  readonly strict: number;
  readonly acceptable: number;
  /** Share of the texts that must not be retried. */
  readonly unsafe: number;
}

export function scoreOf(verdicts: readonly Verdict[]): Score {
  const share = (some: number, all: number) => (all === 0 ? 0 : some / all);
  const notRetried = verdicts.filter(({ text }) => NEVER_RETRIED.includes(text.class));
  return {
    texts: verdicts.length,
    strict: share(verdicts.filter(({ strict }) => strict).length, verdicts.length),
    acceptable: share(verdicts.filter(({ acceptable }) => acceptable).length, verdicts.length),
    unsafe: share(notRetried.filter(({ unsafe }) => unsafe).length, notRetried.length),
  };
}

/** What is wrong with a text's form, or undefined. */
export function flawOf(text: CorpusText): string | undefined {
  const { id, scenario, evidence } = text;
  if (!id.startsWith(`${scenario}#`)) return `${id}: the id must be its scenario, "#" and a wrapping`;
  for (const label of [text.class, ...text.accept])
    if (!FAILURE_CLASSES.includes(label)) return `${id}: no failure class is called ${label}`;
  if (text.accept.includes(text.class)) return `${id}: accept repeats the class`;
  if (typeof text.misleading !== 'boolean' || text.cause.length < 10) return `${id}: misleading or cause is missing`;
  const unknown = Object.keys(evidence).filter(
    (key) => !['errorType', 'errorMessage', 'stack', 'httpStatus', 'awsErrorCode'].includes(key),
  );
  return unknown.length === 0 ? undefined : `${id}: evidence has no key ${unknown}`;
}
