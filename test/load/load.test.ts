// A small flood through an outage, as `npm run load -- --json` prints it.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { kindsOf } from './letters.ts';
import type { LoadReport } from './run.ts';

const LOAD = fileURLToPath(new URL('./load.ts', import.meta.url));
const LETTERS = 2000;
const SEED = 7;

async function load(...args: string[]): Promise<LoadReport> {
  const given = [LOAD, '--json', '--letters', String(LETTERS), '--seed', String(SEED), ...args];
  const { stdout } = await promisify(execFile)(process.execPath, given, { maxBuffer: 64 * 1024 * 1024 });
  return JSON.parse(stdout) as LoadReport;
}

const invalid = kindsOf(LETTERS, SEED).filter((kind) => kind === 'invalid').length;

it('a flood through an outage loses no letter, processes none twice, and every letter that can be is healed', async () => {
  const { account, settled, phases, deaths, relapses, breaker } = await load();
  expect(settled).toBe(true);
  expect(account).toMatchObject({
    lost: 0,
    processedTwice: 0,
    inTwoPlaces: 0,
    unreadable: 0,
    inQueue: 0,
    parked: 0,
    waiting: 0,
    quarantined: 0,
    exhausted: 0,
    // What no attempt can mend; all else was processed, however long the outage was.
    archived: invalid,
    processed: LETTERS - invalid,
  });
  // The outage was one: it stopped the processing, killed most of what came in, and heals failed in it.
  const down = phases.find(({ name }) => name === 'dependency down');
  expect(down?.processed).toBe(0);
  expect(deaths).toBeGreaterThan(LETTERS / 3);
  expect(relapses).toBeGreaterThan(0);
  const states = breaker.filter(({ failureClass }) => failureClass === 'DEPENDENCY_FAILURE').map(({ state }) => state);
  expect(states.slice(0, 3)).toEqual(['holding', 'probing', 'holding']);
  expect(states.slice(-3)).toEqual(['probing', 'ramping', 'healing']);
});

it('with one call in two hundred failing, half of them after they were served, no letter is lost', async () => {
  const { account, settled, batches } = await load('--faults', '5000');
  expect(batches.lettersReturned).toBeGreaterThan(0);
  expect(settled).toBe(true);
  expect(account).toMatchObject({ lost: 0, unreadable: 0, inQueue: 0, parked: 0 });
});
