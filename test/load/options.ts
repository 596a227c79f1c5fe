import { parseArgs } from 'node:util';

export type LoadOptions = { json: boolean; letters: number; seed: number; faults: number };

export const USAGE = `npm run load -- [--letters N] [--seed N] [--faults N] [--json]
  --letters N  letters to send, 100 to 1000000 (default 100000)
  --seed N     same seed, same letters, back-offs and faults (default 1)
  --faults N   of a million calls of the healer, so many fail, half of them after they were served (default 0)
  --json       one JSON document on stdout instead of the tables`;

/** What the command line asked for was not understood. Shown to the user as it is, without a stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export function parseOptions(args: readonly string[]): LoadOptions {
  const options = {
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
    letters: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    faults: { type: 'string', default: '0' },
  } as const;
  const values = (() => {
    try {
      return parseArgs({ args: [...args], options }).values;
    } catch (error) {
      throw new UsageError(`${(error as Error).message}\n${USAGE}`);
    }
  })();
  if (values.help === true) throw new UsageError(USAGE);
  return {
    json: values.json ?? false,
    letters: wholeNumber('--letters', values.letters, 100, 1_000_000),
    seed: wholeNumber('--seed', values.seed, 0, 2 ** 32 - 1),
    faults: wholeNumber('--faults', values.faults, 0, 100_000),
  };
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new UsageError(
    `${name} must be a whole number from ${least} to ${most}; got ${JSON.stringify(text)}\n${USAGE}`,
  );
}
