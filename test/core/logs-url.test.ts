import { expect, it } from 'vitest';
import { logsUrl } from '../../handlers/core/logs-url.ts';

it('links to a stream, its name encoded as the console wants it', () => {
  expect(logsUrl('eu-west-1', '/aws/lambda/orders', '2026/11/22/[$LATEST]ab')).toBe(
    'https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/$252Faws$252Flambda$252Forders/log-events/2026$252F11$252F22$252F$255B$2524LATEST$255Dab',
  );
});

it.each([
  ['eu-west-1', 'https://eu-west-1.console.aws.amazon.com/'],
  ['cn-north-1', 'https://console.amazonaws.cn/'],
  ['us-gov-west-1', 'https://console.amazonaws-us-gov.com/'],
])('links to the console of the partition: %s', (region, start) => {
  expect(logsUrl(region, 'g', undefined)?.startsWith(start)).toBe(true);
});

it('has no link where no log group is known', () => {
  expect(logsUrl('eu-west-1', undefined, 's')).toBeUndefined();
});

it('links even where a name holds half a surrogate pair, which no URL can', () => {
  expect(logsUrl('eu-west-1', '/aws/lambda/\ud83d', undefined)).toContain('$25EF$25BF$25BD');
});
