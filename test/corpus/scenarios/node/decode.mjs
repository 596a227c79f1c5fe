import crypto from 'node:crypto';
import v8 from 'node:v8';
import zlib from 'node:zlib';
import * as msgpack from '@msgpack/msgpack';
import avro from 'avsc';
import * as bson from 'bson';
import cbor from 'cbor';
import { parse as csv } from 'csv-parse/sync';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import iconv from 'iconv-lite';
import JSZip from 'jszip';
import protobuf from 'protobufjs';
import sharp from 'sharp';
import { parseStringPromise } from 'xml2js';
import * as yaml from 'yaml';

const record = (body) => ({ messageId: '0b8a4010-503f-4290-a401-2f1f0b500504', body });
const parsed = (body) => {
  const event = record(body);
  return JSON.parse(event.body);
};
const { root } = protobuf.parse(
  'syntax="proto2"; message Line { required string sku = 1; required int32 count = 2; } message Order { required string id = 1; repeated Line lines = 2; optional double total = 3; }',
);
const Order = root.lookupType('Order');
const Event = avro.Type.forSchema({
  type: 'record',
  name: 'OrderPlaced',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'total', type: 'double' },
    { name: 'state', type: { type: 'enum', name: 'State', symbols: ['NEW', 'PAID'] } },
  ],
});
const seal = (key, text) => {
  const c = crypto.createCipheriv('aes-256-gcm', key, Buffer.alloc(12));
  return { data: Buffer.concat([c.update(text), c.final()]), tag: c.getAuthTag() };
};
const key = Buffer.alloc(32, 7);

export default [
  {
    name: 'json-plain-text',
    is: 'BAD_PAYLOAD',
    cause: 'The body of the message was plain text.',
    wrap: 'typed order invoke',
    run: () => parsed('order 8812 please'),
  },
  {
    name: 'json-html-body',
    is: 'BAD_PAYLOAD',
    misleading: true,
    cause: 'The body of the message was HTML.',
    wrap: { typed: { misleading: false }, cause: {} },
    run: () => {
      const message = record('<html><body>429 Too Many Requests</body></html>');
      try {
        return JSON.parse(message.body);
      } catch (e) {
        throw new Error(`message ${message.messageId}: body is not JSON`, { cause: e });
      }
    },
  },
  {
    name: 'json-truncated',
    is: 'BAD_PAYLOAD',
    cause: 'The body of the message ended in its middle.',
    wrap: 'typed lambda',
    run: () => parsed('{"orderId":503,"lines":[{"sku":"A-40'),
  },
  {
    name: 'json-empty',
    is: 'BAD_PAYLOAD',
    cause: 'The body of the message was empty.',
    wrap: 'order typed',
    run: () => {
      try {
        parsed('');
      } catch (e) {
        throw new Error(`cannot parse SQS record body: ${e.message}`);
      }
    },
  },
  {
    name: 'json-token',
    is: 'BAD_PAYLOAD',
    misleading: true,
    cause: 'The body of the message had a stray comma.',
    wrap: 'message line',
    run: () => parsed('{"token":"abc","expires":401,}'),
  },
  {
    name: 'json-undefined',
    is: 'BAD_PAYLOAD',
    misleading: true,
    cause: 'The producer sent the text undefined.',
    wrap: 'typed',
    accept: ['CODE_BUG'],
    run: () => parsed('undefined'),
  },
  {
    name: 'json-object-object',
    is: 'BAD_PAYLOAD',
    misleading: true,
    cause: 'The producer sent the text [object Object].',
    wrap: 'typed message',
    run: () => parsed('[object Object]'),
  },
  {
    name: 'json-control-character',
    is: 'BAD_PAYLOAD',
    cause: 'The body of the message had a raw line end in a string.',
    wrap: 'message nested',
    run: () => parsed('{"note":"first\nsecond"}'),
  },
  {
    name: 'json-single-quotes',
    is: 'BAD_PAYLOAD',
    cause: 'The body of the message was no JSON but a Python literal.',
    wrap: 'typed',
    run: () => parsed("{'orderId': 429}"),
  },
  {
    name: 'json-bom',
    is: 'BAD_PAYLOAD',
    cause: 'The body of the message began with a byte order mark.',
    wrap: 'message pino',
    run: () => parsed('\ufeff{"orderId":1}'),
  },
  {
    name: 'json-after',
    is: 'BAD_PAYLOAD',
    cause: 'The body of the message held two documents.',
    wrap: 'typed',
    run: () => parsed('{"a":1}{"b":2}'),
  },
  {
    name: 'xml-mismatch',
    is: 'BAD_PAYLOAD',
    cause: 'The XML of the message closed a wrong element.',
    wrap: 'typed order',
    run: () => new XMLParser().parse('<order><id>401</order>', true),
  },
  {
    name: 'xml-validator',
    is: 'BAD_PAYLOAD',
    misleading: true,
    cause: 'The XML of the message ended in its middle.',
    wrap: 'message',
    run: () => {
      const r = XMLValidator.validate('<connection><timeout>504</timeout>');
      throw new Error(`invalid XML in message body: ${r.err.code} ${r.err.msg} (line ${r.err.line})`);
    },
  },
  {
    name: 'xml2js-text',
    is: 'BAD_PAYLOAD',
    cause: 'The body of the message was plain text in the place of XML.',
    wrap: 'typed line',
    run: () => parseStringPromise('Service temporarily overloaded'),
  },
  {
    name: 'xml2js-entity',
    is: 'BAD_PAYLOAD',
    cause: 'The XML of the message had a bare ampersand.',
    wrap: 'message',
    run: () => parseStringPromise('<order><customer>Meier & Sohn</customer></order>'),
  },
  {
    name: 'protobuf-truncated',
    is: 'BAD_PAYLOAD',
    misleading: true,
    cause: 'The protobuf of the message was cut.',
    wrap: { typed: {}, message: { accept: ['CODE_BUG'] }, cause: {} },
    run: () => {
      const whole = Order.encode({ id: 'order-503', lines: [{ sku: 'A', count: 3 }], total: 4.29 }).finish();
      return Order.decode(whole.slice(0, whole.length - 4));
    },
  },
  {
    name: 'protobuf-wire-type',
    is: 'BAD_PAYLOAD',
    misleading: true,
    cause: 'The body of the message was text in the place of protobuf.',
    wrap: 'typed stack',
    run: () => Order.decode(Buffer.from('{"id":"order-503"}')),
  },
  {
    name: 'protobuf-missing',
    is: 'BAD_PAYLOAD',
    accept: ['VALIDATION_ERROR'],
    cause: 'The protobuf of the message had no id.',
    wrap: 'typed',
    run: () => Order.decode(Buffer.alloc(0)),
  },
  {
    name: 'avro-truncated',
    is: 'BAD_PAYLOAD',
    cause: 'The Avro of the message was cut.',
    wrap: 'typed order',
    run: () => {
      const whole = Event.toBuffer({ id: 'order-429', total: 5.03, state: 'NEW' });
      return Event.fromBuffer(whole.subarray(0, 8));
    },
  },
  {
    name: 'avro-enum',
    is: 'BAD_PAYLOAD',
    accept: ['VALIDATION_ERROR'],
    cause: 'The Avro of the message was written with another schema.',
    wrap: 'message',
    run: () => {
      const whole = Event.toBuffer({ id: 'a', total: 5, state: 'NEW' });
      whole[whole.length - 1] = 0x7e;
      return Event.fromBuffer(whole);
    },
  },
  {
    name: 'avro-trailing',
    is: 'BAD_PAYLOAD',
    cause: 'The Avro of the message had bytes after its end.',
    wrap: 'typed',
    run: () =>
      Event.fromBuffer(Buffer.concat([Event.toBuffer({ id: 'a', total: 5, state: 'NEW' }), Buffer.from('xx')])),
  },
  {
    name: 'msgpack-cut',
    is: 'BAD_PAYLOAD',
    misleading: true,
    cause: 'The MessagePack of the message was cut.',
    wrap: 'typed line',
    run: () => msgpack.decode(msgpack.encode({ orderId: 'order-503', lines: [1, 2, 3] }).subarray(0, 12)),
  },
  {
    name: 'msgpack-extra',
    is: 'BAD_PAYLOAD',
    misleading: true,
    cause: 'The body of the message was JSON in the place of MessagePack.',
    wrap: 'typed message',
    run: () => msgpack.decode(Buffer.from('{"id":500}')),
  },
  {
    name: 'cbor-cut',
    is: 'BAD_PAYLOAD',
    cause: 'The CBOR of the message was cut.',
    wrap: 'message typed',
    run: () => cbor.decodeFirstSync(cbor.encode({ orderId: 'order-504', total: 1.5 }).subarray(0, 14)),
  },
  {
    name: 'bson-text',
    is: 'BAD_PAYLOAD',
    cause: 'The body of the message was no BSON.',
    wrap: 'typed',
    run: () => bson.deserialize(Buffer.from('{"orderId":503}')),
  },
  {
    name: 'v8-deserialize',
    is: 'BAD_PAYLOAD',
    cause: 'The body of the message was no serialized value.',
    wrap: 'typed',
    run: () => v8.deserialize(Buffer.from('hello')),
  },
  {
    name: 'gzip-header',
    is: 'BAD_PAYLOAD',
    cause: 'The body of the message was not compressed.',
    wrap: 'typed code order',
    run: () => zlib.gunzipSync(Buffer.from('{"plain":true}')),
  },
  {
    name: 'gzip-cut',
    is: 'BAD_PAYLOAD',
    cause: 'The compressed body of the message was cut.',
    wrap: 'typed inspect',
    run: () => zlib.gunzipSync(zlib.gzipSync('x'.repeat(5000)).subarray(0, 20)),
  },
  {
    name: 'brotli',
    is: 'BAD_PAYLOAD',
    cause: 'The body of the message was no Brotli.',
    wrap: 'code',
    run: () => zlib.brotliDecompressSync(Buffer.from('not brotli at all')),
  },
  {
    name: 'inflate-check',
    is: 'BAD_PAYLOAD',
    cause: 'A byte of the compressed body was changed.',
    wrap: 'message',
    run: () => {
      const b = zlib.deflateSync('order '.repeat(50));
      b[b.length - 1] ^= 0xff;
      return zlib.inflateSync(b);
    },
  },
  {
    name: 'base64-atob',
    is: 'BAD_PAYLOAD',
    cause: 'The body of the message was no base64.',
    wrap: { typed: {}, message: { accept: ['VALIDATION_ERROR'] } },
    run: () => atob('b3JkZXI*'),
  },
  {
    name: 'utf8-fatal',
    is: 'BAD_PAYLOAD',
    cause: 'The body of the message was Latin-1 in the place of UTF-8.',
    wrap: 'typed code',
    run: () => new TextDecoder('utf-8', { fatal: true }).decode(iconv.encode('Müller', 'latin1')),
  },
  {
    name: 'iconv-encoding',
    is: 'BAD_PAYLOAD',
    accept: ['VALIDATION_ERROR', 'CODE_BUG'],
    cause: 'The message named a character set that does not exist.',
    wrap: 'message',
    run: () => iconv.decode(Buffer.from('x'), 'utf-9'),
  },
  {
    name: 'uri-malformed',
    is: 'BAD_PAYLOAD',
    misleading: true,
    cause: 'The body of the message was no URL-encoded text.',
    wrap: 'typed',
    accept: ['VALIDATION_ERROR'],
    run: () => decodeURIComponent('customer=M%FCller&limit=429'),
  },
  {
    name: 'decipher-tag',
    is: 'BAD_PAYLOAD',
    misleading: true,
    cause: 'The encrypted body of the message was changed on its way.',
    wrap: 'typed',
    accept: ['AUTH_FAILURE'],
    run: () => {
      const { data, tag } = seal(key, '{"card":4010}');
      data[0] ^= 1;
      const d = crypto.createDecipheriv('aes-256-gcm', key, Buffer.alloc(12));
      d.setAuthTag(tag);
      return d.update(data) + d.final();
    },
  },
  {
    name: 'decipher-final',
    is: 'BAD_PAYLOAD',
    cause: 'The encrypted body of the message was cut.',
    wrap: 'typed code cause',
    run: () => {
      const d = crypto.createDecipheriv('aes-256-cbc', key, Buffer.alloc(16));
      return d.update(Buffer.alloc(20)) + d.final();
    },
  },
  {
    name: 'decipher-rsa',
    is: 'BAD_PAYLOAD',
    cause: 'The sealed key in the message was not made for this consumer.',
    wrap: 'typed',
    accept: ['AUTH_FAILURE'],
    run: () => {
      const { privateKey } = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
      return crypto.privateDecrypt(privateKey, Buffer.alloc(256, 5));
    },
  },
  {
    name: 'csv-columns',
    is: 'BAD_PAYLOAD',
    accept: ['VALIDATION_ERROR'],
    cause: 'A line of the CSV in the message had too few columns.',
    wrap: 'typed code',
    run: () => csv('sku,count\nA-1,503\nB-2\n', { columns: true }),
  },
  {
    name: 'csv-quote',
    is: 'BAD_PAYLOAD',
    cause: 'A quote in the CSV of the message was never closed.',
    wrap: 'message',
    run: () => csv('sku,note\nA-1,"429 pieces\n'),
  },
  {
    name: 'image-format',
    is: 'BAD_PAYLOAD',
    accept: ['VALIDATION_ERROR'],
    cause: 'The image in the message is not one.',
    wrap: 'typed order',
    run: () => sharp(Buffer.from('GIF? no')).metadata(),
  },
  {
    name: 'zip',
    is: 'BAD_PAYLOAD',
    cause: 'The archive in the message is not one.',
    wrap: 'message',
    run: () => JSZip.loadAsync(Buffer.from('PK? no')),
  },
  {
    name: 'yaml',
    is: 'BAD_PAYLOAD',
    cause: 'The YAML of the message could not be parsed.',
    wrap: 'typed',
    run: () => yaml.parse('order:\n  id: 503\n total: [4, 2\n'),
  },
  {
    name: 'sns-envelope-twice',
    is: 'BAD_PAYLOAD',
    misleading: true,
    cause: 'The message within the envelope was no JSON.',
    wrap: 'typed nested',
    run: () => {
      const envelope = parsed(JSON.stringify({ Type: 'Notification', Message: 'ALARM: "HTTP 503" in EU' }));
      return JSON.parse(envelope.Message);
    },
  },
  {
    name: 'protobuf-end-group',
    is: 'BAD_PAYLOAD',
    cause: 'A byte of the protobuf was changed to a type that does not exist.',
    wrap: 'typed message',
    run: () => {
      const b = Buffer.from(Order.encode({ id: 'order-401', lines: [], total: 1 }).finish());
      b[0] = 0x0f;
      return Order.decode(b);
    },
  },
  {
    name: 'json-of-base64',
    is: 'BAD_PAYLOAD',
    misleading: true,
    cause: 'The body of the message was base64 in the place of JSON.',
    wrap: 'typed order',
    run: () => parsed('eyJvcmRlcklkIjo0Mjl9'),
  },
  {
    name: 'json-nan',
    is: 'BAD_PAYLOAD',
    cause: 'The body of the message had NaN for a number.',
    wrap: 'typed lambda',
    run: () => parsed('{"total": NaN}'),
  },
  {
    name: 'json-gzip',
    is: 'BAD_PAYLOAD',
    cause: 'The body of the message was compressed, and the consumer took it for JSON.',
    wrap: 'order',
    run: () => parsed(zlib.gzipSync('{"a":1}').toString('latin1')),
  },
  {
    name: 'inflate-block',
    is: 'BAD_PAYLOAD',
    cause: 'A byte of the compressed body was changed.',
    wrap: 'code typed',
    run: () => {
      const b = zlib.gzipSync('order '.repeat(50));
      b[10] = 0xff;
      return zlib.gunzipSync(b);
    },
  },
  {
    name: 'xml-attribute',
    is: 'BAD_PAYLOAD',
    cause: 'The XML of the message had an attribute without its quotes.',
    wrap: 'typed',
    run: () => parseStringPromise('<order id=503><x/></order>'),
  },
  {
    name: 'msgpack-extension',
    is: 'BAD_PAYLOAD',
    cause: 'The MessagePack of the message began with a byte that is none.',
    wrap: 'typed',
    run: () => msgpack.decode(Buffer.from([0xc1, 1, 2])),
  },
  {
    name: 'sealed-body',
    is: 'BAD_PAYLOAD',
    accept: ['AUTH_FAILURE'],
    misleading: true,
    cause: 'The sealed body of the message was garbled.',
    wrap: 'message typed',
    run: () => {
      const d = crypto.createDecipheriv('aes-256-cbc', key, Buffer.alloc(16));
      try {
        return d.update(Buffer.alloc(32, 9)) + d.final();
      } catch (e) {
        throw new Error(`message 50301: could not decrypt body (token key k-401): ${e.message}`);
      }
    },
  },
];
