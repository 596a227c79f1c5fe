import { parseArgs } from 'node:util';
import { MIN_ORDERS } from '../../examples/complete/producer/orders.ts';

export type DemoOptions = { example: string; json: boolean; keep: boolean; messages: number; seed: number };

export const USAGE = `npm run demo -- [--example NAME] [--messages N] [--seed N] [--json] [--keep]
  --example NAME  folder of examples/ (default complete); --messages and --seed are for complete alone
  --messages N    orders to send, at least ${MIN_ORDERS} (default 300)
  --seed N        same seed, same orders and failures (default 1)
  --json          one JSON document on stdout instead of the table
  --keep          stay up afterwards, and print the environment for aws and terraform`;

/** What the command line asked for was not understood. Shown to the user as it is, without a stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export function parseOptions(args: readonly string[]): DemoOptions {
  let values: { example?: string; json?: boolean; keep?: boolean; help?: boolean; messages?: string; seed?: string };
  try {
    values = parseArgs({
      args: [...args],
      options: {
        example: { type: 'string' },
        json: { type: 'boolean' },
        keep: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        messages: { type: 'string' },
        seed: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${USAGE}`);
  }
  if (values.help === true) throw new UsageError(USAGE);
  return {
    example: values.example ?? 'complete',
    json: values.json ?? false,
    keep: values.keep ?? false,
    messages: wholeNumber('--messages', values.messages ?? '300', MIN_ORDERS, 100_000),
    seed: wholeNumber('--seed', values.seed ?? '1', 0, Number.MAX_SAFE_INTEGER),
  };
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new UsageError(
    `${name} must be a whole number from ${least} to ${most}; got ${JSON.stringify(text)}\n${USAGE}`,
  );
}
