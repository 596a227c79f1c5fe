import { Command, CommanderError } from 'commander';
import { awsComplaint } from './aws/complaint.ts';
import { EXIT, InputError, UsageError } from './exit.ts';
import { MODULES, type Module } from './modules.ts';
import { complaint, type Io, openSession, type Session } from './session.ts';

/** Set by the build to the version in package.json. */
declare const DLQ_VERSION: string;

const AFTER_HELP = `
Exit codes:
  0    all is well
  1    something failed, could not be read or was left undone; the rest was done
  2    the command line, or a file that belongs to it, is wrong, or nobody could be asked; nothing was done
  3    it stopped itself because letters die again, or the verdict is no (verify)
  130  interrupted; the same command goes on where it ended

Examples:
  dlq status --stack shop-prod
  dlq show f56c32c4e8d8 --stack shop-prod
  dlq redrive --dlq orders-dlq --all
  dlq help redrive`;

/** Runs one command line. @returns the exit code */
export async function run(args: readonly string[], io: Io): Promise<number> {
  const session = openSession(io);
  try {
    const program = await programFor(session, args);
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    // Commander throws after it has shown help, the version, or what is wrong with the command line.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (error instanceof UsageError) {
      await session.err.write(complaint(error.message));
      return EXIT.usage;
    }
    await session.complain(error instanceof InputError ? error.message : (awsComplaint(error) ?? unexpected(error)));
  }
  const { failure } = session.out;
  if (failure !== undefined) await session.complain(`cannot write the output: ${failure.message}`);
  return session.exitCode ?? (session.failed ? EXIT.failed : EXIT.ok);
}

/** A fault of this program: its stack is what a bug report needs. */
function unexpected(error: unknown): string {
  return `this is a bug of dlq; please report it with these lines:\n${error instanceof Error ? error.stack : String(error)}`;
}

async function programFor(session: Session, args: readonly string[]): Promise<Command> {
  const program = new Command('dlq')
    .description(
      'The operator’s command of DLQ Healer: why messages died, what became of them, and the careful way back.',
    )
    .version(DLQ_VERSION, '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .addHelpText('after', AFTER_HELP)
    .showHelpAfterError('(dlq --help shows the commands and their options)')
    .configureOutput({
      writeOut: (text) => void session.out.write(text),
      writeErr: (text) => void session.err.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'dlq: ')),
      getOutHelpWidth: () => session.width,
      getErrHelpWidth: () => session.width,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride();
  for (const module of MODULES) await addTo(program, session, module, args);
  return program;
}

/**
 * A command that stands anywhere on the command line is loaded: `dlq help redrive` and the completion of `dlq redrive …`
 * need it as `dlq redrive` does. Of all others the list of commands needs the names.
 */
async function addTo(program: Command, session: Session, { commands, load }: Module, args: readonly string[]) {
  const isNamed = Object.keys(commands).some((name) => args.includes(name));
  if (isNamed) (await load())(program, session);
  for (const [name, summary] of Object.entries(commands)) {
    const command =
      program.commands.find((one) => one.name() === name) ?? program.command(name, { hidden: summary === '' });
    command.summary(summary);
  }
}
