import { readFileSync } from 'node:fs';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { DLQ, dlq, dlqOnTerminal } from './dlq.ts';

describe('the command line', () => {
  it('is a program of its own', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect((await execa(DLQ, ['--version'])).stdout).toBe(version);
  });

  it.each([['--help'], ['help']])('%s shows the commands, the exit codes and examples', async (...args) => {
    const { code, out, err } = await dlq(args);
    expect([code, err]).toEqual([0, '']);
    for (const words of ['analyze', 'classify', 'Exit codes:', 'Examples:']) expect(out).toContain(words);
  });

  it.each([
    [
      ['help', 'classify'],
      ['--rules', '--explain', '--json', '"evidence"', 'Examples:'],
    ],
    [
      ['classify', '--help'],
      ['--rules', '--explain', '--json', '"evidence"', 'Examples:'],
    ],
    [
      ['help', 'analyze'],
      ['--file', '--queue', '--rules', '--json', 'aws sqs receive-message', 'Examples:'],
    ],
  ])('%s shows options, formats and examples', async (args, expected) => {
    const { code, out } = await dlq(args);
    expect(code).toBe(0);
    for (const words of expected) expect(out).toContain(words);
  });

  it('every command that the help names shows its own', async () => {
    const { out } = await dlq(['--help']);
    const list = /Commands:\n([\s\S]*?)\n\n/.exec(out)?.[1] ?? '';
    const names = [...list.matchAll(/^ {2}([a-z]+) /gm)].map(([, name = '']) => name);
    expect(names).toEqual(expect.arrayContaining(['peek', 'redrive', 'hold', 'resume', 'completion', 'help']));
    expect(names).not.toContain('complete');
    for (const name of names.filter((one) => one !== 'help'))
      expect((await dlq(['help', name])).out).toContain(`Usage: dlq ${name} `);
  });

  it.each([
    [[], 'Usage: dlq'],
    [['clasify'], "dlq: unknown command 'clasify'\n(Did you mean classify?)"],
    [['classify', '--explian'], "dlq: unknown option '--explian'\n(Did you mean --explain?)"],
    [['classify', '--rules'], "dlq: option '--rules <file>' argument missing"],
  ])('that is wrong says so, exit code 2: dlq %s', async (args, message) => {
    const { code, out, err } = await dlq(args);
    expect(err).toContain(message);
    expect([code, out]).toEqual([2, '']);
  });

  it('does not wait for a person to type JSON', async () => {
    const { code, out } = await dlqOnTerminal(80, ['classify']);
    expect(code).toBe(2);
    expect(out).toBe(
      'dlq: nothing to read: name a file, or pipe JSON Lines in (dlq classify failures.jsonl; dlq help classify shows the format)\n',
    );
  });
});
