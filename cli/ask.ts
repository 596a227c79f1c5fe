import confirm from '@inquirer/confirm';
import { EXIT, UsageError } from './exit.ts';
import type { Session } from './session.ts';
import type { ChangeOptions } from './stack/options.ts';

/** What became of the question whether to go on. */
export type Answer = 'yes' | 'no' | 'dry-run';

/**
 * Asks before anything is changed; what is going to be done was shown before. `--yes` is an answer, `--dry-run` is another;
 * after a no the exit code is 1.
 * @throws UsageError where there is neither an answer nor a terminal to ask on: nothing was changed
 */
export async function ask(session: Session, options: ChangeOptions, question: string): Promise<Answer> {
  const { io, err } = session;
  if (options.dryRun === true) {
    await err.write('Nothing was changed (--dry-run).\n');
    return 'dry-run';
  }
  if (options.yes === true) return 'yes';
  if (io.stdin.isTTY !== true)
    throw new UsageError('there is no terminal to ask on: pass --yes to do it, or --dry-run to see what it would do');
  const agreed = await confirm({ message: question, default: false }, { input: io.stdin, output: io.stderr }).catch(
    (error: Error) => {
      // Ctrl-C at the question is a no.
      if (error.name === 'ExitPromptError') return false;
      throw error;
    },
  );
  if (!agreed) {
    await err.write('Nothing was changed.\n');
    session.exitCode = EXIT.failed;
  }
  return agreed ? 'yes' : 'no';
}
