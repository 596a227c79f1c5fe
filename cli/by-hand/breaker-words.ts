import type { Breaker } from '../../handlers/core/group.ts';

/** What a breaker does now, in words that go on after "it is". */
export function breakerWords(breaker: Breaker): string {
  const { state, since, releasedBy, byHand, until, judgeAt } = breaker;
  const how = since === 0 ? '' : ` since ${at(since)}`;
  switch (state) {
    case 'healing':
      return `healing${how}: its letters are not held`;
    case 'holding':
      if (byHand) return `holding${how}, by hand`;
      if (releasedBy === 'time') return `holding${how}${until === undefined ? '' : `, until ${at(until)}`}`;
      return `holding${how}, until ${releasedBy === 'deploy' ? 'the consumer is deployed' : 'a person releases it'}`;
    case 'probing':
      return `probing${how}${judgeAt === undefined ? ', its canary is about to go' : `, its canary is judged by ${at(judgeAt)}`}`;
    case 'ramping':
      return `ramping${how}: its letters go, more each minute`;
  }
}

const at = (ms: number) => `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
