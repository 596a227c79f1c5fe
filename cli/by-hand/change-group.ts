import { changeBreaker } from '../../handlers/aws/breakers.ts';
import { readControls, readPaused } from '../../handlers/aws/control.ts';
import { levelOf, NO_CONTROL } from '../../handlers/aws/control-row.ts';
import type { Breaker } from '../../handlers/core/group.ts';
import { classPolicy } from '../../handlers/core/policy.ts';
import { namedList } from '../output/list.ts';
import { counted } from '../output/text.ts';
import { breakerWords } from './breaker-words.ts';
import { errorIn, type Group } from './group.ts';
import { obstaclesOf } from './obstacles.ts';

/** Changes the breaker of a group, which opens no breaker: nobody is alerted of what a person does. */
export function changeByHand(group: Group, change: (breaker: Breaker) => Breaker): Promise<Breaker> {
  const { stack, queue, id, failureClass, row } = group;
  return changeBreaker(stack.healer, { queueKey: queue.key, group: id, failureClass }, row, change, () => {
    throw new Error('a person’s change of a group is no opening of its breaker');
  });
}

/** What stands in the way of the group's letters. */
export async function obstaclesTo({ stack, queue, failureClass }: Group): Promise<string[]> {
  const { db, table } = stack.healer;
  const [paused, controls] = await Promise.all([readPaused(db, table), readControls(db, table, [queue.key])]);
  return obstaclesOf({
    stack: stack.name,
    queue: queue.key,
    mode: stack.mode,
    paused,
    level: levelOf(controls.get(queue.key) ?? NO_CONTROL),
    critical: classPolicy(queue, failureClass).critical,
  });
}

/** Whom the change is about, for a person who is going to be asked. */
export function aboutGroup(
  group: Group,
  letters: string,
  more: readonly (readonly [string, string])[],
  width: number,
): string {
  const { stack, id, queue, failureClass, breaker } = group;
  const list = namedList(
    [
      ['class', failureClass],
      ['error', errorIn(group)],
      ['state', breakerWords(breaker)],
      ['letters', letters],
      ...more,
    ],
    width,
  );
  return `Group ${id} of queue ${queue.key}, stack ${stack.name}\n${list}\n`;
}

export const inLot = (count: number) => `${count === 0 ? 'none' : counted(count, 'letter')} in its lot`;
