import { FEWEST } from '../../handlers/core/error-rate.ts';
import { counted, duration } from '../output/text.ts';
import { type Depth, totalOf } from '../stack/depth.ts';
import type { Answer, Deaths, Held, QueueReadings, Readings, SourceReading } from './readings.ts';

/** `noted` is told of and decides nothing. */
export type CheckOutcome = 'passed' | 'failed' | 'unknown' | 'noted';

/** One question, and the answer to it. */
export interface Check {
  readonly check: 'dlq' | 'deaths' | 'relapses' | 'source' | 'consumer' | 'groups' | 'executions';
  /** The queue's key, or the DLQ's name; null for a state machine. */
  readonly queue: string | null;
  readonly outcome: CheckOutcome;
  /** What was found, in words. */
  readonly found: string;
  /** What a person can do about it; null where nothing is to be done. */
  readonly advice: string | null;
}

/** What the person who asks considers recovered. */
export interface Demands {
  /** Share that must have succeeded, 0 to 1. */
  readonly successRate: number;
  /** Whether groups that are held and letters that wait for a person fail the verdict. */
  readonly strict: boolean;
}

type Found = Pick<Check, 'outcome' | 'found' | 'advice'>;

const passed = (found: string): Found => ({ outcome: 'passed', found, advice: null });
const failed = (found: string, advice: string): Found => ({ outcome: 'failed', found, advice });
const unknown = (found: string, advice: string | null = null): Found => ({ outcome: 'unknown', found, advice });

const share = (part: number, whole: number) => `${Number(((100 * part) / whole).toFixed(2))} %`;
const number = (n: number) => n.toLocaleString('en-GB');
const atLeast = (isWhole: boolean) => (isWhole ? '' : 'at least ');

/** The DLQ is empty, and stays so. */
export function dlqCheck({ dlq, place }: QueueReadings, watchedSeconds: number): Found {
  if ('refused' in dlq.depths) return unknown(dlq.depths.refused);
  const depths = dlq.depths.value;
  const counts = depths.map(totalOf);
  const last = depths.at(-1);
  if (last === undefined || counts.length < 2) return unknown('the DLQ was not looked at twice');
  const looks = `${counts.length} looks in ${duration(watchedSeconds)}`;
  const why = `see what they died of: dlq analyze ${place}`;
  if (totalOf(last) > 0) return failed(`${counted(totalOf(last), 'letter')} in the DLQ (${partsOf(last)})`, why);
  if (counts.some((count, i) => count > (counts[i - 1] ?? count)))
    return failed(`letters came into the DLQ meanwhile, ${Math.max(...counts)} at once (${looks})`, why);
  if ((counts.at(-2) ?? 0) > 0)
    return unknown('the DLQ was empty at the last look only', 'run it again, or watch longer with --for');
  return passed(`the DLQ is empty and stayed so (${looks})`);
}

const partsOf = ({ visible, inFlight, delayed }: Depth) =>
  [`${number(visible)} visible`, ...(inFlight > 0 ? [`${number(inFlight)} in flight`] : [])]
    .concat(delayed > 0 ? [`${number(delayed)} delayed`] : [])
    .join(', ');

/** Nothing dies for the first time, or hardly anything of what is processed. */
export function deathsCheck(
  deaths: Answer<Deaths>,
  { processed, place }: QueueReadings,
  { successRate }: Demands,
): Found {
  if ('refused' in deaths) return unknown(deaths.refused);
  const { died, isWhole } = deaths.value;
  if (died === 0) return passed('no letter died for the first time');
  const letters = `${atLeast(isWhole)}${counted(died, 'letter')} died for the first time`;
  const advice = `see what they died of: dlq groups ${place}`;
  if (processed === undefined) return failed(letters, advice);
  if ('refused' in processed) return unknown(`${letters}; of how many messages is not known: ${processed.refused}`);
  const ended = died + processed.value;
  const found = `${letters}, of ${counted(ended, 'message')} that ended (${share(died, ended)})`;
  return isWhole && ended >= FEWEST && 1 - died / ended >= successRate ? passed(found) : failed(found, advice);
}

/** What was sent back does not die again, or hardly any of it. */
export function relapsesCheck(deaths: Answer<Deaths>, { sent, place }: QueueReadings, { successRate }: Demands): Found {
  if ('refused' in deaths) return unknown(deaths.refused);
  const { relapsed, relapsedIds, isWhole } = deaths.value;
  const known = sent !== undefined && 'value' in sent && sent.value > 0 ? sent.value : undefined;
  const ofThese = known === undefined ? '' : ` of ${number(known)} that were sent back by hand`;
  if (relapsed === 0) return passed(`no letter died again${ofThese}`);
  const ids = relapsedIds.slice(0, MAX_NAMED).join(', ');
  const more = relapsed > MAX_NAMED ? ', …' : '';
  const rate = known === undefined ? '' : ` (${share(Math.min(relapsed, known), known)})`;
  const found = `${atLeast(isWhole)}${counted(relapsed, 'letter')} died again${ofThese}${rate}: ${ids}${more}`;
  return isWhole && known !== undefined && 1 - relapsed / known >= successRate
    ? passed(found)
    : failed(found, `see why: dlq show ${relapsedIds[0] ?? 'ID'} ${place}; hold the others: dlq hold GROUP ${place}`);
}

const MAX_NAMED = 5;

/** Messages do not pile up. */
export function sourceCheck({ name, depths, isTier }: SourceReading): Found {
  if ('refused' in depths) return unknown(depths.refused);
  const waiting = depths.value.map(({ visible, delayed }) => visible + (isTier ? delayed : 0));
  const [first, ...after] = waiting;
  const last = after.at(-1);
  if (first === undefined || last === undefined) return unknown(`${name} was not looked at twice`);
  const inFlight = depths.value.at(-1)?.inFlight ?? 0;
  const working = inFlight > 0 ? `, ${number(inFlight)} in flight` : '';
  if (last === 0) return passed(`${name} is empty${working}`);
  if (last < first) return passed(`${name} drains: ${number(first)} → ${counted(last, 'message')}${working}`);
  // It was worked off in between: what came after that is new.
  if (after.includes(0)) return passed(`${name} was empty in between, and holds ${counted(last, 'message')}${working}`);
  return failed(
    `${name} does not drain: ${number(first)} → ${counted(last, 'message')}${working}`,
    'look at its consumer: is it on, throttled, at its limit of concurrency? Let a long queue drain for longer with --for',
  );
}

/** The consumer's own success rate. */
export function consumerCheck(
  { function: name, calls }: NonNullable<QueueReadings['consumer']>,
  { successRate }: Demands,
): Found {
  if ('refused' in calls) return unknown(calls.refused);
  const { invocations, errors } = calls.value;
  const rate = rated(errors, invocations, successRate);
  const found = `${number(errors)} of ${counted(invocations, 'invocation')} of ${name} failed`;
  if (rate === 'nothing')
    return unknown(
      `${name} was not invoked, or CloudWatch does not know yet (it needs a minute or two)`,
      'wait for traffic, and run it again',
    );
  if (rate === 'few') return unknown(`${found}: too few to tell a rate by`, 'wait for more traffic, and run it again');
  const percent = `${found} (${share(errors, invocations)})`;
  return rate === 'good' ? passed(percent) : failed(percent, `read its log: /aws/lambda/${name}`);
}

/** Few that succeeded are no proof, but there is nothing against them; few of which some failed say nothing. */
function rated(bad: number, whole: number, successRate: number): 'good' | 'bad' | 'few' | 'nothing' {
  if (whole === 0) return 'nothing';
  if (whole < FEWEST) return bad === 0 ? 'good' : 'few';
  return 1 - bad / whole >= successRate ? 'good' : 'bad';
}

/** What waits although the DLQ is empty. */
export function groupsCheck(held: Answer<Held>, { place }: QueueReadings, { strict }: Demands): Found {
  if ('refused' in held) return strict ? unknown(held.refused) : { ...unknown(held.refused), outcome: 'noted' };
  const { open, waiting, isWhole } = held.value;
  if (open.length === 0 && waiting === 0) return passed('no group is held, and no letter waits for a person');
  const groups = open
    .slice(0, MAX_NAMED)
    .map(({ group, class: failureClass, state }) => `${group} ${failureClass} ${state}`);
  const more = open.length > MAX_NAMED ? ', …' : '';
  const found = [
    ...(open.length === 0 ? [] : [`${counted(open.length, 'group')} not healing (${groups.join(', ')}${more})`]),
    ...(waiting === 0 ? [] : [`${atLeast(isWhole)}${counted(waiting, 'letter')} waiting for a person or a deploy`]),
  ].join('; ');
  const finding = failed(found, `decide about them: dlq groups ${place}, then dlq release GROUP or dlq resolve GROUP`);
  return strict ? finding : { ...finding, outcome: 'noted' };
}

/** The state machine's success rate. */
export function executionsCheck(
  { arn, executions }: NonNullable<Readings['machine']>,
  { successRate }: Demands,
): Found {
  if ('refused' in executions) return unknown(executions.refused);
  const { succeeded, failed: bad, running, isWhole } = executions.value;
  const name = arn.split(':')[6] ?? arn;
  const ended = succeeded + bad;
  const still = running === 0 ? '' : `, ${number(running)} running`;
  const found = `${atLeast(isWhole)}${number(bad)} of ${counted(ended, 'execution')} of ${name} failed${still}`;
  const rate = rated(bad, ended, successRate);
  if (rate === 'nothing') return unknown(`no execution of ${name} has ended${still}`, 'wait for one, and run it again');
  if (rate === 'few') return unknown(`${found}: too few to tell a rate by`, 'wait for more, and run it again');
  const percent = `${found} (${share(bad, ended)})`;
  return rate === 'good'
    ? passed(percent)
    : failed(
        percent,
        `look at them: aws stepfunctions list-executions --status-filter FAILED --state-machine-arn ${arn}`,
      );
}
