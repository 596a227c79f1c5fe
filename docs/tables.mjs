// Writes the README's tables of inputs and outputs from variables.tf and outputs.tf; `--check` only compares.
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** @param {string} file @param {string} kind @returns {Promise<{ name: string, text: string }[]>} the file's blocks of that kind */
async function blocks(file, kind) {
  const source = await readFile(join(root, file), 'utf8');
  return source
    .split(new RegExp(`^(?=${kind} ")`, 'm'))
    .filter((text) => text.startsWith(`${kind} "`))
    .map((text) => ({ name: /"([^"]+)"/.exec(text)?.[1] ?? '', text }));
}

/** @param {string} text a block @returns {string} its description, on one line */
function description(text) {
  const heredoc = /description = <<-EOT\n([\s\S]*?)\n\s*EOT/.exec(text)?.[1];
  const quoted = /description = ("(?:[^"\\]|\\.)*")/.exec(text)?.[1];
  const found = heredoc ?? (quoted === undefined ? undefined : JSON.parse(quoted));
  if (found === undefined) throw new Error(`no description in ${text.split('\n')[0]}`);
  return found.replace(/\s+/g, ' ').replace(/\|/g, '\\|').trim();
}

/** @param {string} text a variable block @returns {string} its default as Terraform has it, or "required" */
const defaultOf = (text) => {
  const value = /^ {2}default\s*=\s*(.*)$/m.exec(text)?.[1];
  return value === undefined ? 'required' : `\`${value}\``;
};

/** @param {string} text a variable block @returns {string | undefined} the type's source, where it is more than a word */
const typeOf = (text) => /^ {2}type = ((?:map|list)?\(?object\([\s\S]*?^ {2}\}\)\)?)$/m.exec(text)?.[1];

const variables = await blocks('variables.tf', 'variable');
const types = variables.flatMap(({ name, text }) => {
  const type = typeOf(text);
  return type === undefined ? [] : [`\`${name}\``, '', '```hcl', type.replace(/^ {2}/gm, ''), '```', ''];
});
const inputs = variables.map(({ name, text }) => `| \`${name}\` | ${defaultOf(text)} | ${description(text)} |`);
const outputs = (await blocks('outputs.tf', 'output')).map(
  ({ name, text }) => `| \`${name}\` | ${description(text)} |`,
);
const tables = {
  inputs: [
    '| input | default | what it is |',
    '| --- | --- | --- |',
    ...inputs,
    '',
    '<details><summary>What the objects hold</summary>',
    '',
    ...types,
    '</details>',
  ].join('\n'),
  outputs: ['| output | what it is |', '| --- | --- |', ...outputs].join('\n'),
};

const path = join(root, 'README.md');
const before = await readFile(path, 'utf8');
let after = before;
for (const [name, table] of Object.entries(tables)) {
  const place = new RegExp(`(<!-- ${name}: .*-->\n)[\\s\\S]*?(<!-- end of ${name} -->)`);
  if (!place.test(after))
    throw new Error(`README.md has no place for the ${name}: expected <!-- ${name}: … --> and <!-- end of ${name} -->`);
  after = after.replace(place, (_, start, end) => `${start}${table}\n${end}`);
}
if (after !== before && process.argv.includes('--check')) {
  console.error('the tables of README.md are not those of variables.tf and outputs.tf. Run: npm run docs');
  process.exit(1);
}
if (after !== before) await writeFile(path, after);
console.log(`README.md: ${inputs.length} inputs, ${outputs.length} outputs`);
