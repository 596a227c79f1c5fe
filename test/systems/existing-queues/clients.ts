import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { LocalAws } from '../../local-aws/local-aws.ts';

export type Clients = ReturnType<typeof clientsOf>;

/** The other team's own. */
export function clientsOf({ region, gateway }: LocalAws) {
  const config = {
    region,
    endpoint: gateway.url,
    credentials: { accessKeyId: 'their-team', secretAccessKey: 'local' },
  };
  const clients = {
    sqs: new SQSClient(config),
    sns: new SNSClient(config),
    lambda: new LambdaClient(config),
    events: new EventBridgeClient(config),
  };
  return {
    ...clients,
    close() {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}
