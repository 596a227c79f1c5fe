// What became of each page, put together from the executions, the ledger, the archive and the bucket; and what of it is not
// as it must be.
import { keyOf } from '../../../examples/step-functions/parse/key.ts';
import type { Execution, Row, Stored } from './cloud.ts';
import type { Fate, Kind, Page } from './pages.ts';

export interface Account {
  readonly page: Page;
  readonly url: string;
  /** In the order of their beginnings. */
  readonly executions: readonly Execution[];
  /** In the order of their deaths; second events of a death are not among them. */
  readonly letters: readonly Row[];
  /** Letters of an event that was delivered again. */
  readonly duplicates: readonly Row[];
  readonly stored?: Stored;
  readonly requests: number;
}

export interface Truth {
  readonly executions: readonly Execution[];
  readonly letters: readonly Row[];
  /** What died, by `pk|sk`: EventBridge's event. */
  readonly bodies: ReadonlyMap<string, string>;
  readonly stored: readonly Stored[];
  /** By path. */
  readonly requests: ReadonlyMap<string, number>;
}

export function accountsOf(pages: readonly Page[], origin: string, truth: Truth): Account[] {
  const urlOf = (row: Row): string | undefined => {
    const body = truth.bodies.get(`${row.pk}|${row.sk}`);
    if (body === undefined) return undefined;
    const { detail } = JSON.parse(body) as { detail?: { input?: string } };
    return detail?.input === undefined ? undefined : JSON.parse(detail.input).url;
  };
  const letters = Map.groupBy(truth.letters, urlOf);
  const executions = Map.groupBy(truth.executions, ({ input }) => input.url);
  const stored = new Map(truth.stored.map((one) => [one.key, one]));
  return pages.map((page) => {
    const url = `${origin}${page.path}`;
    const own = (letters.get(url) ?? []).toSorted((a, b) => a.attempt - b.attempt);
    const object = stored.get(keyOf(url));
    return {
      ...{ page, url, executions: executions.get(url) ?? [], requests: truth.requests.get(page.path) ?? 0 },
      letters: own.filter(({ sk }) => !sk.includes('#twin#')),
      duplicates: own.filter(({ sk }) => sk.includes('#twin#')),
      ...(object === undefined ? {} : { stored: object }),
    };
  });
}

/** What of a page is not as it must be, in plain sentences. */
export function faultsOf(account: Account, fate: Fate, requests: number | undefined): string[] {
  const { page, executions, letters, stored, url } = account;
  const faults: string[] = [];
  const expectSame = (what: string, got: unknown, wanted: unknown) => {
    const [is, must] = [String(got ?? '') || 'none', String(wanted ?? '') || 'none'];
    if (is !== must) faults.push(`${page.path}: ${what} must be ${must}; got ${is}`);
  };
  expectSame(
    'executions',
    executions.map(({ status }) => status),
    fate.executions,
  );
  expectSame(
    'letters',
    letters.map(({ status }) => status),
    fate.letters,
  );
  for (const { failureClass } of letters) expectSame('its failure class', failureClass, fate.failureClass);
  const last = letters.at(-1);
  if (fate.reason !== undefined && last?.reason.includes(fate.reason) !== true)
    faults.push(`${page.path}: its reason must name ${fate.reason}; got ${last?.reason}`);
  if (account.requests < (requests ?? 0))
    faults.push(`${page.path}: it must be asked for at least ${requests} times; it was ${account.requests} times`);
  const hasPage = fate.executions.includes('SUCCEEDED');
  if (hasPage !== (stored !== undefined))
    faults.push(`${page.path}: it must have ${hasPage ? 'an object' : 'no object'} in the bucket`);
  if (stored !== undefined && stored.url !== url) faults.push(`${page.path}: its object is of ${stored.url}`);
  return [...faults, ...marksOf(account)];
}

/** Each execution but the first says of the first when it failed, and the page that it stored says so too. */
function marksOf({ page, executions, letters, stored }: Account): string[] {
  const [first, ...healed] = executions;
  if (first === undefined) return [];
  const faults: string[] = [];
  if (first.input.dlqHealer !== undefined) faults.push(`${page.path}: its first execution is marked as healed`);
  const failedAt = new Date(first.stoppedAt).toISOString();
  for (const [index, { input, arn }] of healed.entries()) {
    const mark = input.dlqHealer ?? {};
    const own = { attempt: mark.attempt, failedAt: mark.failedAt, execution: mark.execution, again: mark.reprocessed };
    const wanted = { attempt: index + 1, failedAt, execution: first.arn, again: true };
    if (JSON.stringify(own) !== JSON.stringify(wanted))
      faults.push(
        `${page.path}: execution ${index + 2} must be marked ${JSON.stringify(wanted)}; it has ${JSON.stringify(mark)}`,
      );
    if (letters[index]?.healedMessageId !== arn)
      faults.push(
        `${page.path}: the ledger must name execution ${index + 2}; it names ${letters[index]?.healedMessageId}`,
      );
  }
  const reprocessed = stored?.reprocessed ?? null;
  const wanted = healed.length === 0 ? null : { attempt: healed.length, failedAt };
  if (stored !== undefined && JSON.stringify(reprocessed) !== JSON.stringify(wanted))
    faults.push(`${page.path}: its page must be marked ${JSON.stringify(wanted)}; got ${JSON.stringify(reprocessed)}`);
  return faults;
}

/** What is of no page: objects, executions and letters that nobody asked for. */
export function strangers(accounts: readonly Account[], truth: Truth): string[] {
  const urls = new Set(accounts.map(({ url }) => url));
  const letters = new Set(accounts.flatMap((one) => [...one.letters, ...one.duplicates]));
  return [
    ...truth.executions.filter(({ input }) => !urls.has(input.url ?? '')).map(({ name }) => `execution ${name}`),
    ...truth.stored.filter(({ url }) => !urls.has(url)).map(({ key }) => `object ${key}`),
    ...truth.letters.filter((row) => !letters.has(row)).map(({ pk, sk }) => `letter ${pk} ${sk}`),
  ].map((what) => `${what} is of no page that was sent`);
}

export const countKinds = (accounts: readonly Account[]): Readonly<Partial<Record<Kind, number>>> =>
  Object.fromEntries([...Map.groupBy(accounts, ({ page }) => page.kind)].map(([kind, some]) => [kind, some.length]));
