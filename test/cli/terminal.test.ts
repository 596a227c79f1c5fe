import { expect, it } from 'vitest';
import { converse, converseWith, type Step, type Talk } from './dlq.ts';

/** What the driver does to a command that draws a line anew, asks, and takes keys as a prompt does. */
const SCRIPT = `
  const { stdin, stdout } = process;
  stdin.setRawMode(true); // before it asks, or the terminal would take the answer's return for a line feed
  process.on('SIGINT', () => { stdout.write('interrupted\\n'); process.exit(130); });
  stdout.on('resize', () => stdout.write('now ' + stdout.columns + ' by ' + stdout.rows + '\\n'));
  stdout.write('\\x1b[?25lworking 1\\r\\x1b[2Kworking 2\\r\\x1b[2K\\x1b[?25h');
  stdout.write('\\x1b[1mMove\\x1b[22m 3 messages? (y/N) ');
  stdin.on('data', (keys) => {
    const key = keys.toString();
    if (key === '\\r') { stdout.write('\\nmoved\\n'); process.exit(0); }
    else if (key === 'q') { stdout.write('\\n'); process.exit(3); }
    else stdout.write(key);
  });
`;
const talk = (steps: readonly Step[], setting: Talk = {}) =>
  converseWith(40, [process.execPath, '-e', SCRIPT], steps, setting);

it('keys are sent once a text has appeared, whatever its colours', async () => {
  const steps = [
    { wait: 'Move 3 messages? (y/N)', send: 'y' },
    { wait: 'y', send: '\r' },
  ];
  const { code, out, screen } = await talk(steps);
  expect(code).toBe(0);
  expect(screen).toBe('Move 3 messages? (y/N) y\nmoved');
  expect(out).toContain('\x1b[1mMove\x1b[22m 3 messages? (y/N) y\r\nmoved\r\n');
});

it('each step looks only at what came after the last one', async () => {
  const steps = [
    { wait: /messages\? \(.\/N\)/, send: 'a' },
    { wait: 'a', send: 'a' },
    { wait: 'a', send: 'q' },
  ];
  expect(await talk(steps)).toMatchObject({ code: 3, screen: 'Move 3 messages? (y/N) aa' });
});

it('signals and sizes reach the command', async () => {
  const steps = [
    { wait: 'y/N', resize: [72, 30] },
    { wait: 'now 72 by 30', signal: 'SIGINT' },
  ] as const;
  const { code, screen } = await talk(steps);
  expect(code).toBe(130);
  expect(screen).toMatch(/now 72 by 30\s+interrupted$/);
  expect(await talk([{ wait: 'y/N', signal: 'SIGKILL' }])).toMatchObject({ code: 137 });
});

it('a text that never comes ends the command, and the test hears of it', async () => {
  const begin = Date.now();
  const waiting = talk([{ wait: 'nothing of the kind', send: 'y' }], { seconds: 2 });
  await expect(waiting).rejects.toThrow(/did not end in time, before .*nothing of the kind.*Move/s);
  expect(Date.now() - begin).toBeLessThan(30_000);
  await expect(talk([{ wait: 'y/N', send: 'a' }], { seconds: 2 })).rejects.toThrow('after the last step');
  const tooLate = talk([
    { wait: 'y/N', send: 'q' },
    { wait: 'more', send: 'y' },
  ]);
  await expect(tooLate).rejects.toThrow('ended with code 3 before {"text": "more", "send": "y"}');
});

it('the committed command can be talked with', async () => {
  const { code, screen } = await converse(80, ['--version'], []);
  expect({ code, screen }).toEqual({ code: 0, screen: expect.stringMatching(/^\d+\.\d+\.\d+/) });
});
