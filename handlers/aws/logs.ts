import type { Logger } from '@aws-lambda-powertools/logger';
import { type CloudWatchLogsClient, ResourceNotFoundException } from '@aws-sdk/client-cloudwatch-logs';
import type { Evidence } from '../core/evidence/evidence.ts';
import { entryOf } from '../core/evidence/log-entry.ts';
import { evidenceInLogs, type LogLine } from '../core/evidence/log-lines.ts';
import type { LogSearch } from '../core/evidence/log-search.ts';
import { BudgetSpent, LOG_LIMITS, type LogLimits, type LogPage, type LogPages, logPages } from './log-pages.ts';

/** Mentions of one message: it is logged a few times at each of its receives. */
const MENTIONS = 100;
/** Lines of the request, up to the page's 1 MB. */
const REQUEST_LINES = 1_000;
/** A line of the request may stand just before the one that names the message. */
const BEFORE_MS = 2_000;
/** No function runs longer than 15 minutes. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const AFTER_MS = 910_000;

/** The look-up of one batch: what it may spend, and what it knows already. */
interface LookUp {
  readonly pages: LogPages;
  readonly callsPerLetter: number;
  /** By log group: requests that were read for letters before; a request often worked on several. */
  readonly known: Map<string, (readonly LogLine[])[]>;
}

/**
 * Looks in the consumers' logs for why these messages died: message id → the request that named it last → what that
 * request logged. One letter after the other, within the batch's budget.
 *
 * @returns by message id, what was found; a letter that is missing stays as it was. Never throws: logs that cannot be
 * read, or not in time, are told of once and cost no letter anything but its explanation
 */
export async function lookUpLogs(
  client: CloudWatchLogsClient,
  searches: readonly LogSearch[],
  remainingMs: number,
  logger: Logger,
  limits: LogLimits = LOG_LIMITS,
): Promise<ReadonlyMap<string, Evidence>> {
  const found = new Map<string, Evidence>();
  if (searches.length === 0) return found;
  const pages = logPages(client, limits, remainingMs);
  const lookUp: LookUp = { pages, callsPerLetter: limits.callsPerLetter, known: new Map() };
  const missing = new Set<string>();
  let stoppedBy: unknown;
  for (const search of searches) {
    if (missing.has(search.logGroup)) continue;
    try {
      const evidence = await lookUpOne(lookUp, search);
      if (evidence !== undefined) found.set(search.messageId, evidence);
    } catch (error) {
      // One consumer's missing group says nothing of the others'; a throttle or a refusal does.
      if (error instanceof ResourceNotFoundException) missing.add(search.logGroup);
      else stoppedBy = error;
      // What was read already may still explain others.
      if (stoppedBy !== undefined && !(stoppedBy instanceof BudgetSpent)) break;
    }
  }
  report(logger, searches, found, pages.calls(), missing, stoppedBy);
  return found;
}

function report(
  logger: Logger,
  searches: readonly LogSearch[],
  found: ReadonlyMap<string, Evidence>,
  calls: number,
  missing: ReadonlySet<string>,
  stoppedBy: unknown,
): void {
  const facts = { letters: searches.length, explained: found.size, calls };
  const problems = {
    ...(missing.size === 0 ? {} : { missingLogGroups: [...missing] }),
    ...(stoppedBy === undefined
      ? {}
      : { error: stoppedBy instanceof Error ? stoppedBy : new Error(String(stoppedBy)) }),
  };
  if (Object.keys(problems).length === 0) logger.info('looked for letters in their consumers’ logs', facts);
  else logger.warn('letters were not all looked for in their consumers’ logs', { ...facts, ...problems });
}

async function lookUpOne(lookUp: LookUp, search: LogSearch): Promise<Evidence | undefined> {
  const { messageId, logGroup } = search;
  lookUp.pages.check();
  const known = lookUp.known.get(logGroup) ?? [];
  lookUp.known.set(logGroup, known);
  for (const lines of known) {
    const before = evidenceInLogs(lines, messageId);
    if (before !== undefined) return evidenceOf(search, before);
  }
  const firstCall = lookUp.pages.calls();
  const left = () => lookUp.callsPerLetter - (lookUp.pages.calls() - firstCall);
  const mentions = await mentionsOf(lookUp, search, () => left() > 1);
  const itself = evidenceInLogs(mentions, messageId);
  const last = mentions.at(-1);
  // What the last mention's own request says of this very message needs no second call.
  if (itself?.requestId !== undefined && itself.requestId === entryOf(last?.text ?? '').requestId)
    return evidenceOf(search, itself);
  // Where the last request says nothing of a failure, one before it, in another environment, may.
  const other = mentions.findLast(({ stream }) => stream !== last?.stream);
  for (const mention of [last, other]) {
    if (mention === undefined || left() < 1) break;
    const { lines } = await lookUp.pages.page({
      logGroup,
      stream: mention.stream,
      from: mention.time - BEFORE_MS,
      to: mention.time + AFTER_MS,
      limit: REQUEST_LINES,
    });
    const evidence = evidenceInLogs(lines, messageId);
    known.push(lines);
    if (evidence !== undefined) return evidenceOf(search, evidence);
  }
  return undefined;
}

const evidenceOf = ({ logGroup, functionName }: LogSearch, read: Omit<Evidence, 'source'>): Evidence => ({
  source: 'cloudwatch-logs',
  ...read,
  logGroup,
  ...(functionName === undefined ? {} : { functionName }),
});

/** The lines that name the message. They come oldest first and the last is the death, so the pages are turned. */
async function mentionsOf(
  { pages }: LookUp,
  { messageId, logGroup, from, to }: LogSearch,
  mayTurn: () => boolean,
): Promise<readonly LogLine[]> {
  const mentions: LogLine[] = [];
  let page: LogPage | undefined;
  do {
    const token = page?.nextToken === undefined ? {} : { nextToken: page.nextToken };
    page = await pages.page({ logGroup, text: messageId, from, to, limit: MENTIONS, ...token });
    mentions.push(...page.lines);
  } while (page.nextToken !== undefined && mayTurn());
  return mentions;
}
