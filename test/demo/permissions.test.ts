import { expect, it } from 'vitest';
import { checkPermissions, policiesOf } from './permissions.ts';

const call = (action: string, resource: string) => ({ service: 'sqs', action, resource, caller: 'heal', count: 1 });
const dlq = 'arn:aws:sqs:eu-central-1:000000000000:dlq';
const policy = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['sqs:SendMessage', 'sqs:DeleteMessage'], Resource: dlq }],
};
const state = {
  values: {
    root_module: {
      child_modules: [
        { resources: [{ type: 'aws_iam_role_policy', values: { role: 'heal', policy: JSON.stringify(policy) } }] },
      ],
    },
  },
};

it('finds calls that AWS would refuse and actions that nobody needs', async () => {
  const records = [call('SendMessageBatch', dlq), call('SendMessage', `${dlq}-2`), call('ReceiveMessage', dlq)];
  expect(await checkPermissions(policiesOf(state), records)).toEqual({
    refused: [`heal: sqs:SendMessage on ${dlq}-2`, `heal: sqs:ReceiveMessage on ${dlq}`],
    unused: ['heal: sqs:DeleteMessage'],
  });
});
