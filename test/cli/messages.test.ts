import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyser } from '../../cli/analyze/analysis.ts';
import { lettersOf } from '../../cli/analyze/messages.ts';
import { reportOf } from '../../cli/analyze/report.ts';
import { type JsonDocument, jsonDocuments } from '../../cli/input/documents.ts';
import { coloursOf } from '../../cli/output/terminal.ts';
import { dlq } from './dlq.ts';

const lettersIn = (value: unknown) => lettersOf({ number: 1, line: 1, value });

async function documentsIn(chunks: readonly Uint8Array[], maxBytes?: number): Promise<JsonDocument[]> {
  const found: JsonDocument[] = [];
  for await (const document of jsonDocuments(Readable.from(chunks.filter(({ length }) => length > 0)), maxBytes))
    found.push(document);
  return found;
}

describe('a message of the AWS command line', () => {
  it('becomes a letter with every attribute, binary ones byte for byte', () => {
    const attributes = {
      text: { DataType: 'String', StringValue: 'ä' },
      count: { DataType: 'Number.int', StringValue: '7' },
      image: { DataType: 'Binary.png', BinaryValue: 'AD/+/w==' },
    };
    const [read] = lettersIn({
      Messages: [
        { MessageId: 'm', Body: '', MessageAttributes: attributes, Attributes: { ApproximateReceiveCount: '3' } },
      ],
    });
    expect(read).toEqual({
      letter: {
        messageId: 'm',
        body: '',
        attributes: {
          text: { dataType: 'String', stringValue: 'ä' },
          count: { dataType: 'Number.int', stringValue: '7' },
          image: { dataType: 'Binary.png', binaryValue: Buffer.from([0, 0x3f, 0xfe, 0xff]) },
        },
        system: { receiveCount: 3 },
        dlqArn: expect.any(String),
      },
    });
  });

  it.each<[unknown, string]>([
    [7, 'the message must be an object'],
    [{ Body: '' }, 'MessageId must be a non-empty string'],
    [{ MessageId: 'm' }, 'Body must be a string'],
    [{ MessageId: 'm', Body: { secret: 1 } }, 'Body must be a string'],
    [{ MessageId: 'm', Body: '', Attributes: [] }, 'Attributes must be an object'],
    [{ MessageId: 'm', Body: '', MessageAttributes: 'x' }, 'MessageAttributes must be an object'],
    [{ MessageId: 'm', Body: '', MessageAttributes: { a: 1 } }, 'MessageAttributes.a must be an object'],
    [
      { MessageId: 'm', Body: '', MessageAttributes: { a: { StringValue: 1 } } },
      'message attribute "a" has neither a string nor a binary value',
    ],
  ])('that cannot be read costs only itself: %j', (message, reason) => {
    const good = { MessageId: 'good', Body: '' };
    const read = lettersIn([message, good]);
    const messageId = (message as { MessageId?: string }).MessageId ?? null;
    expect(read[0]).toEqual({ unreadable: { line: 1, message: 1, messageId, reason } });
    expect(read[1]).toMatchObject({ letter: { messageId: 'good' } });
  });
});

describe('documents', () => {
  it('are the same however the bytes are cut into chunks', async () => {
    const piece = fc.oneof(
      fc.json().map(Buffer.from),
      fc.constantFrom('\n', ' ', '{', '}', '[', ']', '"', '\\', 'x').map(Buffer.from),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 10 }), fc.integer({ min: 1, max: 9 }), async (pieces, step) => {
        const whole = Buffer.concat(pieces);
        const cut = Array.from({ length: Math.ceil(whole.length / step) }, (_, i) =>
          whole.subarray(i * step, (i + 1) * step),
        );
        expect(await documentsIn(cut)).toEqual(await documentsIn([whole]));
      }),
    );
  });

  it('come back as they were, with the lines in which they begin', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()))),
        async (values) => {
          const found = await documentsIn([Buffer.from(values.map((value) => JSON.stringify(value)).join('\n'))]);
          expect(found).toEqual(
            values.map((value, i) => ({ number: i + 1, line: i + 1, value: JSON.parse(JSON.stringify(value)) })),
          );
        },
      ),
    );
  });

  it('are refused above a size that memory cannot hold', async () => {
    const big = Buffer.from(`[\n"${'x'.repeat(100)}"]`);
    await expect(documentsIn([big.subarray(0, 60), big.subarray(60)], 50)).rejects.toThrow(
      'the document that begins in line 1 is larger than',
    );
  });
});

describe('whatever comes', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\u001b[2J', '{"v":1}', '1e300', 'arn:aws:sqs:x:1:q'),
  );
  const attribute = fc.record({ DataType: text, StringValue: text, BinaryValue: text }, { requiredKeys: [] });
  const names = fc.constantFrom('dlq-evidence', 'dlq-healer', 'ErrorType', 'ErrorMessage', 'HttpStatus', '__proto__');
  const message = fc.record(
    {
      MessageId: text,
      Body: text,
      Attributes: fc.dictionary(fc.constantFrom('SentTimestamp', 'DeadLetterQueueSourceArn', 'SequenceNumber'), text),
      MessageAttributes: fc.dictionary(names, attribute),
    },
    { requiredKeys: ['MessageId', 'Body'] },
  );

  it('as messages, each is counted, and the report holds no control character', () => {
    const colours = coloursOf(process.stdout, { NO_COLOR: '1' });
    fc.assert(
      fc.property(fc.array(fc.oneof(message, fc.jsonValue()), { maxLength: 8 }), (messages) => {
        const { add, finish } = analyser([], undefined);
        for (const read of lettersIn(JSON.parse(JSON.stringify(messages)))) add(read);
        const analysis = finish(0);
        expect(analysis.letters + analysis.repeated + analysis.unreadable.length).toBe(messages.length);
        const report = reportOf(analysis, 'f', { width: 80, colours });
        expect(report.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
      }),
      { numRuns: 300 },
    );
  });

  it('on standard input, nothing crashes', async () => {
    const bytes = fc.uint8Array({ maxLength: 400 }).map((noise) => Buffer.from(noise));
    const documents = fc.json().map((json) => Buffer.from(`{"Messages":[${json}]}`));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(bytes, documents), { maxLength: 20 }), async (parts) => {
        const { code, err } = await dlq(['analyze', '--file', '-'], { input: Buffer.concat(parts) });
        expect([0, 1]).toContain(code);
        expect(err).not.toContain('bug of dlq');
      }),
      { numRuns: 15 },
    );
  });
});
