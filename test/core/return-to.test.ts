import { expect, it } from 'vitest';
import { queueArnOf } from '../../handlers/core/evidence/return-to.ts';
import { DLQ_ARN, SOURCE_ARN } from './builders.ts';

it.each([
  [
    'an ARN',
    'arn:aws-cn:sqs:cn-north-1:210987654321:orders.fifo',
    'arn:aws-cn:sqs:cn-north-1:210987654321:orders.fifo',
  ],
  ['a URL', 'https://sqs.eu-west-1.amazonaws.com/210987654321/orders', 'arn:aws:sqs:eu-west-1:210987654321:orders'],
  [
    'a URL in the older form',
    'https://us-gov-west-1.queue.amazonaws.com/210987654321/orders.fifo',
    'arn:aws:sqs:us-gov-west-1:210987654321:orders.fifo',
  ],
  ['a URL of an emulator', 'http://127.0.0.1:4566/123456789012/shop-orders', SOURCE_ARN],
  ['a name, which is one beside the DLQ', 'shop-orders', SOURCE_ARN],
  ['a name of a FIFO queue', 'shop-orders.fifo', `${SOURCE_ARN}.fifo`],
  ['an ARN of another service', 'arn:aws:sns:eu-west-1:210987654321:orders', undefined],
  ['prose', 'the orders queue', undefined],
  ['nothing', '', undefined],
])('a queue may be written as %s', (_, written, arn) => {
  expect(queueArnOf(written, DLQ_ARN)).toBe(arn);
});
