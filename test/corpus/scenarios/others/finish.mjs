// Reads what a recorder of go, ruby, php, rust or others prints (JSON lines with scenario, class, cause, accept, misleading, wrap,
// evidence), takes this machine's paths and the telling names of routes.mjs out, cuts, checks, and writes ../../texts/<recorder>.jsonl.
import { readFileSync, writeFileSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { routes } from './routes.mjs';

const CLASSES = [
  'AUTH_FAILURE',
  'VALIDATION_ERROR',
  'BAD_PAYLOAD',
  'TIMEOUT',
  'THROTTLED',
  'DEPENDENCY_FAILURE',
  'RESOURCE_EXHAUSTED',
  'CODE_BUG',
  'UNKNOWN',
];
const recorder = process.argv[2];
const here = dirname(fileURLToPath(import.meta.url));
const folder = join(here, '..', recorder);

const route = new RegExp(
  `(?<=[:/](?:\\d{4,5}|v1)/|[" ]/)(${Object.keys(routes)
    .sort((a, b) => b.length - a.length)
    .join('|')})\\b`,
  'g',
);

function scrub(text) {
  return text
    .replace(route, 'orders')
    .replaceAll(folder, '/var/task')
    .replaceAll(here, '/var/task')
    .replaceAll(process.env.BUILD || '\0', '/var/task')
    .replace(/\/tmp\/targets-\w+/g, '/var/task/data')
    .replace(/\/tmp\/(?!\/)/g, '/var/task/tmp/')
    .replaceAll(homedir(), '/home/app')
    .replace(/ on [\d.]+:53\b/g, ' on 10.0.0.2:53') // the name server of this machine
    .replace(new RegExp(`@${hostname()}\\b`, 'g'), '@consumer');
}
function deep(value) {
  if (typeof value === 'string') return scrub(value);
  if (value && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, deep(inner)]));
  return value;
}
const cut = (text, length) => [...text].slice(0, length).join('').trimEnd();

const seen = new Set();
const problems = [];
const lines = [];
for (const line of readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
  let raw;
  try {
    raw = JSON.parse(line);
  } catch {
    problems.push(`not JSON: ${line.slice(0, 200)}`);
    continue;
  }
  const { scenario, class: label, cause, accept = [], misleading = false, wrap, evidence } = raw;
  const id = `${recorder}/${scenario}#${wrap}`;
  const complain = (what) => problems.push(`${id}: ${what}`);
  if (seen.has(id)) complain('twice');
  seen.add(id);
  if (![label, ...accept].every((one) => CLASSES.includes(one))) complain(`class ${label} ${accept}`);
  if (!cause) complain('no cause');
  const clean = deep(
    Object.fromEntries(
      Object.entries(evidence).filter(([, value]) => value !== undefined && value !== null && value !== ''),
    ),
  );
  if (clean.errorMessage) clean.errorMessage = cut(clean.errorMessage, 2000);
  if (clean.stack) clean.stack = cut(clean.stack, 3000);
  const out = JSON.stringify({
    id,
    scenario: `${recorder}/${scenario}`,
    class: label,
    accept,
    misleading,
    cause,
    evidence: clean,
  });
  if (/\/work\/|\/root|\/tmp\/targets|\/tmp\/build/.test(out)) complain('a path of this machine is left');
  if (/NOT PROVOKED/.test(out)) {
    complain('did not fail');
    continue;
  }
  lines.push({ label, misleading, out });
}
writeFileSync(join(here, '..', '..', 'texts', `${recorder}.jsonl`), lines.map((one) => `${one.out}\n`).join(''));
const count = (label) => lines.filter((one) => one.label === label).length;
console.error(
  `${recorder}: ${lines.length} texts, ${lines.filter((one) => one.misleading).length} misleading; ${CLASSES.map((label) => `${label} ${count(label)}`).join(', ')}`,
);
for (const problem of problems) console.error(`problem: ${problem}`);
