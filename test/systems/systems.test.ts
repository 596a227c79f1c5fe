// Every example, applied and run end to end, beside each other in one local AWS.
// One alone: `-t retry-tiers`.
import { join } from 'node:path';
import pLimit from 'p-limit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Host } from '../local-aws/host.ts';
import { type LocalAws, startLocalAws } from '../local-aws/local-aws.ts';
import { prepareTerraform, type Terraform } from '../local-aws/terraform.ts';
import { runSystem } from './run.ts';
import { systems } from './system.ts';

let aws: LocalAws;
let terraform: Terraform;
let host: Host;
// What is applied waits most of the time, what runs works: more at once would make two cores too slow for the functions.
const limit = pLimit(3);
const problems: string[] = [];
const progress = { step: () => undefined, update: () => undefined };

beforeAll(async () => {
  terraform = await prepareTerraform();
  aws = await startLocalAws();
  host = await aws.startHost({ zipDirectory: join(terraform.tree, 'dist') });
  host.events.on('problem', (error) => problems.push(error.message));
});

afterAll(async () => {
  await aws?.stop();
  await terraform?.close();
});

describe('the examples', async () => {
  for (const name of await systems()) {
    it.concurrent(name, async ({ expect }) => {
      const { faults, lines } = await limit(() => runSystem(name, { aws, host, terraform, progress }));
      expect(faults, lines.join('\n')).toEqual([]);
    });
  }
});

describe('the host', () => {
  it('had no trouble of its own', () => {
    expect(problems).toEqual([]);
  });
});
