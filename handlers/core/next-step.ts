import type { Alert } from './alert.ts';

/** What to do about an alert: a sentence for a person, and the command that does it or shows more. */
export interface NextStep {
  readonly advice: string;
  readonly command: string;
}

type Advice = (alert: Alert) => NextStep;

/** By what happened first, then by the class of the letters. */
export function nextStep(alert: Alert): NextStep {
  const advice = BY_STATUS[alert.status] ?? BY_CLASS[alert.failureClass] ?? OTHER;
  return advice(alert);
}

const releasing =
  (advice: string): Advice =>
  (alert) => ({ advice, command: `dlq release ${alert.group} ${queueOf(alert)}` });

/** The origin id is sane by now: it has become part of ledger keys. */
const looking =
  (advice: string): Advice =>
  (alert) => ({ advice, command: `dlq show ${alert.sampleIds[0] ?? alert.group} --stack ${alert.stack}` });

const queueOf = ({ stack, queue }: Alert) => `--stack ${stack} --queue ${queue}`;

const thenRelease = (first: string) => releasing(`${first}, then release the group: a few letters go first.`);

const LOOK = 'Look at the error and the consumer’s logs';

const BY_STATUS: Readonly<Record<string, Advice>> = {
  'breaker opened': releasing(
    'Nothing, if the dependency comes back by itself: a few letters are tried each time the cool-down is over. To try now:',
  ),
  emergency: (alert) => ({
    advice: `Look at the consumer of ${alert.queue}, its last deploy and what it depends on. Healing goes on by itself when the error rate and the depth of the queue fall; to decide that yourself, pin a level:`,
    command: `dlq level 1 ${queueOf(alert)}`,
  }),
  quarantined: looking(
    'Stop the producer that keeps sending this body: each copy is kept whole in the archive and no copy is healed.',
  ),
};

const BY_CLASS: Readonly<Record<string, Advice>> = {
  AUTH_FAILURE: thenRelease('Renew or grant the credential that the error names'),
  CODE_BUG: releasing(
    'Fix and deploy the consumer: the letters go by themselves then, a few first. Where it is no Lambda function, or to go at once, release the group:',
  ),
  RESOURCE_EXHAUSTED: looking('Give the consumer more room (memory, connections, disk) or less load.'),
  VALIDATION_ERROR: looking(
    'The data must change: the letters are kept whole in the archive, and dlq edit sends one mended.',
  ),
  BAD_PAYLOAD: looking('The producer must send something else: the letters are kept whole in the archive.'),
};

const OTHER: Advice = (alert) =>
  (alert.status === 'waiting' ? thenRelease(LOOK) : looking(`${LOOK}; the letters are kept whole in the archive.`))(
    alert,
  );
