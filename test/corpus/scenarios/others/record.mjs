// Runs the scenarios of scenarios.mjs, each in a process of its own, and prints what that says: one JSON line for every wrapping.
// `node record.mjs <scenario>` (under targets.mjs) shows one.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scenarios } from './scenarios.mjs';

const { BUILD } = process.env;
const NUMBERS = [503, 8812, 4290, 401, 200429, 5000, 422, 1404]; // ids that look like statuses now and then

// How a program of each language is made and run.
const languages = {
  perl: { file: 'consumer.pl', head: 'use strict; use warnings;\n', run: (file) => `perl ${file}` },
  lua: { file: 'consumer.lua', head: '', run: (file) => `lua5.4 ${file}` },
  elixir: { file: 'consumer.exs', head: '', run: (file) => `elixir ${file}` },
  erlang: { file: 'consumer.escript', head: '#!/usr/bin/env escript\nmain(_) -> application:ensure_all_started(inets),\n', run: (file) => `escript ${file}` },
  sh: { file: 'consumer.sh', head: '', run: (file) => `bash ${file}` },
  c: { file: 'consumer.c', head: '#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n#include <unistd.h>\n#include <errno.h>\n#include <assert.h>\n', run: (file) => `gcc -w -fstack-protector-all -o ${BUILD}/consumer ${file} && { ${BUILD}/consumer; }` },
};

function outcome({ language, code, before = '' }) {
  const { file, head, run } = languages[language];
  const path = join(BUILD, file);
  writeFileSync(path, `${head}${code}\n`);
  const { status, signal, stdout, stderr } = spawnSync('bash', ['-c', `${before} ${run(path)}`], { encoding: 'utf8', timeout: 90_000, cwd: BUILD, env: { ...process.env, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', PGPASSWORD: 'right' } });
  return { text: `${stdout}${stderr}`.trim(), exit: status ?? `signal ${signal}`, ok: status === 0 && !stdout && !stderr };
}

function wrap(how, { text, exit }, number, name) {
  const order = NUMBERS[number % NUMBERS.length];
  const [first = ''] = text.split('\n');
  switch (how) {
    case 'text': return { errorMessage: text };
    case 'first': return { errorMessage: first, stack: text };
    case 'exit': return { errorType: 'ExitError', errorMessage: `order ${order}: consumer exited with code ${exit}: ${text}` };
    case 'code': return { errorMessage: `exit status ${exit}` };
    case 'order': return { errorMessage: `failed to process order ${order} (attempt 3, ${order} ms): ${first}` };
    case 'log': return { errorMessage: `May  3 04:29:01 worker-2 consumer[${order}]: ERROR order=${order} ${text.replaceAll('\n', ' ')}` };
    case 'json': return { errorMessage: JSON.stringify({ level: 'error', order_id: order, exit_code: exit, stderr: text }) };
    case 'runtime': return { errorType: 'Runtime.ExitError', errorMessage: `RequestId: 5031f0aa-4290-4d6a-9c1e-401429503500 Error: Runtime exited with error: exit status ${exit}`, stack: text };
    default: throw new Error(`${name}: ${how}`);
  }
}

const [only] = process.argv.slice(2);
scenarios.filter(({ name }) => !only || name === only).forEach((scenario, number) => {
  const found = outcome(scenario);
  if (found.ok || /NOT PROVOKED/.test(found.text)) found.text = 'NOT PROVOKED';
  scenario.wraps.split(' ').forEach((how, i) => {
    const label = { ...scenario, ...scenario.labels?.[how] };
    const { name, cause, accept, misleading } = label;
    console.log(JSON.stringify({ scenario: name, class: label.class, cause, accept, misleading, wrap: how, evidence: wrap(how, found, number + i, name) }));
  });
});
