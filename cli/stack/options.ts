import type { Command } from 'commander';
import type { AwsOptions } from '../aws/clients.ts';

/** Where to look, of every command that talks to AWS. */
export interface PlaceOptions extends AwsOptions {
  readonly stack?: string;
  readonly queue?: string;
  readonly dlq?: string;
  readonly json?: boolean;
}

/** Of every command that changes something. */
export interface ChangeOptions extends PlaceOptions {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

/** `--stack`, `--queue`, `--region`, `--profile`, `--json`. */
export function addStackOptions(command: Command, json = 'one JSON document instead of text'): Command {
  return command
    .option('--stack <name>', 'the stack: "name" of the module (default: the environment variable DLQ_STACK)')
    .option('--queue <key>', 'the queue: its key in the module’s input "queues" (default: all, or the only one)')
    .option('--region <region>', 'the AWS region (default: as every AWS tool finds it)')
    .option('--profile <profile>', 'the AWS profile (default: as every AWS tool finds it)')
    .option('--json', json);
}

/** Those, and `--dlq` for queues that no stack manages. */
export function addPlaceOptions(command: Command, json?: string): Command {
  return addStackOptions(command, json).option('--dlq <url>', 'a DLQ that no stack manages: its URL, ARN or name');
}

/** `--yes` and `--dry-run`. */
export function addChangeOptions(command: Command): Command {
  return command
    .option('--yes', 'do it without asking')
    .option('--dry-run', 'show what would be done, and change nothing');
}
