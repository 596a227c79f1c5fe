import type { VerdictKind } from '../../handlers/core/classes.ts';
import type { Handled } from '../../handlers/core/handled.ts';
import type { UserRule } from '../../handlers/core/rules/user.ts';
import { nextStep } from '../explain.ts';
import { type Ages, agesOf, instant } from './ages.ts';
import { type ErrorText, type Examined, examinedFrom, examiner } from './examine.ts';
import type { Read, Unreadable } from './messages.ts';
import { poisonCounts } from './poison.ts';

/** What `--json` prints: names and meanings are a promise (docs/cli.md). Instants are ISO 8601. */
export interface Analysis {
  readonly version: 1;
  readonly letters: number;
  /** Receives of letters that were read already: SQS hands a letter out again when its visibility timeout ends. */
  readonly repeated: number;
  readonly unreadable: readonly Unreadable[];
  /** Most letters first; so are all lists below. */
  readonly classes: readonly ClassCount[];
  readonly groups: readonly Group[];
  readonly errorTypes: readonly { readonly errorType: string; readonly letters: number }[];
  readonly sources: readonly { readonly source: string; readonly letters: number }[];
  readonly ages: Ages;
}

export interface ClassCount {
  readonly class: string;
  readonly letters: number;
  readonly verdicts: Readonly<Partial<Record<VerdictKind, number>>>;
}

export interface Group {
  readonly queue: string | null;
  readonly class: string;
  readonly fingerprint: string;
  readonly rule: string;
  readonly confidence: number;
  readonly letters: number;
  readonly errorType: string | null;
  /** Normalised and redacted. */
  readonly error: string | null;
  /** The words that the rule saw, of the first letter. */
  readonly words: string;
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
  readonly sources: readonly { readonly source: string; readonly letters: number }[];
  /** Message id of the first letter. */
  readonly example: string;
  readonly verdicts: readonly GroupVerdict[];
}

export interface GroupVerdict {
  readonly verdict: VerdictKind;
  readonly letters: number;
  readonly reason: string;
  /** What happens, in words. */
  readonly next: string;
}

interface Collected {
  readonly text: ErrorText;
  readonly letters: [Examined, ...Examined[]];
}

/** Collects letters one at a time; `finish` tells what they have in common and what the healer would do with each. */
export function analyser(rules: readonly UserRule[], queueName: string | undefined) {
  const examine = examiner(rules, queueName);
  const seen = new Set<string>();
  const groups = new Map<string, Collected>();
  const errorTypes = new Map<string, number>();
  const unreadable: Unreadable[] = [];
  let repeated = 0;
  const addExamined = ({ text, ...examined }: Examined & { readonly text: ErrorText }) => {
    if (text.errorType !== '') errorTypes.set(text.errorType, (errorTypes.get(text.errorType) ?? 0) + 1);
    const key = `${examined.queue} ${examined.fingerprint}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { text, letters: [examined] });
    else group.letters.push(examined);
  };
  return {
    add(read: Read): void {
      if ('unreadable' in read) {
        unreadable.push(read.unreadable);
      } else if (seen.has(read.letter.messageId)) {
        repeated += 1;
      } else {
        seen.add(read.letter.messageId);
        addExamined(examine(read.letter));
      }
    },
    /** A letter that is known already: of a DLQ that somebody looks through, who sees each letter once. */
    addHandled: (handled: Handled): void => addExamined(examinedFrom(handled)),
    finish(now: number): Analysis {
      const letters = [...groups.values()].flatMap((group) => group.letters);
      const deaths = poisonCounts(letters, now);
      const judged = [...groups.values()].map((group) => groupOf(group, deaths, now));
      return {
        version: 1,
        letters: letters.length,
        repeated,
        unreadable,
        classes: classesOf(judged),
        groups: byLetters(judged),
        errorTypes: byLetters([...errorTypes].map(([errorType, count]) => ({ errorType, letters: count }))),
        sources: countedBy(letters, ({ source }) => source).map(([source, count]) => ({ source, letters: count })),
        ages: agesOf(
          letters.map(({ sentAt }) => sentAt),
          now,
        ),
      };
    },
  };
}

function groupOf({ text, letters }: Collected, deaths: (letter: Examined) => number, now: number): Group {
  const [first] = letters;
  const { failureClass, rule, confidence, words } = first.classification;
  const times = letters.flatMap(({ diedAt, sentAt }) => diedAt ?? sentAt ?? []).sort((a, b) => a - b);
  return {
    queue: first.queue === '' ? null : first.queue,
    class: failureClass,
    fingerprint: first.fingerprint,
    rule,
    confidence,
    letters: letters.length,
    errorType: text.errorType || null,
    error: text.error || null,
    words,
    firstSeen: instant(times[0]),
    lastSeen: instant(times.at(-1)),
    sources: countedBy(letters, ({ source }) => source).map(([source, count]) => ({ source, letters: count })),
    example: first.messageId,
    verdicts: verdictsOf(letters, deaths, now),
  };
}

function verdictsOf(letters: readonly Examined[], deaths: (letter: Examined) => number, now: number): GroupVerdict[] {
  const found = new Map<string, GroupVerdict>();
  for (const letter of letters) {
    const verdict = letter.verdict(deaths(letter), now);
    const { kind, reason } = verdict;
    const key = `${kind} ${reason}`;
    const before = found.get(key);
    found.set(key, {
      verdict: kind,
      letters: (before?.letters ?? 0) + 1,
      reason,
      next: before?.next ?? nextStep(verdict, now),
    });
  }
  return byLetters([...found.values()]);
}

function classesOf(groups: readonly Group[]): ClassCount[] {
  const classes = new Map<string, { class: string; letters: number; verdicts: Partial<Record<VerdictKind, number>> }>();
  for (const group of groups) {
    const count = classes.get(group.class) ?? { class: group.class, letters: 0, verdicts: {} };
    classes.set(group.class, count);
    count.letters += group.letters;
    for (const { verdict, letters } of group.verdicts)
      count.verdicts[verdict] = (count.verdicts[verdict] ?? 0) + letters;
  }
  return byLetters([...classes.values()]);
}

function countedBy<T>(items: readonly T[], nameOf: (item: T) => string): [string, number][] {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(nameOf(item), (counts.get(nameOf(item)) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}

/** Stable: of equal counts, what came first stays first. */
function byLetters<T extends { readonly letters: number }>(items: readonly T[]): T[] {
  return items.toSorted((a, b) => b.letters - a.letters);
}
