import { RootCommand } from '@bomb.sh/tab';
import type { Argument, Command, Option } from 'commander';
import { FAILURE_CLASSES } from '../../handlers/core/classes.ts';
import { LEVEL_NAMES } from '../../handlers/core/level.ts';

// What may stand where the cursor is, from the tree of commands as it is: a command that is added later is completed too.

type Values = readonly (readonly [value: string, description: string])[];
type Complete = (value: string, description: string) => void;
type Env = Readonly<Record<string, string | undefined>>;

/** Tells the shell's script to complete file names: `ShellCompDirectiveDefault`, which the library itself never answers. */
const FILES = ':0\n';

/**
 * Answers a shell that completes `dlq <words>`, the last of which is under the cursor: a line `value<TAB>description` for
 * each suggestion and a last one with a directive, on standard output. Calls nothing and reads nothing.
 */
export function suggest(program: Command, words: readonly string[], env: Env): void {
  if (wantsFile(program, words)) process.stdout.write(FILES);
  else rootOf(program, env).parse([...words]);
}

/** Options and arguments that are called so take a file: `--rules <file>`, `[files...]`. */
const isFile = (placeholder: string) => /^files?$/.test(placeholder);
const placeholderOf = ({ flags }: Option) => /[<[]([\w-]+)/.exec(flags)?.[1] ?? '';

function wantsFile(program: Command, words: readonly string[]): boolean {
  const [command, known] = commandOf(program, words.slice(0, -1));
  const current = words.at(-1) ?? '';
  const [flag, assigned] = current.split('=', 2);
  const option = optionOf(command, assigned === undefined ? words.at(-2) : flag);
  if (option !== undefined && takesValue(option)) return isFile(placeholderOf(option));
  if (current.startsWith('-')) return false;
  const { registeredArguments } = command;
  const last = registeredArguments.at(-1);
  const argument = registeredArguments[known] ?? (last?.variadic ? last : undefined);
  return argument !== undefined && isFile(argument.name());
}

/** The command that the words name, and how many arguments they give to it. */
function commandOf(program: Command, words: readonly string[]): readonly [Command, number] {
  let command = program;
  let known = 0;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const option = optionOf(command, word);
    if (option !== undefined && takesValue(option)) i += 1;
    if (word.startsWith('-')) continue;
    const sub = command.commands.find((one) => one.name() === word || one.aliases().includes(word));
    if (sub !== undefined && known === 0) command = sub;
    else known += 1;
  }
  return [command, known];
}

const optionOf = ({ options }: Command, word: string | undefined) =>
  options.find(({ long, short }) => word !== undefined && (word === long || word === short));
const takesValue = ({ required, optional }: Option) => required || optional;

function rootOf(program: Command, env: Env): RootCommand {
  const root = new RootCommand();
  addTo(root, program, env);
  const visit = (command: Command, path: string) => {
    for (const sub of command.createHelp().visibleCommands(command)) {
      const name = `${path}${sub.name()}`;
      addTo(root.command(name, sub.summary() || sub.description()), sub, env, program);
      visit(sub, `${name} `);
    }
  };
  visit(program, '');
  return root;
}

function addTo(entry: ReturnType<RootCommand['command']>, command: Command, env: Env, program?: Command): void {
  for (const option of command.createHelp().visibleOptions(command)) {
    const { long, short, description } = option;
    if (long === undefined || long === null) continue;
    const alias = short?.slice(1);
    const name = long.slice(2);
    if (takesValue(option)) entry.option(name, description, offering(optionValues(option, env)), alias);
    else entry.option(name, description, alias);
  }
  for (const argument of command.registeredArguments)
    entry.argument(argument.name(), offering(argumentValues(argument, command, program)), argument.variadic);
}

const offering = (values: Values) => (complete: Complete) => {
  for (const [value, description] of values) complete(value, description);
};

const plain = (values: readonly string[]): Values => values.map((value) => [value, '']);

/** The stack of the environment only: nothing is asked of AWS while somebody types. */
function optionValues({ argChoices, long }: Option, { DLQ_STACK }: Env): Values {
  if (argChoices !== undefined) return plain(argChoices);
  if (long === '--class') return plain(FAILURE_CLASSES);
  if (long === '--stack' && DLQ_STACK !== undefined && DLQ_STACK !== '') return [[DLQ_STACK, 'DLQ_STACK']];
  return [];
}

function argumentValues({ argChoices }: Argument, command: Command, program: Command | undefined): Values {
  if (argChoices !== undefined) return plain(argChoices);
  if (command.name() === 'level')
    return [...LEVEL_NAMES.map((name, level) => [String(level), name] as const), ['auto', 'take the pin off']];
  if (command.name() === 'help' && program !== undefined)
    return program
      .createHelp()
      .visibleCommands(program)
      .map((sub) => [sub.name(), sub.summary() || sub.description()]);
  return [];
}
