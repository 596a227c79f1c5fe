import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { KnownDevice } from '../metadata.ts';

/** A device may have been replaced by one that was replaced. More often than this is a circle. */
const MAX_REPLACEMENTS = 5;

/** The device under the id that it has now, or why there is none. The reason is shown in alerts, so it names no device. */
export async function lookUp(
  dynamodb: DynamoDBClient,
  TableName: string,
  reportedId: string,
): Promise<KnownDevice | { readonly reason: string }> {
  let deviceId = reportedId;
  for (let replacements = 0; replacements <= MAX_REPLACEMENTS; replacements++) {
    const command = new GetItemCommand({ TableName, Key: { deviceId: { S: deviceId } }, ConsistentRead: true });
    const { Item } = await dynamodb.send(command);
    if (Item === undefined)
      return { reason: `the registry does not know the device${replacements === 0 ? '' : ' that replaced it'}` };
    const [successor, vehicle, fleet] = [Item.replacedBy?.S, Item.vehicle?.S, Item.fleet?.S];
    if (successor === undefined) {
      if (vehicle === undefined || fleet === undefined)
        return { reason: 'the registry’s entry of the device lacks vehicle or fleet' };
      return { deviceId, vehicle, fleet };
    }
    deviceId = successor;
  }
  return { reason: `the device was replaced more than ${MAX_REPLACEMENTS} times, or in a circle` };
}
