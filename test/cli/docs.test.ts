import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Analysis } from '../../cli/analyze/analysis.ts';
import { dlq, documents } from './dlq.ts';

const page = readFileSync('docs/cli.md', 'utf8');
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

  it('tell of every option', async () => {
    for (const command of ['classify', 'analyze']) {
      const { out } = await dlq(['help', command]);
      const options = [...out.matchAll(/^ {2}(--[a-z]+)/gm)].map(([, option]) => option ?? '');
      expect(options.length).toBeGreaterThan(2);
      expect(options.filter((option) => !page.includes(option))).toEqual([]);
    }
  });

  it('tell of every option and check of verify, and of every key of its document', async () => {
    const verify = readFileSync('docs/cli/verify.md', 'utf8');
    const { out } = await dlq(['help', 'verify']);
    const options = [...out.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, option]) => option ?? '');
    expect(options.length).toBeGreaterThan(8);
    const common = ['--region', '--profile'];
    expect(options.filter((option) => !verify.includes(option) && !common.includes(option))).toEqual([]);
    const source = ['readings', 'report', 'checks']
      .map((file) => readFileSync(`cli/verify/${file}.ts`, 'utf8'))
      .join('');
    const checks = /readonly check: ([^;]+);/.exec(source)?.[1]?.match(/\w+/g) ?? [];
    expect(checks).toHaveLength(7);
    expect(checks.filter((check) => !verify.includes(`\`${check}\``))).toEqual([]);
  });
});
