import type { Target } from '../../handlers/core/target.ts';
import { namedList } from '../output/list.ts';
import { counted, printable } from '../output/text.ts';
import { type Depth, nameInUrl } from '../stack/depth.ts';
import type { Place } from '../stack/queues.ts';
import type { Pace } from './course.ts';

export interface Preview {
  readonly place: Place;
  readonly what: string;
  readonly depths: Depth;
  readonly toward: Target | undefined;
  readonly pace: Pace;
  readonly width: number;
}

/** What a redrive will do, before anybody is asked. */
export function previewOf({ place, what, depths, toward, pace, width }: Preview): string {
  const { queue, stack } = place;
  const inFlight =
    depths.inFlight === 0 ? '' : `, ${depths.inFlight} in flight with somebody else, which cannot be seen`;
  return `${namedList(
    [
      ['from', `${nameInUrl(queue.dlqUrl)}: about ${counted(depths.visible, 'letter')}${inFlight}`],
      ['letters', printable(what)],
      ['to', whereTo(place, toward)],
      ...paceEntries(pace),
      ...(stack?.mode === 'heal'
        ? [['note', 'the healer works on this DLQ, too; what it keeps is sent by dlq replay'] as [string, string]]
        : []),
    ],
    width,
  )}\n`;
}

export function whereTo({ queue }: Place, toward: Target | undefined): string {
  if (toward?.kind === 'queue') return nameInUrl(toward.url);
  if (toward !== undefined) return toward.arn;
  const targets = queue.targets.map((arn) => arn.split(':').at(-1) ?? arn);
  const all = [...(queue.sourceUrl === undefined ? [] : [nameInUrl(queue.sourceUrl)]), ...targets];
  if (all.length === 0) return 'nowhere: no queue has this DLQ, and --to names none; every letter stays';
  return all.length === 1 ? String(all[0]) : `where each died: ${all.join(', ')}`;
}

export function paceEntries({ canary, rate, windowSeconds, maxRelapses }: Pace): [string, string][] {
  const speed = rate === undefined ? 'as fast as it goes' : `at up to ${rate} letters a second`;
  return [
    canary === 0
      ? ['pace', `${speed}, without a canary`]
      : ['pace', `${counted(canary, 'letter')} first, watched for at most ${windowSeconds} s; then ${speed}`],
    [
      'stops',
      canary === 0
        ? `when more than ${counted(maxRelapses, 'letter')} die again`
        : `when a letter of the canary dies again, or more than ${counted(maxRelapses, 'letter')} later`,
    ],
  ];
}

/** What tells the operator afterwards what became of the letters. */
export const nextCommand = ({ stack, name, queue }: Place): string =>
  stack === undefined ? `dlq verify --dlq ${queue.dlqUrl}` : `dlq verify --stack ${stack.name} --queue ${name}`;
