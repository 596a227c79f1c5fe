import type { Cloud } from '../test/healer/cloud.ts';
import { type Cost, DEATHS, NAIVE } from './costs.ts';
import { type Measured, measureHealer } from './measure.ts';
import { callsTo, DYNAMO_READS } from './meter.ts';

/** A figure that must not grow: what is measured is at most the bar. */
export interface Bar {
  readonly figure: string;
  readonly atMost: number;
  readonly measured: number;
  /** The naive healer's, where it does anything of the kind. */
  readonly naive?: number;
}

/** A flood: this many letters of one queue in batches of 100, their classes mixed. */
const FLOOD = 1000;
const FLOOD_CLASSES = ['VALIDATION_ERROR', 'BAD_PAYLOAD', 'UNKNOWN', 'CODE_BUG'] as const;

const PER_LETTER: readonly { readonly what: string; readonly atMost: number; count(measured: Measured): number }[] = [
  { what: 'SQS calls', atMost: 0.11, count: ({ meter }) => callsTo(meter, 'sqs') },
  { what: 'DynamoDB items written', atMost: 3, count: ({ meter }) => meter.itemsWritten },
  { what: 'DynamoDB read calls', atMost: 0.05, count: ({ meter }) => callsTo(meter, 'dynamodb', DYNAMO_READS) },
  { what: 'S3 calls', atMost: 0, count: ({ meter }) => callsTo(meter, 's3') },
  { what: 'SNS calls', atMost: 0, count: ({ meter }) => callsTo(meter, 'sns') },
];

/** The bars of the calls for a letter: healed ones as `costs` measured them at batches of 100, and a flood's archive. */
export async function measureBars(cloud: Cloud, costs: readonly Cost[]): Promise<Bar[]> {
  const naive = costs.find(({ path }) => path === NAIVE)?.measured;
  if (naive === undefined) throw new Error('the naive healer was not measured');
  const healed = costs.filter(({ path }) => path.startsWith('healed') && path.endsWith('batches of 100'));
  const bars = healed.flatMap(({ path, measured }) =>
    PER_LETTER.map(({ what, atMost, count }) => ({
      figure: `${what} per letter ${path}`,
      atMost,
      measured: count(measured) / measured.letters,
      naive: count(naive) / naive.letters,
    })),
  );
  return [...bars, await floodBar(cloud)];
}

async function floodBar(cloud: Cloud): Promise<Bar> {
  const how = { letters: FLOOD, batch: 100, classes: FLOOD_CLASSES };
  const { meter } = await measureHealer(
    cloud,
    how,
    (id) => DEATHS[FLOOD_CLASSES[id % FLOOD_CLASSES.length] ?? 'UNKNOWN'],
  );
  const puts = callsTo(meter, 's3', ['PutObject']);
  return { figure: 'S3 PUTs per letter archived in a flood of 4 classes', atMost: 0.05, measured: puts / FLOOD };
}

export const isMissed = ({ measured, atMost }: Bar): boolean => measured > atMost;

/** The table of README.md. */
export function barTable(bars: readonly Bar[]): string {
  return [
    '| figure | bar | measured | naive healer |',
    '| --- | --- | --- | --- |',
    ...bars.map((bar) => `| ${barCells(bar).join(' | ')} |`),
  ].join('\n');
}

export const barCells = ({ figure, atMost, measured, naive }: Bar): string[] => [
  figure,
  `≤ ${atMost}`,
  String(Number(measured.toFixed(3))),
  naive === undefined ? '–' : String(Number(naive.toFixed(3))),
];
