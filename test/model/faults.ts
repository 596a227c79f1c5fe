/** What goes wrong in one run of a handler. Calls are counted from 1. */
export type Fault =
  | { readonly kind: 'none' }
  /** The function is killed at this call, before or after AWS has done it. */
  | { readonly kind: 'kill'; readonly call: number; readonly done: boolean }
  /** This call is refused; or done, and its answer lost; or its answer lost and the SDK makes it again. */
  | { readonly kind: 'fail'; readonly call: number; readonly how: 'refused' | 'answer lost' | 'made twice' }
  /** Every call of an operation fails. */
  | { readonly kind: 'outage'; readonly operation: string }
  /** After so many calls the time is up. */
  | { readonly kind: 'slow'; readonly call: number }
  /** SQS takes no message of every batch but the first. `forGood`: it says that it never will. */
  | { readonly kind: 'partly sent'; readonly forGood: boolean };

export const NO_FAULT: Fault = { kind: 'none' };

export function tell(fault: Fault): string {
  switch (fault.kind) {
    case 'none':
      return '';
    case 'kill':
      return `, killed ${fault.done ? 'right after' : 'at'} its call ${fault.call}`;
    case 'fail':
      return `, whose call ${fault.call} is ${fault.how === 'answer lost' ? 'done but its answer lost' : fault.how}`;
    case 'outage':
      return `, while every ${fault.operation} fails`;
    case 'slow':
      return `, out of time after call ${fault.call}`;
    case 'partly sent':
      return `, while SQS takes ${fault.forGood ? 'for good ' : ''}only the first message of a batch`;
  }
}

/** One run of a handler: what it has called, and whether it is dead. */
export interface RunState {
  readonly fault: Fault;
  calls: number;
  /** Messages that SQS took of it. */
  sent: number;
  readonly killed: Promise<'killed'>;
  kill(): void;
  isDead: boolean;
  readonly handler: 'healer' | 'governor';
  /** As they were when it began. */
  readonly paused: boolean;
  readonly level: number;
  /** Other runs go on at the same time. */
  readonly isAlone: boolean;
  /** Letters of each group that it sent from the group's lot, canaries aside. */
  readonly ramped: Map<string, number>;
  /** Sends of this run may go unrecorded. */
  readonly isSound: boolean;
}

export function startRun(fault: Fault, context: Pick<RunState, 'handler' | 'paused' | 'level' | 'isAlone'>): RunState {
  const { promise, resolve } = Promise.withResolvers<'killed'>();
  const run: RunState = {
    ...context,
    fault,
    calls: 0,
    sent: 0,
    ramped: new Map(),
    killed: promise,
    isDead: false,
    isSound: fault.kind === 'none' || fault.kind === 'slow' || fault.kind === 'partly sent',
    kill: () => {
      run.isDead = true;
      resolve('killed');
    },
  };
  return run;
}

/** A killed run goes no step further, and is no burden to those after it. */
const never = () => new Promise<never>(() => {});

/** Makes one call under the run's fault. @param effect what AWS does */
export async function callUnder<T>(run: RunState, operation: string, effect: () => T): Promise<T> {
  if (run.isDead) return never();
  run.calls += 1;
  const { fault } = run;
  if (fault.kind === 'kill' && run.calls === fault.call) {
    if (fault.done) quietly(effect);
    run.kill();
    return never();
  }
  if (fault.kind === 'outage' && fault.operation === operation) throw unavailable(operation);
  if (fault.kind === 'fail' && run.calls === fault.call) {
    if (fault.how === 'refused') throw unavailable(operation);
    quietly(effect);
    if (fault.how === 'answer lost') throw unavailable(operation);
    return effect();
  }
  return effect();
}

/** What AWS answered nobody hears. */
function quietly(effect: () => unknown): void {
  try {
    effect();
  } catch {}
}

function unavailable(operation: string): Error {
  const error = new Error(`${operation} is not available`);
  error.name = 'ServiceUnavailable';
  return error;
}
