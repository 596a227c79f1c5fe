import type { Cloud } from '../test/healer/cloud.ts';
import { type Death, type Measured, measureHealer, measureNaive } from './measure.ts';
import { PRICES } from './prices.ts';

const LETTERS = 200;

/** The poller's receive and delete for a batch: Lambda makes them, and the account pays for them. */
const POLLING = 2 * PRICES.sqsRequest + PRICES.lambdaRequest;

export const DEATHS = {
  TIMEOUT: { errorType: 'TimeoutError', message: 'gave up after 5400 ms' },
  DEPENDENCY_FAILURE: { errorType: 'PaymentError', message: '503 Service Unavailable', httpStatus: 503 },
  VALIDATION_ERROR: { errorType: 'ValidationError', message: 'store_id is required' },
  BAD_PAYLOAD: { errorType: 'JSONDecodeError', message: 'Expecting value: line 1 column 1 (char 0)' },
  CODE_BUG: { errorType: 'TypeError', message: 'x is undefined' },
  UNKNOWN: { errorType: 'OrderMishap', message: 'it did not work' },
} as const satisfies Record<string, Death>;

const PATHS = [
  ['healed', 'TIMEOUT', 100],
  ['healed', 'DEPENDENCY_FAILURE', 100],
  ['archived', 'VALIDATION_ERROR', 100],
  ['waiting', 'CODE_BUG', 100],
  ['healed', 'TIMEOUT', 10],
  ['healed', 'DEPENDENCY_FAILURE', 10],
  ['archived', 'VALIDATION_ERROR', 10],
  ['waiting', 'CODE_BUG', 10],
  ['healed', 'TIMEOUT', 1],
] as const;

/** What the calls for a letter on one path cost. */
export interface Cost {
  readonly path: string;
  readonly callsPerLetter: number;
  readonly dollarsPerMillion: number;
  readonly measured: Measured;
}

/** Measures each path on the local AWS, and the naive healer as the baseline. */
export async function measureCosts(cloud: Cloud): Promise<Cost[]> {
  const costs: Cost[] = [];
  for (const [ending, death, batch] of PATHS) {
    const measured = await measureHealer(cloud, { letters: LETTERS, batch, classes: [death] }, () => DEATHS[death]);
    costs.push(costOf(`${ending} (${death}), batches of ${batch}`, measured));
  }
  return [...costs, costOf(NAIVE, await measureNaive(cloud, LETTERS))];
}

export const NAIVE = 'naive healer: send, delete, one by one';

function costOf(path: string, measured: Measured): Cost {
  const { letters, batches, meter } = measured;
  const calls = [...meter.counts.values()].reduce((sum, n) => sum + n, 0);
  return {
    path,
    callsPerLetter: calls / letters,
    dollarsPerMillion: ((meter.dollars + batches * POLLING) / letters) * 1e6,
    measured,
  };
}

/** The table of README.md. */
export function costTable(costs: readonly Cost[]): string {
  return [
    '| path of a letter (1 KB) | calls per letter | US$ per million letters |',
    '| --- | --- | --- |',
    ...costs.map((cost) => `| ${costCells(cost).join(' | ')} |`),
  ].join('\n');
}

export const costCells = ({ path, callsPerLetter, dollarsPerMillion }: Cost): string[] => [
  path,
  callsPerLetter.toFixed(1),
  dollarsPerMillion.toFixed(2),
];
