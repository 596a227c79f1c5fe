// What a person does when the registry has learnt of a device: sends its archived letters back.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { LocalAws } from '../../local-aws/local-aws.ts';
import { REPOSITORY } from '../../local-aws/terraform.ts';
import type { World } from './world.ts';

/** @returns how many letters the command sent */
export async function replay(aws: LocalAws, { outputs }: World, ids: readonly string[]): Promise<number> {
  const state = await mkdtemp(join(tmpdir(), 'dlq-healer-replay-'));
  const stack = outputs.ledger_table.replace(/-ledger$/, '');
  const options = ['--stack', stack, '--queue', 'positions', '--canary', '0', '--yes', '--json'];
  try {
    const { stdout } = await execa(process.execPath, [join(REPOSITORY, 'dist/dlq.mjs'), 'replay', ...ids, ...options], {
      env: { ...aws.environment, DLQ_STATE_DIR: state },
    });
    return (JSON.parse(stdout) as { sent: number }).sent;
  } finally {
    await rm(state, { recursive: true, force: true });
  }
}
