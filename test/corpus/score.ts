// How often the classifier is right on the corpus: `npm run corpus`. `--write` puts the table into docs/failure-classes.md,
// `--check` compares. `--misses RECORDER` lists what is classed otherwise, of the texts that rules may be tuned on.
import { readFileSync, writeFileSync } from 'node:fs';
import Table from 'cli-table3';
import { isHeldAside, judge, recorders, type Score, scoreOf, textsOf, type Verdict } from './corpus.ts';

const PAGE = 'docs/failure-classes.md';

const verdicts = recorders().flatMap((recorder) => textsOf(recorder).map((text) => ({ recorder, ...judge(text) })));
const asideOf = (some: readonly Verdict[], aside: boolean) => some.filter(({ text }) => isHeldAside(text) === aside);

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

function row(name: string, some: readonly Verdict[]): string[] {
  const cells = ({ texts, strict, acceptable, unsafe }: Score) =>
    texts === 0 ? ['–', '–', '–', '–'] : [String(texts), percent(strict), percent(acceptable), percent(unsafe)];
  return [name, ...cells(scoreOf(asideOf(some, false))), ...cells(scoreOf(asideOf(some, true)))];
}

const HEAD = ['recorder', 'tuned on', 'strict', 'accepted', 'unsafe', 'held aside', 'strict', 'accepted', 'unsafe'];
const rows = [
  ...recorders().map((name) =>
    row(
      name,
      verdicts.filter(({ recorder }) => recorder === name),
    ),
  ),
  row('all', verdicts),
];

const markdown = [HEAD, HEAD.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
const before = readFileSync(PAGE, 'utf8');
const after = before.replace(
  /(<!-- corpus: .*-->\n)[\s\S]*?(<!-- end of corpus -->)/,
  (_, start, end) => `${start}${markdown}\n${end}`,
);

const [, , option, wanted] = process.argv;
if (option === '--misses') {
  for (const { recorder, text, got, rule, words, strict } of verdicts) {
    if (recorder !== wanted || strict || isHeldAside(text)) continue;
    const accept = text.accept.length > 0 ? ` (or ${text.accept.join(', ')})` : '';
    process.stdout.write(`${text.id}: ${text.class}${accept}, classed ${got} by ${rule} «${words}»\n`);
  }
} else {
  const table = new Table({ head: HEAD, style: { head: [], border: [] } });
  table.push(...rows);
  process.stdout.write(`${table.toString()}\n`);
}
if (option === '--write') writeFileSync(PAGE, after);
if (option === '--check' && after !== before) {
  console.error(`the figures in ${PAGE} are not those measured. Run: npm run corpus -- --write`);
  process.exitCode = 1;
}
