// CloudWatch: the composite alarms that moto does not keep. The provider speaks the query protocol with this service.
import { ACCOUNT_ID } from '../moto.ts';
import { type Call, escapeXml, formList, parseForm, type Reply, xmlReply } from './call.ts';
import type { Forward } from './forward.ts';

type Composite = { name: string; arn: string; form: Map<string, string>; tags: Map<string, string> };

const LISTS = ['AlarmActions', 'OKActions', 'InsufficientDataActions'] as const;

/** Serves composite alarms and passes every other call of the service on. */
export function createCompositeAlarms(moto: Forward): (call: Call) => Promise<Reply> {
  const alarms = new Map<string, Composite>();

  function put(call: Call, form: Map<string, string>): Reply {
    const name = form.get('AlarmName') ?? '';
    const arn = `arn:aws:cloudwatch:${call.region}:${ACCOUNT_ID}:alarm:${name}`;
    alarms.set(name, { name, arn, form, tags: alarms.get(name)?.tags ?? tagsIn(form) });
    return wrap('PutCompositeAlarm', '');
  }

  async function describe(call: Call, form: Map<string, string>): Promise<Reply> {
    const names = formList(form, 'AlarmNames');
    const types = formList(form, 'AlarmTypes');
    const prefix = form.get('AlarmNamePrefix') ?? '';
    const wanted = [...alarms.values()].filter(
      (alarm) => (names.length === 0 || names.includes(alarm.name)) && alarm.name.startsWith(prefix),
    );
    const composite = `<CompositeAlarms>${wanted.map(toXml).join('')}</CompositeAlarms>`;
    if (types.length === 1 && types[0] === 'CompositeAlarm') {
      return wrap('DescribeAlarms', `${composite}<MetricAlarms/>`);
    }
    const reply = await moto(call);
    if (types.length > 0 && !types.includes('CompositeAlarm')) return reply;
    const body = reply.body.toString().replace(/<CompositeAlarms\s*\/>|<CompositeAlarms>.*?<\/CompositeAlarms>/s, '');
    const { 'content-length': _, ...headers } = reply.headers;
    return {
      ...reply,
      headers,
      body: Buffer.from(body.replace('</DescribeAlarmsResult>', `${composite}</DescribeAlarmsResult>`)),
    };
  }

  function tagging(call: Call, form: Map<string, string>, alarm: Composite): Reply {
    if (call.action === 'TagResource') for (const [key, value] of tagsIn(form)) alarm.tags.set(key, value);
    if (call.action === 'UntagResource') for (const key of formList(form, 'TagKeys')) alarm.tags.delete(key);
    const tags = [...alarm.tags].map(
      ([key, value]) => `<member><Key>${escapeXml(key)}</Key><Value>${escapeXml(value)}</Value></member>`,
    );
    return wrap(call.action, call.action === 'ListTagsForResource' ? `<Tags>${tags.join('')}</Tags>` : '');
  }

  return async (call) => {
    const form = parseForm(call.body);
    if (call.action === 'PutCompositeAlarm') return put(call, form);
    if (call.action === 'DescribeAlarms') return describe(call, form);
    const own = [...alarms.values()].find((alarm) => alarm.arn === form.get('ResourceARN'));
    if (own !== undefined) return tagging(call, form, own);
    if (call.action === 'DeleteAlarms') {
      const [name, ...rest] = formList(form, 'AlarmNames');
      if (name !== undefined && rest.length === 0 && alarms.delete(name)) return wrap('DeleteAlarms', '');
    }
    return moto(call);
  };
}

function tagsIn(form: Map<string, string>): Map<string, string> {
  const tags = new Map<string, string>();
  for (let index = 1; form.has(`Tags.member.${index}.Key`); index++) {
    tags.set(form.get(`Tags.member.${index}.Key`) ?? '', form.get(`Tags.member.${index}.Value`) ?? '');
  }
  return tags;
}

function toXml({ name, arn, form }: Composite): string {
  const scalar = (key: string, fallback?: string) => {
    const value = form.get(key) ?? fallback;
    return value === undefined ? '' : `<${key}>${escapeXml(value)}</${key}>`;
  };
  const lists = LISTS.map(
    (key) =>
      `<${key}>${formList(form, key)
        .map((one) => `<member>${escapeXml(one)}</member>`)
        .join('')}</${key}>`,
  );
  return [
    `<member><AlarmName>${escapeXml(name)}</AlarmName><AlarmArn>${escapeXml(arn)}</AlarmArn>`,
    scalar('AlarmDescription'),
    scalar('AlarmRule'),
    scalar('ActionsEnabled', 'true'),
    scalar('ActionsSuppressor'),
    scalar('ActionsSuppressorWaitPeriod'),
    scalar('ActionsSuppressorExtensionPeriod'),
    ...lists,
    '<StateValue>OK</StateValue></member>',
  ].join('');
}

const wrap = (action: string, inner: string): Reply =>
  xmlReply(
    `<${action}Response xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/"><${action}Result>${inner}</${action}Result>` +
      `<ResponseMetadata><RequestId>local</RequestId></ResponseMetadata></${action}Response>`,
  );
