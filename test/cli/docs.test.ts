import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Analysis } from '../../cli/analyze/analysis.ts';
import { dlq, documents } from './dlq.ts';

const page = readFileSync('docs/cli.md', 'utf8');
const pages = ['docs/cli.md', ...readdirSync('docs/cli').map((name) => `docs/cli/${name}`)]
  .map((path) => readFileSync(path, 'utf8'))
  .join('\n');
const told = (name: string) => page.includes(`\`${name}\``) || page.includes(`.${name}\``);

describe('the pages', () => {
  it('show what their examples really print', () => {
    expect(execFileSync(process.execPath, ['docs/examples.mjs', '--check'], { encoding: 'utf8' })).toBe(
      '3 examples run\n',
    );
  });

  it('tell of every key of the documents', async () => {
    const analysis: Analysis = JSON.parse((await dlq(['analyze', '--json', '--file', 'messages.json'])).out);
    const { unreadable, classes, groups, errorTypes, sources, ages } = analysis;
    const parts = [analysis, unreadable, classes, groups, groups[0]?.verdicts, errorTypes, sources, ages].flat();
    const [answer] = documents((await dlq(['classify', '--explain', 'failures.jsonl'])).out);
    const keys = new Set([...parts, answer].flatMap((part) => Object.keys(part ?? {})));
    expect(keys.size).toBeGreaterThan(35);
    expect([...keys].filter((key) => !told(key))).toEqual([]);
  });

  it('tell of every command and every option', async () => {
    const { out } = await dlq(['--help']);
    const list = out.split('Commands:\n')[1]?.split('\n\n')[0] ?? '';
    const commands = [...list.matchAll(/^ {2}([a-z]+) /gm)]
      .map(([, name]) => name ?? '')
      .filter((one) => one !== 'help');
    expect(commands.length).toBeGreaterThan(20);
    const untold: string[] = [];
    for (const command of commands) {
      if (!pages.includes(`dlq ${command}`)) untold.push(command);
      const help = (await dlq(['help', command])).out;
      expect(help, `${command} has examples`).toContain('Examples:');
      const options = [...help.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, option]) => option ?? '');
      untold.push(...options.filter((option) => !pages.includes(option)).map((option) => `${command} ${option}`));
    }
    expect(untold).toEqual([]);
  });
});
