/** What to do with one letter. `reason` is a sentence for the operator; it never holds the payload. */
export type Verdict = {
  readonly reason: string;
  /** Whether this letter asks for a person's attention; alerts are de-duplicated per group later. */
  readonly notify: boolean;
} /** `repair`: id of the rule whose repair mends the body first. */ & (
  | { readonly kind: 'heal'; readonly delaySeconds: number; readonly repair?: string }
  | { readonly kind: 'park'; readonly releasedBy: 'time'; readonly dueAt: number }
  /** Safe to heal, but not now: it waits in its group's lot for the canary and the ramp. */
  | { readonly kind: 'park'; readonly releasedBy: 'breaker' }
  | { readonly kind: 'park'; readonly releasedBy: 'person' | 'deploy' }
  | { readonly kind: 'archive' }
  | { readonly kind: 'quarantine' }
  | { readonly kind: 'leave' }
);

/** Where a letter stands in the ledger. `parked` waits for a time or its group's breaker, `waiting` for a person or a deploy. */
export const STATUSES = ['healed', 'parked', 'waiting', 'archived', 'quarantined', 'duplicate'] as const;
export type Status = (typeof STATUSES)[number];

/** The ledger status that carrying out the verdict leads to; a letter that is left has none. */
export function statusOf(verdict: Verdict): Status | undefined {
  switch (verdict.kind) {
    case 'heal':
      return 'healed';
    case 'park':
      return verdict.releasedBy === 'time' || verdict.releasedBy === 'breaker' ? 'parked' : 'waiting';
    case 'archive':
      return 'archived';
    case 'quarantine':
      return 'quarantined';
    case 'leave':
      return undefined;
  }
}
