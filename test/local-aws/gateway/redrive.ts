// Redrive chains. SQS gives a message `maxReceiveCount` receives in each queue; fauxqs counts all its receives together,
// and the move itself as one. So each queue behind another is given a policy that allows for what came before.

type Redrive = { deadLetterTargetArn: string; maxReceiveCount: number };

export type RedriveChains = {
  /** Notes a queue's policy as it was sent; an empty one removes it. Answers the policies that fauxqs must have now. */
  set(queue: string, policy: string): Map<string, string>;
  /** The policy as it was sent. */
  sent(queue: string): string | undefined;
};

export function createRedriveChains(): RedriveChains {
  const policies = new Map<string, string>();

  const parse = (queue: string): Redrive | undefined => {
    const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(policies.get(queue) ?? '{}') as Partial<Redrive>;
    return deadLetterTargetArn === undefined
      ? undefined
      : { deadLetterTargetArn, maxReceiveCount: Number(maxReceiveCount) };
  };
  const sourceOf = (queue: string): string | undefined =>
    [...policies.keys()].find((one) => one !== queue && parse(one)?.deadLetterTargetArn.split(':').at(-1) === queue);

  function receivesUpTo(queue: string, seen: readonly string[] = []): number {
    const own = parse(queue)?.maxReceiveCount ?? 0;
    const source = sourceOf(queue);
    if (source === undefined || seen.includes(source)) return own;
    return own + 1 + receivesUpTo(source, [...seen, queue]);
  }

  return {
    set(queue, policy) {
      if (policy === '') policies.delete(queue);
      else policies.set(queue, policy);
      const all = [...policies.keys()].map((name): [string, string] => {
        const maxReceiveCount = receivesUpTo(name);
        return [name, JSON.stringify({ ...parse(name), maxReceiveCount })];
      });
      return new Map(policy === '' ? [...all, [queue, '']] : all);
    },
    sent: (queue) => policies.get(queue),
  };
}
