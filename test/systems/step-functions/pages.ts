// What is crawled: how each kind of page behaves, and what must become of it.

/** How a page answers. */
export type Kind =
  /** At once. */
  | 'steady'
  /** After two 503s: the workflow's own Retry copes. */
  | 'flaky'
  /** After four 503s, which is more than one execution tries. */
  | 'outlasting'
  /** After three requests that it leaves without an answer. */
  | 'slow'
  /** Never: 404. */
  | 'gone'
  /** With 401, until somebody is let in. */
  | 'locked'
  /** At once, with a page that the parser stumbles over until it is mended. */
  | 'titleless'
  /** With 503, always. */
  | 'hopeless';

export interface Page {
  readonly kind: Kind;
  /** After the origin of the site. */
  readonly path: string;
}

/** What must have become of every page of a kind. */
export interface Fate {
  /** How its executions ended, in their order. */
  readonly executions: readonly ('FAILED' | 'SUCCEEDED')[];
  /** Statuses of its letters, in the order of their deaths. */
  readonly letters: readonly string[];
  /** Of its letters; absent where there are none. */
  readonly failureClass?: string;
  /** What the last letter's reason holds. */
  readonly reason?: string;
}

const HEALED_ONCE = { executions: ['FAILED', 'SUCCEEDED'], letters: ['healed'] } as const;

/** After everything, and before people did their part. */
export const FATES: Readonly<Record<Kind, Fate>> = {
  steady: { executions: ['SUCCEEDED'], letters: [] },
  flaky: { executions: ['SUCCEEDED'], letters: [] },
  outlasting: { ...HEALED_ONCE, failureClass: 'DEPENDENCY_FAILURE' },
  slow: { ...HEALED_ONCE, failureClass: 'TIMEOUT' },
  gone: { executions: ['FAILED'], letters: ['archived'], failureClass: 'VALIDATION_ERROR', reason: 'http-refused' },
  locked: { ...HEALED_ONCE, failureClass: 'AUTH_FAILURE' },
  titleless: { ...HEALED_ONCE, failureClass: 'CODE_BUG' },
  hopeless: {
    executions: ['FAILED', 'FAILED', 'FAILED', 'FAILED'],
    letters: ['healed', 'healed', 'healed', 'archived'],
    failureClass: 'DEPENDENCY_FAILURE',
    reason: '3 of 3 heals used up',
  },
};

const WAITS = { executions: ['FAILED'], letters: ['waiting'] } as const;

export const FATES_BEFORE: Readonly<Record<Kind, Fate>> = {
  ...FATES,
  locked: { ...WAITS, failureClass: 'AUTH_FAILURE' },
  titleless: { ...WAITS, failureClass: 'CODE_BUG' },
};

/** How often a page of a kind is asked for at least: a busy machine may give a request up that would have been answered. */
export const REQUESTS: Readonly<Record<Kind, number>> = {
  steady: 1,
  flaky: 3,
  outlasting: 5,
  slow: 4,
  gone: 1,
  locked: 2,
  titleless: 2,
  hopeless: 12,
};

const COUNTS: Readonly<Record<Kind, number>> = {
  steady: 10,
  flaky: 4,
  outlasting: 4,
  slow: 2,
  gone: 4,
  locked: 3,
  titleless: 4,
  hopeless: 1,
};

/** All kinds mixed, the same each time. */
export const PAGES: readonly Page[] = Object.entries(COUNTS)
  .flatMap(([kind, count]) =>
    Array.from({ length: count }, (_, n) => ({ page: { kind: kind as Kind, path: `/${kind}/${n}` }, at: n / count })),
  )
  .sort((a, b) => a.at - b.at)
  .map(({ page }) => page);

/** Sent when the causes are gone: who asks for a success rate needs traffic. */
export const LATER: readonly Page[] = Array.from({ length: 13 }, (_, n) => ({
  kind: 'steady',
  path: `/steady/later-${n}`,
}));
