import { describe, expect, it, vi } from 'vitest';
import { extended, monitorLine, oncePerMinute } from '../../cli/look/monitor.ts';
import { type Panel, screenText } from '../../cli/look/monitor-screen.ts';
import type { QueueState, StackState } from '../../cli/look/status.ts';
import { lastMinutes, ratePerMinute } from '../../cli/look/traffic.ts';
import { coloursOf } from '../../cli/output/terminal.ts';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 10, 26, 3, 0, 30);
const THIS_MINUTE = Date.UTC(2026, 10, 26, 3, 0, 0);
const ago = (minutes: number) => THIS_MINUTE - minutes * MINUTE;

const messages = (role: 'source' | 'tier' | 'dlq', visible: number | null, inFlight = 1, delayed = 2) => ({
  ...{ role, name: role, visible, inFlight, delayed, oldestSeconds: null },
});
const QUEUE: QueueState = {
  queue: 'orders',
  messages: [messages('source', 10), messages('tier', 20), messages('tier', 30), messages('dlq', 5)],
  lastHour: { arrived: 10, healed: 0 },
  letters: { waiting: { count: 53, more: false } },
  groups: { count: 1, more: false, holding: 1, probing: 0, ramping: 0 },
  level: { level: 0, name: 'normal', because: '', since: null, pinned: false, measured: 0 },
  traffic: { arrived: new Map([[ago(1), 10]]), healed: new Map(), oldest: new Map() },
};
const STATE: StackState = {
  ...{ stack: 'shop', region: 'eu-central-1', mode: 'heal', paused: false, unread: [] },
  at: new Date(NOW).toISOString(),
  queues: [QUEUE],
};

describe('a rate', () => {
  it('is of the last five whole minutes', () => {
    const series = new Map([
      [THIS_MINUTE, 1000],
      [ago(1), 10],
      [ago(5), 5],
      [ago(6), 1000],
    ]);
    expect(ratePerMinute(series, NOW)).toBe(3);
    expect(lastMinutes(series, 3, NOW)).toEqual([0, 0, 10]);
  });
});

describe('a line of the monitor', () => {
  it('adds up the tiers, with what they hold back, and what the consumer has', () => {
    expect(monitorLine(STATE, QUEUE)).toMatchObject({
      ...{ source: 10, tiers: 54, dlq: 5, inFlight: 3, arrivedPerMinute: 2, healedPerMinute: 0, unread: [] },
      ...{ waiting: { count: 53 }, openGroups: { count: 1, more: false }, level: 0, levelName: 'normal' },
    });
  });

  it('has null for what was not read, and why', () => {
    const queue = { ...QUEUE, messages: [messages('source', null), messages('dlq', 5)], traffic: null, level: null };
    const unread = [
      { queue: null, reading: 'metrics', why: 'no metrics' },
      { queue: 'orders', reading: 'depth', why: 'no depth' },
      { queue: 'payments', reading: 'depth', why: 'of another' },
    ];
    expect(monitorLine({ ...STATE, unread }, queue)).toMatchObject({
      ...{ source: null, tiers: 0, dlq: 5, arrivedPerMinute: null, level: null, unread: ['no metrics', 'no depth'] },
    });
  });
});

describe('the screen', () => {
  const panel = (queue: QueueState = QUEUE, state = STATE): Panel => {
    const line = monitorLine(state, queue);
    const first = extended(undefined, { ...line, source: 0 }, queue);
    return { state: queue, line, trend: extended(extended(first, { ...line, source: null }, queue), line, queue) };
  };
  const colours = coloursOf({} as never, { NO_COLOR: '1' });
  const frame = (width: number, height: number) => ({ width, height, colours, intervalSeconds: 30 });

  it('shows the last readings as sparklines, one that failed as a gap', () => {
    const text = screenText(STATE, [panel()], frame(100, 50));
    expect(text).toMatch(/source +10 ▁ █ +arrived\/min +2 ▁+█$/m);
    expect(text).toContain('53 letters wait for a person or a deploy; 1 group is held; 5 letters lie in the DLQ');
  });

  it.each([200, 100, 72, 60, 40])('keeps to %i columns', (width) => {
    const unread = [{ queue: null, reading: 'metrics', why: `${'long '.repeat(60)}\nend` }];
    const lines = screenText({ ...STATE, unread }, [panel()], frame(width, 50)).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    expect(lines.at(-1)).toContain('! long');
  });

  it.each([
    [50, /▁/, 3],
    [10, /^orders {2}source/m, 3],
    [4, /^… and 2 more queues/m, 1],
  ])('keeps below %i lines', (height, shown, queues) => {
    const panels = ['orders', 'payments', 'mails'].map((queue) => panel({ ...QUEUE, queue }));
    const text = screenText(STATE, panels, frame(100, height));
    expect(text.split('\n').length).toBeLessThan(height);
    expect(text).toMatch(shown);
    expect(['orders', 'payments', 'mails'].filter((queue) => text.includes(`${queue} `))).toHaveLength(queues);
  });
});

describe('metrics', () => {
  it('are asked for once a minute, and again after a failure', async () => {
    const ask = vi.fn(async () => [new Map()]);
    const cached = oncePerMinute(ask);
    await cached([], 0, MINUTE);
    await cached([], 0, MINUTE);
    expect(ask).toHaveBeenCalledTimes(1);
    ask.mockRejectedValueOnce(new Error('no'));
    await expect(cached([], MINUTE, 2 * MINUTE)).rejects.toThrow('no');
    await cached([], MINUTE, 2 * MINUTE);
    expect(ask).toHaveBeenCalledTimes(3);
  });
});
