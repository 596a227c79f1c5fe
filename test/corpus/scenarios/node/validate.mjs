import 'node:module';
import Ajv from 'ajv';
import formats from 'ajv-formats';
import { IsEmail, Max, registerDecorator, ValidationTypes, validateOrReject } from 'class-validator';
import { buildSchema, graphql } from 'graphql';
import Joi from 'joi';
import mongoose from 'mongoose';
import initSqlJs from 'sql.js';
import * as v from 'valibot';
import * as yup from 'yup';
import * as z from 'zod';

const ajv = formats.default ? new Ajv.default({ allErrors: true }) : new Ajv({ allErrors: true });
(formats.default ?? formats)(ajv);
const order = ajv.compile({
  type: 'object',
  required: ['orderId', 'currency'],
  additionalProperties: false,
  properties: {
    orderId: { type: 'string', format: 'uuid' },
    currency: { enum: ['EUR', 'USD'] },
    timeout: { type: 'integer', maximum: 504 },
    total: { type: 'number', minimum: 0 },
  },
});
const checked = (data, say = (errors) => ajv.errorsText(errors, { dataVar: 'order' })) => {
  if (!order(data))
    throw Object.assign(new Error(say(order.errors)), { name: 'ValidationError', errors: order.errors });
};
const Order = z.object({
  orderId: z.uuid(),
  quantity: z.number().int().positive(),
  token: z.string().min(32),
  limit: z.number().max(429),
});
const whole = { orderId: '0f8fad5b-d9cb-469f-a165-70867728950e', quantity: 1, token: 'x'.repeat(32), limit: 1 };
const Shipment = mongoose.model(
  'Shipment',
  new mongoose.Schema({
    weight: { type: Number, max: 503 },
    carrier: { type: String, required: true, enum: ['dhl', 'ups'] },
  }),
);
async function sql(statement, values) {
  const db = new (await initSqlJs()).Database();
  db.run(
    "create table customers(id integer primary key); create table orders(id integer primary key, number text unique not null, customer integer references customers(id), total real check(total > 0)); pragma foreign_keys=on; insert into orders values(1,'503',null,1)",
  );
  db.run(statement, values);
}

export default [
  {
    name: 'ajv-missing',
    is: 'VALIDATION_ERROR',
    cause: 'A required field was missing in the message.',
    wrap: 'typed lambda',
    run: () => checked({ currency: 'EUR' }),
  },
  {
    name: 'ajv-several',
    is: 'VALIDATION_ERROR',
    misleading: true,
    cause: 'The field timeout was too large and another field is not known.',
    wrap: 'message nested',
    run: () =>
      checked({ orderId: '0f8fad5b-d9cb-469f-a165-70867728950e', currency: 'EUR', timeout: 50000, rateLimit: 1 }),
  },
  {
    name: 'ajv-errors-json',
    is: 'VALIDATION_ERROR',
    cause: 'The currency was not one of the allowed.',
    wrap: 'order inspect',
    run: () =>
      checked({ orderId: '0f8fad5b-d9cb-469f-a165-70867728950e', currency: 'CHF' }, (errors) => JSON.stringify(errors)),
  },
  {
    name: 'ajv-unknown-schema',
    is: 'CODE_BUG',
    misleading: true,
    cause: 'The consumer asked the validator for a schema with a wrong reference in it.',
    wrap: 'typed',
    run: () => ajv.compile({ $ref: 'https://example.com/schemas/order-v2.json#' }),
  },
  {
    name: 'ajv-strict',
    is: 'CODE_BUG',
    misleading: true,
    accept: ['VALIDATION_ERROR'],
    cause: 'The schema of the consumer has a keyword that the validator does not know.',
    wrap: 'typed',
    run: () => ajv.compile({ type: 'object', requred: ['a'] }),
  },
  {
    name: 'zod-types',
    is: 'VALIDATION_ERROR',
    cause: 'The quantity was text.',
    wrap: 'typed message',
    run: () => Order.parse({ ...whole, quantity: '3' }),
  },
  {
    name: 'zod-token-limit',
    is: 'VALIDATION_ERROR',
    misleading: true,
    cause: 'The fields token and limit were out of their ranges.',
    wrap: 'order lambda',
    run: () => Order.parse({ ...whole, token: 'abc', limit: 5000 }),
  },
  {
    name: 'zod-pretty',
    is: 'VALIDATION_ERROR',
    cause: 'Fields were missing in the message.',
    wrap: 'message',
    run: () => {
      const r = Order.safeParse({ orderId: 8812 });
      throw new Error(z.prettifyError(r.error));
    },
  },
  {
    name: 'joi-several',
    is: 'VALIDATION_ERROR',
    cause: 'Fields of the message broke the schema.',
    wrap: 'typed',
    run: () =>
      Joi.assert({ quantity: -1 }, Joi.object({ quantity: Joi.number().min(1), sku: Joi.string().required() }), {
        abortEarly: false,
      }),
  },
  {
    name: 'joi-connection-field',
    is: 'VALIDATION_ERROR',
    misleading: true,
    cause: 'The field connection.timeout of the message was out of its range.',
    wrap: 'line pino',
    run: () =>
      Joi.attempt(
        { connection: { timeout: 90000 } },
        Joi.object({ connection: Joi.object({ timeout: Joi.number().max(60000) }) }),
      ),
  },
  {
    name: 'yup-several',
    is: 'VALIDATION_ERROR',
    cause: 'Fields of the message broke the schema.',
    wrap: 'typed',
    run: () =>
      yup
        .object({ email: yup.string().email().required(), age: yup.number().min(18) })
        .validate({ email: 'x', age: 4 }, { abortEarly: false }),
  },
  {
    name: 'yup-null',
    is: 'VALIDATION_ERROR',
    misleading: true,
    cause: 'A field of the message was null.',
    wrap: 'message',
    run: () => yup.object({ customer: yup.object({ id: yup.number() }) }).validate({ customer: null }),
  },
  {
    name: 'valibot-type',
    is: 'VALIDATION_ERROR',
    misleading: true,
    cause: 'A field of the message was missing.',
    wrap: 'typed',
    run: () =>
      v.parse(v.object({ accessToken: v.string(), amount: v.pipe(v.number(), v.maxValue(500)) }), { amount: 1 }),
  },
  {
    name: 'class-validator',
    is: 'VALIDATION_ERROR',
    cause: 'Fields of the message broke the rules of their class.',
    wrap: 'message',
    run: async () => {
      class Mail {
        constructor() {
          this.to = 'nobody';
          this.retries = 429;
        }
      }
      IsEmail()(Mail.prototype, 'to');
      Max(5)(Mail.prototype, 'retries');
      await validateOrReject(new Mail()).catch((errors) => {
        throw new Error(errors.map(String).join(''));
      });
    },
  },
  {
    name: 'mongoose-validation',
    is: 'VALIDATION_ERROR',
    cause: 'Fields of the document broke the schema.',
    wrap: 'typed',
    run: () => new Shipment({ weight: 5000, carrier: 'fedex' }).validate(),
  },
  {
    name: 'mongoose-cast',
    is: 'VALIDATION_ERROR',
    misleading: true,
    cause: 'An id in the message cannot be one of the database.',
    wrap: 'typed',
    run: () => {
      new mongoose.Query().cast(Shipment, { _id: 'timeout-503' });
    },
  },
  {
    name: 'sqlite-unique',
    is: 'VALIDATION_ERROR',
    cause: 'An order of the number is in the table already.',
    wrap: 'typed',
    run: () => sql("insert into orders values(2,'503',null,1)"),
  },
  {
    name: 'sqlite-foreign-key',
    is: 'VALIDATION_ERROR',
    cause: 'The customer that the message names does not exist.',
    wrap: 'line',
    run: () => sql("insert into orders values(3,'504',401,1)"),
  },
  {
    name: 'sqlite-check',
    is: 'VALIDATION_ERROR',
    cause: 'The total in the message was negative.',
    wrap: 'message',
    run: () => sql("insert into orders values(4,'505',null,-1)"),
  },
  {
    name: 'sqlite-no-column',
    is: 'CODE_BUG',
    cause: 'The statement of the consumer names a column that the table does not have.',
    wrap: 'typed',
    run: () => sql('insert into orders(id, token) values(5, 1)'),
  },
  {
    name: 'sqlite-syntax',
    is: 'CODE_BUG',
    misleading: true,
    cause: 'The statement of the consumer has a syntax error.',
    wrap: 'typed',
    run: () => sql("insert into orders valus(5,'1',null,1)"),
  },
  {
    name: 'graphql-scalar',
    is: 'VALIDATION_ERROR',
    misleading: true,
    cause: 'A number in the message was larger than its type.',
    wrap: 'line',
    run: async () => {
      const r = await graphql({
        schema: buildSchema('type Query { order(id: Int!): Int }'),
        source: 'query($id: Int!) { order(id: $id) }',
        variableValues: { id: 50300000000 },
      });
      throw r.errors[0];
    },
  },
  {
    name: 'rule-business',
    is: 'VALIDATION_ERROR',
    misleading: true,
    cause: 'The order in the message had been cancelled before.',
    wrap: 'typed outer500',
    run: () => {
      class OrderStateError extends Error {
        name = 'OrderStateError';
      }
      throw new OrderStateError('order 40400 cannot move from CANCELLED to SHIPPED');
    },
  },
  {
    name: 'rule-expired-coupon',
    is: 'VALIDATION_ERROR',
    misleading: true,
    accept: ['AUTH_FAILURE'],
    cause: 'The coupon in the message had expired.',
    wrap: 'message',
    run: () => {
      throw new Error('coupon SPRING-403 has expired on 2026-03-31; order 401 rejected');
    },
  },
  {
    name: 'intl-time-zone',
    is: 'VALIDATION_ERROR',
    misleading: true,
    accept: ['CODE_BUG'],
    cause: 'The time zone in the message is not one.',
    wrap: 'typed',
    run: () => new Intl.DateTimeFormat('en', { timeZone: 'Europe/Berln' }),
  },
  {
    name: 'invalid-currency-code',
    is: 'VALIDATION_ERROR',
    misleading: true,
    accept: ['CODE_BUG'],
    cause: 'The currency in the message is not one.',
    wrap: 'typed',
    run: () => new Intl.NumberFormat('en', { style: 'currency', currency: 'EURO' }),
  },
  {
    name: 'date-in-message',
    is: 'VALIDATION_ERROR',
    misleading: true,
    accept: ['BAD_PAYLOAD', 'CODE_BUG'],
    cause: 'The date in the message is not one.',
    wrap: 'cause',
    run: () => {
      try {
        new Date(JSON.parse('{"dueDate":"2026-02-45"}').dueDate).toISOString();
      } catch (e) {
        throw new Error('field dueDate "2026-02-45" of order 504: not a date', { cause: e });
      }
    },
  },
  {
    name: 'bigint-in-message',
    is: 'VALIDATION_ERROR',
    misleading: true,
    accept: ['BAD_PAYLOAD'],
    cause: 'The quantity in the message was text that is no number.',
    wrap: 'typed',
    run: () => {
      const event = JSON.parse('{"quantity":"three"}');
      BigInt(event.quantity);
    },
  },
];
