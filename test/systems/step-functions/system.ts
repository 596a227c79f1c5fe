// The crawler: pages that fail in every way, an operator who mends what no retry can, and an account of each page.
import { isAllowedTo, operatorPoliciesOf } from '../../demo/permissions.ts';
import type { Applied, System } from '../system.ts';
import { type Account, accountsOf, countKinds, faultsOf, strangers, type Truth } from './account.ts';
import { type Cloud, connect, type Row } from './cloud.ts';
import { type Course, operate } from './course.ts';
import { OPERATOR, onCall } from './operator.ts';
import { FATES, FATES_BEFORE, LATER, PAGES, REQUESTS } from './pages.ts';
import { type Site, startSite } from './site.ts';

export interface Report {
  readonly settled: boolean;
  /** Before the operator's part, and at the end. */
  readonly before: readonly Account[];
  readonly after: readonly Account[];
  readonly strangers: readonly string[];
  /** Of the message of the frontier that names no page. */
  readonly nameless: readonly Row[];
  /** The page whose failure EventBridge told of twice. */
  readonly toldTwice?: string;
  readonly course: Course;
  /** Calls of the operator's that the module's policies do not allow. */
  readonly refused: readonly string[];
  /** Distinct calls of the operator's. */
  readonly operatorCalls: number;
  readonly alerts: number;
  readonly seconds: number;
}

async function truthOf(cloud: Cloud, site: Site): Promise<Truth & { readonly nameless: readonly Row[] }> {
  const rows = await cloud.letters();
  const letters = rows.filter(({ queue }) => queue === 'crawls');
  return {
    ...{ letters, nameless: rows.filter(({ queue }) => queue === 'frontier'), requests: new Map(site.requests) },
    executions: await cloud.executions(),
    bodies: await cloud.bodies(letters),
    stored: await cloud.stored(),
  };
}

async function run(applied: Applied): Promise<Report> {
  const { aws, progress, terraform, directory } = applied;
  const begin = Date.now();
  const cloud = connect(applied);
  const site = await startSite();
  const operator = await onCall(aws, 'crawler');
  try {
    const urls = (pages: readonly { readonly path: string }[]) => pages.map(({ path }) => `${site.origin}${path}`);
    progress.step('a crawl');
    await cloud.sendToFrontier(JSON.stringify({ link: 'of no page' }));
    await cloud.crawl(urls(PAGES));
    let settled = await cloud.rest();

    progress.step('an event that is delivered twice');
    const first = await truthOf(cloud, site);
    const twice = first.letters.find(({ failureClass, status }) => failureClass === 'TIMEOUT' && status === 'healed');
    const event = first.bodies.get(`${twice?.pk}|${twice?.sk}`);
    if (event !== undefined) await cloud.sendToFailed(event);
    settled &&= await cloud.rest();

    progress.step('the operator');
    const middle = await truthOf(cloud, site);
    const course = await operate({
      ...{ cloud, operator, rows: middle.letters, bodies: middle.bodies, work: aws.work, began: begin },
      unlock: site.unlock,
      async traffic() {
        await cloud.crawl(urls(LATER));
        settled &&= await cloud.rest();
      },
    });
    await cloud.deployParser(1); // as Terraform has it
    const end = await truthOf(cloud, site);
    const after = accountsOf([...PAGES, ...LATER], site.origin, end);
    const state = JSON.parse((await terraform.run(directory, ['show', '-json'])).stdout);
    const { read, operate: change } = operatorPoliciesOf(state);
    const calls = aws.gateway.calls.records().filter(({ caller, service }) => caller === OPERATOR && service !== 'sts');
    const refused: string[] = [];
    for (const call of calls)
      if (!(await isAllowedTo(OPERATOR, [read, change], call)))
        refused.push(`${call.service}:${call.action} on ${call.resource}`);
    return {
      ...{ settled, after, course, refused, operatorCalls: calls.length, nameless: end.nameless },
      before: accountsOf(PAGES, site.origin, middle),
      strangers: strangers(after, end),
      ...(event === undefined ? {} : { toldTwice: JSON.parse(JSON.parse(event).detail.input).url }),
      alerts: (await cloud.alerts()).length,
      seconds: (Date.now() - begin) / 1000,
    };
  } finally {
    await operator.close();
    await site.close();
    cloud.close();
  }
}

export function faults(report: Report): string[] {
  const { before, after, course, nameless, toldTwice } = report;
  const [{ length: asked }, { length: bugs }] = [of(before, 'locked'), of(before, 'titleless')];
  const wanted = {
    AUTH_FAILURE: asked,
    CODE_BUG: bugs,
    VALIDATION_ERROR: of(before, 'gone').length,
    DEPENDENCY_FAILURE: 1,
  };
  const same = (a: object, b: object) =>
    JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());
  const checks: readonly (readonly [boolean, string])[] = [
    [report.settled, 'something was still on its way when the time was up'],
    [
      nameless.length === 1 && nameless[0]?.status === 'archived',
      'the message that names no page must be one archived letter of the frontier',
    ],
    [toldTwice !== undefined, 'no letter was healed whose event could be delivered again'],
    [report.alerts > 0, 'people must be told'],
    [report.operatorCalls > 0, 'the operator’s calls must be known'],
    [
      course.verifiedBefore.verdict === 'not recovered',
      `before anything is mended it has not recovered; dlq verify says ${course.verifiedBefore.verdict}`,
    ],
    [
      course.verifiedAfter.verdict === 'recovered',
      `in the end it has recovered; dlq verify says ${course.verifiedAfter.verdict}`,
    ],
    [
      course.verifiedAfter.executions?.succeeded === asked + bugs + LATER.length &&
        course.verifiedAfter.executions.failed === 0,
      `dlq verify must count the executions since: ${JSON.stringify(course.verifiedAfter.executions)}`,
    ],
    [
      String(course.sent) === String([asked, bugs, 0]),
      `replay must send ${asked}, executions ${bugs}, and the same again 0; they sent ${course.sent}`,
    ],
    [
      same(course.analyzed, wanted),
      `dlq analyze must see ${JSON.stringify(wanted)}; it sees ${JSON.stringify(course.analyzed)}`,
    ],
    [
      same(course.classified, wanted),
      `dlq classify must see ${JSON.stringify(wanted)}; it sees ${JSON.stringify(course.classified)}`,
    ],
    ...after.map((one): [boolean, string] => {
      const events = one.url === toldTwice ? ['duplicate'] : [];
      return [
        String(one.duplicates.map(({ status }) => status)) === String(events),
        `${one.page.path}: events that came again must be ${events || 'none'}; got ${one.duplicates.map(({ status }) => status)}`,
      ];
    }),
    ...of(after, 'titleless').map(({ page, executions }): [boolean, string] => [
      executions.at(-1)?.name.startsWith('mended-') === true,
      `${page.path}: the name of its new execution must begin with the prefix; it is ${executions.at(-1)?.name}`,
    ]),
  ];
  return [
    ...checks.flatMap(([holds, words]) => (holds ? [] : [words])),
    ...before
      .flatMap((one) => faultsOf(one, FATES_BEFORE[one.page.kind], undefined))
      .map((fault) => `before the operator: ${fault}`),
    ...after.flatMap((one) => faultsOf(one, FATES[one.page.kind], REQUESTS[one.page.kind])),
    ...report.strangers,
    ...report.refused.map((call) => `the operator’s policies do not allow ${call}`),
    ...course.commands.flatMap(({ what, ran, wanted: code }) =>
      ran.code === code
        ? []
        : [
            `dlq, ${what}: exit code ${code} expected; got ${ran.code}: ${ran.out.slice(0, 300)}${ran.err.slice(0, 300)}`,
          ],
    ),
  ];
}

const of = (accounts: readonly Account[], kind: string) => accounts.filter(({ page }) => page.kind === kind);

function lines({ after, course, seconds, operatorCalls, refused, alerts }: Report): string[] {
  const ended = after.flatMap(({ executions }) => executions);
  const healed = after.filter(({ stored }) => stored?.reprocessed != null).length;
  const failed = ended.filter(({ status }) => status === 'FAILED').length;
  const stored = after.filter(({ stored: page }) => page !== undefined).length;
  const resting = after.filter(({ letters }) => letters.at(-1)?.status === 'archived').length;
  return [
    `${after.length} pages (${Object.entries(countKinds(after))
      .map(([kind, count]) => `${count} ${kind}`)
      .join(', ')}) in ${Math.round(seconds)} s`,
    `${ended.length} executions, ${failed} of them failed; ${stored} pages stored, ${healed} of them by an execution that the healer or the operator started; ${resting} pages rest as archived letters`,
    `${course.commands.length} commands of the operator, ${operatorCalls} kinds of calls, ${refused.length} of them beyond the module’s policies; ${alerts} alerts`,
  ];
}

const system: System<Report> = { run, faults, lines };
export default system;
