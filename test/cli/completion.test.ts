import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { execa } from 'execa';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { suggest } from '../../cli/completion/suggest.ts';
import { DLQ, dlq, FIXTURES } from './dlq.ts';

const OPTIONS = { cwd: FIXTURES, extendEnv: false, reject: false } as const;
const ENV = {
  PATH: process.env.PATH,
  HOME: '/',
  LC_ALL: 'C.UTF-8',
  TERM: 'dumb',
  NODE: process.execPath,
  DLQ,
  DLQ_STACK: 'shop-prod',
};

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'dlq-healer-completion-'));
  await writeFile(join(home, 'bashrc'), `${SOURCED}\nPS1='ready> '\n`);
  return () => rm(home, { recursive: true });
});

/** `dlq` as a reader has it who installed the package, and its script, without the package bash-completion. */
const SOURCED = 'dlq() { "$NODE" "$DLQ" "$@"; }\nsource <(dlq completion bash)';

/** Has bash complete the line with its cursor at the end: the words as bash splits them. */
async function completed(line: string, words: readonly string[], setup = ''): Promise<string[]> {
  const array = words.map((word) => `'${word}'`).join(' ');
  const call = `COMP_LINE=$1 COMP_POINT=\${#1} COMP_WORDS=(${array}) COMP_CWORD=${words.length - 1}; _dlq; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = await execa(
    'bash',
    ['--norc', '--noprofile', '-c', [SOURCED, setup, call].join('\n'), 'bash', line],
    { ...OPTIONS, env: ENV },
  );
  expect(stderr).toBe('');
  return stdout.split('\n').filter((value) => value !== '');
}

describe('in bash', () => {
  it.each<[string, string[], string[]]>([
    ['dlq ver', ['dlq', 'ver'], ['verify']],
    ['dlq verify --su', ['dlq', 'verify', '--su'], ['--success-rate']],
    ['dlq verify --stack ', ['dlq', 'verify', '--stack', ''], ['shop-prod']],
    ['dlq verify --stack shop-prod --str', ['dlq', 'verify', '--stack', 'shop-prod', '--str'], ['--strict']],
    ['dlq completion ', ['dlq', 'completion', ''], ['bash', 'zsh', 'fish']],
    ['dlq help cl', ['dlq', 'help', 'cl'], ['classify']],
    ['dlq verify --stack=', ['dlq', 'verify', '--stack', '='], ['shop-prod']],
    ['dlq verify --stack=sh', ['dlq', 'verify', '--stack', '=', 'sh'], ['shop-prod']],
    ['dlq verify --queue ', ['dlq', 'verify', '--queue', ''], []],
    ['dlq nothing ', ['dlq', 'nothing', ''], []],
    ['dlq analyze --file mess', ['dlq', 'analyze', '--file', 'mess'], ['messages.json']],
    ['dlq analyze --rules=rul', ['dlq', 'analyze', '--rules', '=', 'rul'], ['rules.json']],
    ['dlq classify fail', ['dlq', 'classify', 'fail'], ['failures.jsonl']],
    // A URL is several words for bash, and one for the command.
    [
      'dlq verify --dlq https://x/1/mail --str',
      ['dlq', 'verify', '--dlq', 'https', ':', '//x/1/mail', '--str'],
      ['--strict'],
    ],
  ])('%s', async (line, words, expected) => {
    expect(await completed(line, words)).toEqual(expected);
  });

  it('the cursor may be in the middle of the line', async () => {
    const { stdout } = await execa(
      'bash',
      [
        '--norc',
        '-c',
        `${SOURCED}\nCOMP_LINE='dlq ver --strict' COMP_POINT=7 COMP_WORDS=(dlq ver --strict) COMP_CWORD=1; _dlq; echo "\${COMPREPLY[@]}"`,
      ],
      { ...OPTIONS, env: ENV },
    );
    expect(stdout).toBe('verify');
  });

  it('options keep their name where = ends no word', async () => {
    const words = ['dlq', 'verify', '--stack=sh'];
    expect(await completed('dlq verify --stack=sh', words, "COMP_WORDBREAKS=' '")).toEqual(['--stack=shop-prod']);
  });

  it('what is typed is never run', async () => {
    const line = 'dlq verify --queue $(echo ran >&2) --str';
    expect(await completed(line, ['dlq', 'verify', '--queue', '$(echo ran >&2)', '--str'])).toEqual(['--strict']);
  });

  it.each([
    ['dlq verif\\t', 'dlq verify '],
    ['dlq verify --stack \\t', '--stack shop-prod '],
    ['dlq analyze --file messag\\t', '--file messages.json '],
  ])('at a terminal, %s', async (typed, shown) => {
    const typing = [join(import.meta.dirname, 'typing.py'), shown, typed];
    const { exitCode, stdout } = await execa(
      'python3',
      [...typing, 'bash', '--noprofile', '--rcfile', join(home, 'bashrc'), '-i'],
      { ...OPTIONS, env: ENV, stdin: 'ignore' },
    );
    expect(stdout).toBe('');
    expect(exitCode).toBe(0);
  });
});

describe('the script', () => {
  it.each(['bash', 'zsh', 'fish'])('for %s asks the command for every suggestion', async (shell) => {
    const { code, out, err } = await dlq(['completion', shell]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/ complete -- /);
    for (const own of ['verify', 'analyze', '--stack']) expect(out).not.toContain(own);
    const checked = await execa(shell, [shell === 'fish' ? '--no-execute' : '-n'], {
      ...OPTIONS,
      env: ENV,
      input: out,
    });
    // Of a shell that is not installed nothing can be said.
    if (checked.code === 'ENOENT') expect(shell).not.toBe('bash');
    else expect(checked).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it.each([[[]], [['powershell']]])('is of one of these shells, not of %j', async (args) => {
    const { code, err } = await dlq(['completion', ...args]);
    expect(code).toBe(2);
    expect(err).toContain('shell');
  });
});

describe('a command that is added later', () => {
  const program = new Command('dlq');
  program
    .command('redrive')
    .summary('send letters back')
    .option('--class <class>', 'of this class')
    .option('--mode <mode>', 'how')
    .addOption(new Option('--order <order>', 'in which order').choices(['oldest', 'newest']))
    .option('-p, --plan <file>', 'carry out this plan')
    .option('--native', 'SQS does it');
  program.command('level').summary('pin the level').argument('<n>', 'the level').option('--stack <name>', 'the stack');
  program.command('secret', { hidden: true });

  const suggested = (...words: string[]) => {
    const written: string[] = [];
    const write = (chunk: unknown) => written.push(String(chunk)) > 0;
    vi.spyOn(console, 'log').mockImplementation((line) => void write(`${line}\n`));
    vi.spyOn(process.stdout, 'write').mockImplementation(write);
    suggest(program, words, {});
    vi.restoreAllMocks();
    return written.join('').split('\n').slice(0, -1);
  };
  afterEach(() => void vi.restoreAllMocks());

  it.each<[string[], string[]]>([
    [[''], ['redrive\tsend letters back', 'level\tpin the level', 'help\tdisplay help for command', ':4']],
    [
      ['redrive', '--na'],
      ['--native\tSQS does it', ':4'],
    ],
    [
      ['redrive', '--class', 'B'],
      ['BAD_PAYLOAD\t', ':4'],
    ],
    [
      ['redrive', '--class=UNK'],
      ['UNKNOWN\t', ':4'],
    ],
    [
      ['redrive', '--order', ''],
      ['oldest\t', 'newest\t', ':4'],
    ],
    [['redrive', '--mode', ''], [':4']],
    [['redrive', '--plan', ''], [':0']],
    [['redrive', '-p', 'x'], [':0']],
    [['redrive', '--native', ''], [':4']],
    [
      ['level', ''],
      ['0\tnormal', '1\tlight', '2\tmoderate', '3\tsevere', '4\temergency', 'auto\ttake the pin off', ':4'],
    ],
    [['level', '--stack', ''], [':4']],
  ])('%j', (words, lines) => {
    expect(suggested(...words)).toEqual(lines);
  });
});

it('the help does not show what the scripts call', async () => {
  const { out } = await dlq(['--help']);
  expect(out).toContain('completion');
  expect(out).not.toMatch(/^ {2}complete\b(?!ion)/m);
});
