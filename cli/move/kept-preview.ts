import type { Target } from '../../handlers/core/target.ts';
import type { KeptCount } from '../letters/kept-counts.ts';
import { namedList } from '../output/list.ts';
import { counted, printable } from '../output/text.ts';
import type { Place } from '../stack/queues.ts';
import type { Pace } from './course.ts';
import { paceEntries, whereTo } from './preview.ts';

export interface KeptPreview {
  readonly place: Place;
  readonly what: string;
  readonly kept: KeptCount;
  readonly toward: Target | undefined;
  readonly pace: Pace;
  readonly width: number;
}

/** What a replay will do, before anybody is asked. */
export function keptPreview({ place, what, kept, toward, pace, width }: KeptPreview): string {
  const { letters, isMore, isUpperBound, kinds } = kept;
  const about = isMore ? 'more than ' : isUpperBound ? 'at most ' : '';
  const most = [...kinds].sort((a, b) => b[1] - a[1]).map(([kind, n]) => `${n} ${kind}`);
  return `${namedList(
    [
      ['from', `the archive of ${place.stack?.name}, queue ${place.name}`],
      ['letters', `${printable(what)}: ${about}${counted(letters, 'letter')}`],
      ...(most.length === 0 ? [] : [['of which', most.slice(0, 6).join(', ')] as [string, string]]),
      ['to', whereTo(place, toward)],
      ...paceEntries(pace),
    ],
    width,
  )}\n`;
}
