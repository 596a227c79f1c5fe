import { expect, it } from 'vitest';
import { checkPermissions, operatorPoliciesOf, policiesOf } from './permissions.ts';

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

it('holds the calls of a person who runs the command against both policies of theirs', async () => {
  const allow = (...Action: string[]) => JSON.stringify({ Statement: [{ Effect: 'Allow', Action, Resource: dlq }] });
  const value = { read: allow('sqs:ReceiveMessage'), operate: allow('sqs:DeleteMessage') };
  const { read, operate } = operatorPoliciesOf({ values: { outputs: { operator_policies: { value } } } });
  const records = [call('ReceiveMessage', dlq), call('DeleteMessageBatch', dlq)].map((one) => ({
    ...one,
    caller: 'ada',
  }));
  expect(await checkPermissions(new Map([['ada', [read, operate]]]), records)).toEqual({ refused: [], unused: [] });
  expect(await checkPermissions(new Map([['ada', [read]]]), records)).toMatchObject({
    refused: [`ada: sqs:DeleteMessage on ${dlq}`],
  });
});

it('knows which of the ledger’s keys a policy leaves to others', async () => {
  const table = 'arn:aws:dynamodb:eu-central-1:000000000000:table/ledger';
  const condition = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['audit', 'letter#*'] } };
  const allow = { Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: table, Condition: condition };
  const put = (...leadingKeys: string[]) => ({
    service: 'dynamodb',
    action: 'PutItem',
    resource: table,
    caller: 'ada',
    count: 1,
    leadingKeys,
  });
  const records = [put('audit'), put('letter#…'), put('document'), put('letter#…', 'document')];
  expect((await checkPermissions(new Map([['ada', [{ Statement: [allow] }]]]), records)).refused).toEqual([
    `ada: dynamodb:PutItem on ${table} (document)`,
    `ada: dynamodb:PutItem on ${table} (letter#…, document)`,
  ]);
});
