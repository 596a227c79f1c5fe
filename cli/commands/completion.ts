import { script } from '@bomb.sh/tab';
import { Argument, type Command } from 'commander';
import { bashScript } from '../completion/bash.ts';
import { suggest } from '../completion/suggest.ts';
import type { Session } from '../session.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

const AFTER_HELP = `
The script asks dlq itself for every suggestion, so that it knows each command and option of the version that is installed.
Nothing is asked of AWS.

Examples:
  source <(dlq completion bash)                                  # for this shell; in ~/.bashrc for all
  dlq completion zsh > "\${fpath[1]}/_dlq"                        # then start a new shell
  dlq completion fish > ~/.config/fish/completions/dlq.fish`;

export function addCompletion(program: Command, session: Session): void {
  program
    .command('completion')
    .description(
      'Prints a script for your shell that completes commands, options and values where you press the tab key.',
    )
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText('after', AFTER_HELP)
    .action((shell: Shell) => completion(session, program.name(), shell));
  // What the scripts call: https://bomb.sh/docs/tab/
  program
    .command('complete', { hidden: true })
    .allowUnknownOption()
    .allowExcessArguments()
    .helpOption(false)
    .action(() => suggest(program, wordsOf(program), session.io.env));
}

/** As they came: some of them look like options of dlq itself. */
const wordsOf = ({ rawArgs }: Command & { readonly rawArgs?: readonly string[] }): string[] => {
  const args = rawArgs ?? [];
  const dashes = args.indexOf('--');
  return dashes < 0 ? [''] : args.slice(dashes + 1);
};

async function completion(session: Session, name: string, shell: Shell): Promise<void> {
  if (shell === 'bash') await session.out.write(bashScript(name));
  else script(shell, name, name);
}
