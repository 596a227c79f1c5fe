import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Conversation, converse, documents, type Step } from '../cli/dlq.ts';
import { expectGolden } from './golden.ts';
import { AUTH, DOWN, die, putMetric, refused, relapse, untold, untoldOptions } from './looked.ts';
import { type Operated, type OperatedStack, operatedStack, startOperated } from './operated.ts';

let operated: Operated;
let stack: OperatedStack;
beforeAll(async () => {
  operated = await startOperated();
  stack = await operatedStack(operated);
  await die(stack, [{ id: 'w1', error: AUTH }]);
  await relapse(stack, ['d1', 'd2', 'd3', 'd4', 'd5'], DOWN);
  const its = { stack: stack.name, queue: 'orders' };
  // In the middle of the five whole minutes that a rate is of.
  await putMetric(operated, 'DlqHealer', 'LettersArrived', its, [
    [3, 9],
    [50, 5],
  ]);
  await putMetric(operated, 'DlqHealer', 'LettersHealed', its, [[3, 4]]);
});
afterAll(() => operated.stop());

const args = (...more: string[]) => ['monitor', '--stack', stack.name, '--interval', '1', ...more];
const onTerminal = (columns: number, steps: readonly Step[], ...more: string[]): Promise<Conversation> =>
  converse(columns, args(...more), steps, { env: operated.env });

describe('monitor, where there is no terminal', () => {
  it('prints a line for each queue and reading, and asks little for it', async () => {
    operated.cloud.served.set('operator', []);
    const ran = await operated.dlq(args('--count', '2'));
    const calls = (operated.cloud.served.get('operator') ?? []).map(({ service, action }) => `${service}:${action}`);
    expect(ran).toMatchObject({ code: 0, err: '' });
    await expectGolden('monitor-lines.txt', ran.out);
    const made = (call: string) => calls.filter((one) => one === call).length;
    expect(made('sqs:GetQueueAttributes')).toBe(2 * 2);
    expect(made('dynamodb:Query')).toBe(2 * 2);
    expect(made('dynamodb:BatchGetItem')).toBe(2 * 2);
    // Once a minute, and the minute may end between the two.
    expect(made('cloudwatch:GetMetricData')).toBeLessThanOrEqual(2);
    expect(calls).toHaveLength(4 + 4 + 4 + made('cloudwatch:GetMetricData') + 2);
  });

  it('prints JSON Lines with --json', async () => {
    const lines = documents((await operated.dlq(args('--count', '2', '--json'))).out);
    expect(lines).toHaveLength(2);
    expect(untold(lines)).toEqual([]);
    expect(await untoldOptions(operated, 'monitor')).toEqual([]);
    expect(lines[0]).toEqual({
      ...{ version: 1, at: expect.stringMatching(/^\d{4}-.*Z$/), stack: stack.name, queue: 'orders' },
      ...{ source: 0, tiers: 0, dlq: 0, inFlight: 0, arrivedPerMinute: 1.8, healedPerMinute: 0.8 },
      ...{ waiting: { count: 1, more: false }, openGroups: { count: 2, more: false } },
      ...{ level: 0, levelName: 'normal', paused: false, unread: [] },
    });
    expect(Date.parse(String(lines[1]?.at)) - Date.parse(String(lines[0]?.at))).toBeGreaterThanOrEqual(900);
  });

  it('goes on over a reading that fails, and its end tells of it', async () => {
    const ran = await refused(operated, ['cloudwatch:GetMetricData'], () => operated.dlq(args('--count', '2')));
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('may not cloudwatch:GetMetricData') });
    const lines = ran.out.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/arrived \?\/min {2}healed \?\/min {2}waiting 1 .*\[not read: .*GetMetricData/);
  });

  it.each([
    [['--interval', '0'], '--interval must be a whole number from 1 to 3600; got 0'],
    [['--interval', '1m'], '--interval must be a whole number from 1 to 3600; got 1m'],
    [['--count', '0'], '--count must be a whole number from 1 to'],
  ])('refuses %j', async (options, told) => {
    const ran = await operated.dlq(['monitor', '--stack', stack.name, ...options]);
    expect(ran).toMatchObject({ code: 2, out: '', err: expect.stringContaining(told) });
  });
});

/** What the terminal shows has each line once. */
function expectOneScreen(screen: string, columns: number): void {
  expect(screen.match(/^stack /gm)).toHaveLength(1);
  expect(screen.match(/arrived\/min/g)).toHaveLength(1);
  expect(Math.max(...screen.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns);
}

describe('monitor on a terminal', () => {
  const drawn = /open groups[\s\S]*open groups/;

  it('draws one screen again and again, and q ends it: the last screen stays', async () => {
    const { code, screen, out } = await onTerminal(100, [{ wait: drawn, send: 'q' }]);
    expect(code).toBe(0);
    expectOneScreen(screen, 100);
    await expectGolden(
      'monitor-screen.txt',
      screen.replace(/[▁▂▃▄▅▆▇█]+ */g, '▁▂▃ ').replaceAll(stack.name, 'shop-prod'),
    );
    // The cursor is there again.
    expect(out.lastIndexOf('\x1b[?25h')).toBeGreaterThan(out.lastIndexOf('\x1b[?25l'));
  });

  it('ends by Ctrl-C, as a key and as a signal', async () => {
    for (const step of [{ send: '\x03' }, { signal: 'SIGINT' as const }]) {
      const { code, screen } = await onTerminal(100, [{ wait: 'open groups', ...step }]);
      expect(code).toBe(0);
      expectOneScreen(screen, 100);
    }
  });

  it('ends by itself after --count readings', async () => {
    const { code, screen } = await onTerminal(100, [], '--count', '2');
    expect(code).toBe(0);
    expectOneScreen(screen, 100);
  });

  it('is drawn anew when the terminal becomes narrower or wider', async () => {
    const again = { wait: /open groups/ };
    const { code, screen } = await onTerminal(120, [
      { ...again, resize: [60, 40] },
      { ...again, resize: [90, 40] },
      { ...again, resize: [50, 30] },
      { ...again, send: 'q' },
    ]);
    expect(code).toBe(0);
    expectOneScreen(screen, 50);
  });

  it('shows what it cannot read, and goes on', async () => {
    const { code, screen } = await refused(operated, ['dynamodb:Query'], () =>
      onTerminal(100, [{ wait: drawn, send: 'q' }]),
    );
    expect(code).toBe(0);
    expect(screen).toMatch(/waiting +\? *\n/);
    expect(screen).toMatch(/^! the caller may not dynamodb:Query on/m);
    expect(screen).toMatch(/DLQ +0 ▁/);
  });
});
