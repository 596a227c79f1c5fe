import { holds } from '../../handlers/core/classify/user-rules.ts';

/** Which letters an operator means. Every condition that is set must hold. */
export interface Selector {
  readonly group?: string;
  readonly class?: string;
  /** Died since then, epoch milliseconds; of a letter that does not say when it died, sent since then. */
  readonly since?: number;
  /** JMESPath over `Facts`. */
  readonly where?: string;
  /** The membership of a plan: ids of letters. */
  readonly ids?: ReadonlySet<string>;
}

/** What a selector sees of a letter; names and meanings are a promise (docs/cli/move.md). */
export interface Facts {
  /** The letter's own id: the message id of a letter in a DLQ, the origin id of a kept one. */
  readonly id: string;
  readonly messageId: string;
  readonly queue: string;
  readonly class: string;
  readonly group: string;
  readonly rule: string;
  /** What is known of the error; null where nothing is. */
  readonly errorType: string | null;
  readonly error: string | null;
  /** How often it was healed before this death. */
  readonly attempt: number;
  /** ISO 8601. */
  readonly diedAt: string;
  /** In the ledger; null for a letter in a DLQ. */
  readonly status: string | null;
  readonly messageGroupId: string | null;
  /** Texts and numbers as text; binary values in base64. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Parsed where it is JSON, else the text. */
  readonly body: unknown;
}

/** Facts of a letter, each found out when it is asked for. */
export type LazyFacts = { readonly [Name in keyof Facts]: () => Facts[Name] };

/** Why a letter is not meant, in words; undefined where it is. The cheap conditions come first. */
export function notMeant(selector: Selector, facts: LazyFacts): string | undefined {
  const { ids, since, class: failureClass, group, where } = selector;
  if (ids !== undefined && !ids.has(facts.id())) return 'not in the plan';
  if (since !== undefined && Date.parse(facts.diedAt()) < since) return 'it died before --since';
  if (failureClass !== undefined && facts.class() !== failureClass) return `its class is not ${failureClass}`;
  if (group !== undefined && facts.group() !== group) return `its group is not ${group}`;
  if (where !== undefined && !holds(where, documentOf(facts))) return '--where does not hold';
  return undefined;
}

/** Whether it can be told only by what the rules say of a letter. */
export const asksForRules = ({ class: failureClass, group, where }: Selector): boolean =>
  (failureClass ?? group ?? where) !== undefined;

const documentOf = (facts: LazyFacts) =>
  Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, value()]));
