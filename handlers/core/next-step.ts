import type { Alert } from './alert.ts';

/** What to do about an alert: a sentence for a person, and the exact command where one does it. */
export interface NextStep {
  readonly advice: string;
  readonly command?: string;
}

type Advice = (alert: Alert) => NextStep;

/** By what happened first, then by the class of the letters. */
export function nextStep(alert: Alert): NextStep {
  const advice = BY_STATUS[alert.status] ?? BY_CLASS[alert.failureClass] ?? OTHER;
  return advice(alert);
}

const look: Advice = (alert) => ({
  advice: 'Look at the error and the consumer’s logs; the letters are kept whole in the archive.',
  ...readCommand(alert),
});

const thenRelease =
  (first: string): Advice =>
  (alert) => ({ advice: `${first}, then release the group: a few letters go first.`, command: releaseCommand(alert) });

const changeData =
  (advice: string): Advice =>
  (alert) => ({ advice, ...readCommand(alert) });

const BY_STATUS: Readonly<Record<string, Advice>> = {
  'breaker opened': (alert) => ({
    advice:
      'Nothing, if the dependency comes back by itself: a few letters are tried each time the cool-down is over. To try now:',
    command: releaseCommand(alert),
  }),
  emergency: ({ stack, queue }) => ({
    advice: `Look at the consumer of ${queue}, its last deploy and what it depends on. Healing goes on by itself when the error rate and the depth of the queue fall; to decide that yourself, pin a level:`,
    command: updateCommand(stack, 'control', `queue#${queue}`, 'SET pinnedLevel = :level', { ':level': { N: '1' } }),
  }),
  quarantined: changeData(
    'Stop the producer that keeps sending this body: each copy is kept whole in the archive and no copy is healed.',
  ),
};

const BY_CLASS: Readonly<Record<string, Advice>> = {
  AUTH_FAILURE: thenRelease('Renew or grant the credential that the error names'),
  CODE_BUG: (alert) => ({
    advice:
      'Fix and deploy the consumer: the letters go by themselves then, a few first. Where it is no Lambda function, or to go at once, release the group:',
    command: releaseCommand(alert),
  }),
  RESOURCE_EXHAUSTED: changeData('Give the consumer more room (memory, connections, disk) or less load.'),
  VALIDATION_ERROR: changeData('The data must change: the letters are kept whole in the archive.'),
  BAD_PAYLOAD: changeData('The producer must send something else: the letters are kept whole in the archive.'),
};

const OTHER: Advice = (alert) =>
  alert.status === 'waiting' ? thenRelease('Look at the error and the consumer’s logs')(alert) : look(alert);

const readCommand = ({ archive }: Alert): { command?: string } =>
  archive === '' ? {} : { command: `aws s3 cp ${archive} - | zcat` };

/** As docs/healing.md has it. */
function releaseCommand({ stack, queue, group }: Alert): string {
  const expression =
    'SET breaker.#state = :state, breaker.releasedBy = :by, breaker.probes = :none ADD breakerVersion :one';
  const values = { ':state': { S: 'probing' }, ':by': { S: 'time' }, ':none': { L: [] }, ':one': { N: '1' } };
  const names = ` --expression-attribute-names '{"#state": "state"}' --condition-expression 'attribute_exists(breaker)'`;
  return updateCommand(stack, `queue#${queue}`, `group#${group}`, expression, values) + names;
}

function updateCommand(stack: string, pk: string, sk: string, expression: string, values: object): string {
  const json = (value: object) => `'${JSON.stringify(value)}'`;
  return [
    `aws dynamodb update-item --table-name ${stack}-ledger --key ${json({ pk: { S: pk }, sk: { S: sk } })}`,
    `--update-expression '${expression}' --expression-attribute-values ${json(values)}`,
  ].join(' ');
}
