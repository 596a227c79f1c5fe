// The ARNs that a call names, for the services whose calls the functions of this project make.
import { ACCOUNT_ID } from '../moto.ts';
import { type Call, formList, parseForm, parseJson } from './call.ts';
import { readHandle } from './move-tasks.ts';

type Extract = (call: Call) => (string | undefined)[];

const arn = (call: Call, service: string, rest: string) => `arn:aws:${service}:${call.region}:${ACCOUNT_ID}:${rest}`;
const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** The last two segments of a queue URL are account and name, whatever its host: AWS's, a local one, an IP address. */
export function queueName(queueUrl: string): string {
  return queueUrl.slice(queueUrl.lastIndexOf('/') + 1);
}

const EXTRACT: Record<string, Extract> = {
  sqs(call) {
    const body = parseJson(call.body);
    const moved = text(body.SourceArn) ?? readHandle(body.TaskHandle)?.sourceArn;
    if (moved !== undefined) return [moved];
    const name = text(body.QueueUrl) ?? text(body.QueueName);
    return [name === undefined ? undefined : arn(call, 'sqs', queueName(name))];
  },
  sns(call) {
    const form = parseForm(call.body);
    const made = form.get('Action') === 'CreateTopic' ? form.get('Name') : undefined;
    const subscription = form.get('SubscriptionArn')?.replace(/:[^:]*$/, ''); // its topic is what policies speak of
    return [
      form.get('TopicArn') ??
        form.get('TargetArn') ??
        form.get('ResourceArn') ??
        subscription ??
        (made === undefined ? undefined : arn(call, 'sns', made)),
    ];
  },
  dynamodb(call) {
    const body = parseJson(call.body);
    const named = text(body.ResourceArn);
    if (named !== undefined) return [named];
    return tables(body).map((table) => {
      if (table.startsWith('arn:')) return table;
      const index = text(body.IndexName);
      return arn(call, 'dynamodb', `table/${table}${index === undefined ? '' : `/index/${index}`}`);
    });
  },
  s3(call) {
    const path = decodeURIComponent(new URL(call.url, 'http://local').pathname).slice(1).replace(/\/$/, '');
    return [path === '' ? undefined : `arn:aws:s3:::${path}`];
  },
  lambda(call) {
    const name = /\/functions\/([^/?]+)/.exec(call.url)?.[1];
    if (name === undefined) return functionOrMapping(call);
    const decoded = decodeURIComponent(name);
    return [decoded.startsWith('arn:') ? decoded : arn(call, 'lambda', `function:${decoded}`)];
  },
  logs(call) {
    const body = parseJson(call.body);
    const tagged = text(body.resourceArn);
    if (tagged !== undefined) return [tagged];
    const group = text(body.logGroupName) ?? text(body.logGroupIdentifier);
    // What a search is authorised on, as AWS's refusals of one show it: the group's streams, none of them named.
    const stream = call.action === 'FilterLogEvents' ? '' : text(body.logStreamName);
    if (group === undefined) return [];
    return [arn(call, 'logs', `log-group:${group}${stream === undefined ? '' : `:log-stream:${stream}`}`)];
  },
  states(call) {
    const { stateMachineArn, executionArn } = parseJson(call.body);
    return [text(stateMachineArn) ?? text(executionArn)];
  },
  iam(call) {
    const role = parseForm(call.body).get('RoleName');
    return [role === undefined ? undefined : `arn:aws:iam::${ACCOUNT_ID}:role/${role}`];
  },
  cloudwatch(call) {
    const form = parseForm(call.body);
    const alarms = [form.get('AlarmName') ?? '', ...formList(form, 'AlarmNames')].filter((name) => name !== '');
    const dashboard = form.get('DashboardName');
    return [
      form.get('ResourceARN'),
      ...alarms.map((name) => arn(call, 'cloudwatch', `alarm:${name}`)),
      dashboard === undefined ? undefined : `arn:aws:cloudwatch::${ACCOUNT_ID}:dashboard/${dashboard}`,
    ];
  },
  events(call) {
    const tagged = text(parseJson(call.body).ResourceARN);
    if (tagged !== undefined) return [tagged];
    const name = text(parseJson(call.body).Name) ?? text(parseJson(call.body).Rule);
    return [name === undefined ? undefined : arn(call, 'events', `rule/${name}`)];
  },
};

/** A mapping has an id, or is made of a function; tags are asked of an ARN. */
function functionOrMapping(call: Call): (string | undefined)[] {
  const [, tagged] = /\/tags\/([^/?]+)/.exec(call.url) ?? [];
  if (tagged !== undefined) return [decodeURIComponent(tagged)];
  const [, id] = /\/event-source-mappings\/([^/?]+)/.exec(call.url) ?? [];
  if (id !== undefined) return [arn(call, 'lambda', `event-source-mapping:${id}`)];
  const made = call.method === 'POST' ? text(parseJson(call.body).FunctionName) : undefined;
  return [made === undefined || made.startsWith('arn:') ? made : arn(call, 'lambda', `function:${made}`)];
}

export function resourcesOf(call: Call): string[] {
  try {
    return (EXTRACT[call.service]?.(call) ?? []).filter((resource) => resource !== undefined);
  } catch {
    // A body that is not what the protocol asks for is the service's to refuse.
    return [];
  }
}

function tables(body: Record<string, unknown>): string[] {
  const one = text(body.TableName);
  if (one !== undefined) return [one];
  const requests = body.RequestItems;
  if (typeof requests === 'object' && requests !== null) return Object.keys(requests);
  const items = Array.isArray(body.TransactItems) ? (body.TransactItems as Record<string, unknown>[]) : [];
  const named = items.flatMap((item) =>
    Object.values(item).map((act) => text((act as { TableName?: unknown }).TableName)),
  );
  return [...new Set(named)].filter((table) => table !== undefined);
}
