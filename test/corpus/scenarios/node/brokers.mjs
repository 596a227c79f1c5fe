import { createRequire } from 'node:module';
import amqp from 'amqplib';
import * as bson from 'bson';
import cassandra from 'cassandra-driver';
import { Kafka, logLevel } from 'kafkajs';
import { Client as Ldap } from 'ldapts';
import { MongoClient } from 'mongodb';
import mongoose from 'mongoose';
import nodemailer from 'nodemailer';
import { Connection, Request } from 'tedious';
import { closeLater, hangingUp, here, refused, resetting, silent, sleep, tcp } from './kit.mjs';

const defs = createRequire(import.meta.url)(`${here}/node_modules/amqplib/lib/defs.js`);

// MongoDB: a server that greets, and answers each command as told
const mongoServer = (answer) =>
  tcp((s) => {
    let got = Buffer.alloc(0);
    s.on('data', (d) => {
      got = Buffer.concat([got, d]);
      while (got.length >= 4 && got.length >= got.readInt32LE(0)) {
        const frame = got.subarray(0, got.readInt32LE(0));
        got = got.subarray(frame.length);
        const old = frame.readInt32LE(12) === 2004;
        const command = old
          ? bson.deserialize(frame.subarray(frame.indexOf(0, 20) + 9))
          : bson.deserialize(frame.subarray(21), { allowObjectSmallerThanBufferSize: true });
        const name = Object.keys(command)[0];
        const hello = /^(ismaster|hello)$/i.test(name);
        const reply = hello
          ? {
              ismaster: true,
              isWritablePrimary: true,
              helloOk: true,
              maxWireVersion: 21,
              minWireVersion: 0,
              maxBsonObjectSize: 16777216,
              maxMessageSizeBytes: 48000000,
              maxWriteBatchSize: 1000,
              ok: 1,
            }
          : answer(name, command);
        if (!reply) continue;
        const body = Buffer.from(bson.serialize(reply));
        const head = Buffer.alloc(old ? 36 : 21);
        head.writeInt32LE(head.length + body.length, 0);
        head.writeInt32LE(frame.readInt32LE(4), 8);
        head.writeInt32LE(old ? 1 : 2013, 12);
        if (old) head.writeInt32LE(1, 32);
        s.write(Buffer.concat([head, body]));
      }
    });
  });
async function mongo(port, act, more, credentials = '') {
  const c = new MongoClient(`mongodb://${credentials}127.0.0.1:${port}/shop`, {
    serverSelectionTimeoutMS: 900,
    retryWrites: false,
    retryReads: false,
    ...more,
  });
  closeLater(() => c.close(true));
  return act(c.db('shop').collection('orders'));
}
const mongoError = (code, codeName, errmsg) => async (more, credentials) =>
  mongo(
    await mongoServer(() => ({ ok: 0, code, codeName, errmsg })),
    (c) => c.insertOne({ _id: 503 }),
    more,
    credentials,
  );

// Kafka: answers of the first versions of the few requests of a log-in
const kafkaServer = (answers) =>
  tcp((s) =>
    s.on('data', (d) => {
      const [key, id] = [d.readInt16BE(4), d.readInt32BE(8)];
      const body = answers[key]?.(d);
      if (!body) return;
      const head = Buffer.alloc(8);
      head.writeInt32BE(body.length + 4, 0);
      head.writeInt32BE(id, 4);
      s.write(Buffer.concat([head, body]));
    }),
  );
const i16 = (n) => {
  const b = Buffer.alloc(2);
  b.writeInt16BE(n);
  return b;
};
const i32 = (n) => {
  const b = Buffer.alloc(4);
  b.writeInt32BE(n);
  return b;
};
const text = (t) => Buffer.concat([i16(t.length), Buffer.from(t)]);
const versions = () =>
  Buffer.concat([
    i16(0),
    i32(4),
    ...[
      [3, 0, 1],
      [17, 0, 1],
      [18, 0, 0],
      [36, 0, 0],
    ].map((v) => Buffer.concat(v.map(i16))),
  ]);
async function kafka(port, more, act = (p) => p.send({ topic: 'orders', messages: [{ value: 'x' }] })) {
  const k = new Kafka({
    clientId: 'orders',
    brokers: [`127.0.0.1:${port}`],
    logLevel: logLevel.NOTHING,
    retry: { retries: 1, initialRetryTime: 50 },
    connectionTimeout: 600,
    requestTimeout: 600,
    ...more,
  });
  const p = k.producer();
  closeLater(() => p.disconnect());
  await p.connect();
  return act(p);
}
const sasl = { mechanism: 'plain', username: 'orders', password: 'x' };

// RabbitMQ: greets, and closes the connection or a channel with a code
function method(channel, id, fields) {
  return defs.encodeMethod(id, channel, fields);
}
const rabbitServer = (stage, code, replyText) =>
  tcp((s) =>
    s.on('data', (d) => {
      const close = (channel, id) =>
        s.write(method(channel, id, { replyCode: code, replyText, classId: 60, methodId: 40 }));
      if (d.subarray(0, 4).toString() === 'AMQP')
        return s.write(
          method(0, defs.ConnectionStart, {
            versionMajor: 0,
            versionMinor: 9,
            serverProperties: { capabilities: { authentication_failure_close: true } },
            mechanisms: Buffer.from('PLAIN AMQPLAIN'),
            locales: Buffer.from('en_US'),
          }),
        );
      for (let at = 0; at < d.length; ) {
        const [type, channel, size] = [d[at], d.readUInt16BE(at + 1), d.readUInt32BE(at + 3)];
        const id = type === 1 ? d.readUInt32BE(at + 7) : 0;
        at += size + 8;
        if (id === defs.ConnectionStartOk) {
          if (stage === 'login') close(0, defs.ConnectionClose);
          else s.write(method(0, defs.ConnectionTune, { channelMax: 100, frameMax: 131072, heartbeat: 0 }));
        } else if (id === defs.ConnectionOpen) {
          if (stage === 'open') close(0, defs.ConnectionClose);
          else s.write(method(0, defs.ConnectionOpenOk, {}));
        } else if (id === defs.ChannelOpen) {
          if (stage === 'connection') setTimeout(() => close(0, defs.ConnectionClose), 50);
          s.write(method(channel, defs.ChannelOpenOk, {}));
        } else if (id === defs.QueueDeclare && stage === 'channel') close(channel, defs.ChannelClose);
      }
    }),
  );
async function rabbit(port, more = '') {
  const c = await amqp.connect(`amqp://orders:x@127.0.0.1:${port}${more}`, { timeout: 600 });
  c.on('error', () => {});
  closeLater(() => c.close());
  const lost = new Promise((ok, no) => c.on('error', no));
  const ch = await c.createChannel();
  ch.on('error', () => {});
  return Promise.race([
    ch.assertQueue('orders').catch(async (e) => {
      await sleep(100);
      throw e;
    }),
    lost,
  ]);
}
const refusing = (stage, code, say) => async () => rabbit(await rabbitServer(stage, code, say));

// SQL Server: answers a log-in with an error token
const ucs2 = (t) => Buffer.from(t, 'utf16le');
function tdsPacket(body) {
  const h = Buffer.from([4, 1, 0, 0, 0, 0, 1, 0]);
  h.writeUInt16BE(body.length + 8, 2);
  return Buffer.concat([h, body]);
}
const tdsServer = (number, say, level = 14) =>
  tcp((s) =>
    s.on('data', (d) => {
      if (d[0] === 0x12)
        return s.write(
          tdsPacket(
            Buffer.concat([
              Buffer.from([0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff]),
              Buffer.from([16, 0, 0, 0, 0, 0]),
              Buffer.from([2]),
            ]),
          ),
        );
      const tail = Buffer.concat([
        i32(number).reverse(),
        Buffer.from([1, level]),
        Buffer.from([say.length & 255, say.length >> 8]),
        ucs2(say),
        Buffer.from([3]),
        ucs2('sql'),
        Buffer.from([0]),
        Buffer.from([1, 0, 0, 0]),
      ]);
      const error = Buffer.concat([Buffer.from([0xaa, tail.length & 255, tail.length >> 8]), tail]);
      const done = Buffer.from([0xfd, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
      s.end(tdsPacket(Buffer.concat([error, done])));
    }),
  );
const sqlServer = async (port) => {
  const c = new Connection({
    server: '127.0.0.1',
    authentication: { type: 'default', options: { userName: 'orders', password: 'x' } },
    options: {
      port,
      encrypt: false,
      trustServerCertificate: true,
      connectTimeout: 700,
      maxRetriesOnTransientErrors: 0,
    },
  });
  c.on('error', () => {});
  closeLater(() => c.close());
  return new Promise((ok, no) => {
    c.on('connect', (e) => (e ? no(e) : ok()));
    c.connect();
  });
};

// SMTP: one answer for each command
const smtpServer = (answers) =>
  tcp((s) => {
    s.write('220 mail.example ESMTP\r\n');
    s.on('data', (d) => {
      const word = String(d).slice(0, 4).trim().toUpperCase();
      const a = answers[word] ?? (word === 'EHLO' ? '250-mail.example\r\n250 AUTH PLAIN LOGIN' : '250 OK');
      if (a) s.write(`${a}\r\n`);
    });
  });
const mail = async (port, more) => {
  const t = nodemailer.createTransport({
    host: '127.0.0.1',
    port,
    auth: { user: 'orders', pass: 'x' },
    connectionTimeout: 600,
    greetingTimeout: 600,
    socketTimeout: 900,
    ...more,
  });
  closeLater(() => t.close());
  return t.sendMail({ from: 'a@example.com', to: 'buyer503@example.com', text: 'x' });
};
const login = { AUTH: '235 ok' };

export default [
  {
    name: 'mongo-duplicate',
    is: 'VALIDATION_ERROR',
    cause: 'An order of the id is in the collection already.',
    wrap: 'typed message',
    run: async () =>
      mongo(
        await mongoServer(() => ({
          ok: 1,
          n: 0,
          writeErrors: [
            {
              index: 0,
              code: 11000,
              errmsg: 'E11000 duplicate key error collection: shop.orders index: _id_ dup key: { _id: 503 }',
              keyPattern: { _id: 1 },
              keyValue: { _id: 503 },
            },
          ],
        })),
        (c) => c.insertOne({ _id: 503 }),
      ),
  },
  {
    name: 'mongo-document',
    is: 'VALIDATION_ERROR',
    cause: 'The document broke the rules of the collection.',
    wrap: 'typed',
    run: () => mongoError(121, 'DocumentValidationFailure', 'Document failed validation')(),
  },
  {
    name: 'mongo-unauthorized',
    is: 'AUTH_FAILURE',
    cause: 'The user may not insert.',
    wrap: 'typed message',
    run: () => mongoError(13, 'Unauthorized', 'not authorized on shop to execute command { insert: "orders" }')(),
  },
  {
    name: 'mongo-authentication',
    is: 'AUTH_FAILURE',
    cause: 'The password of the consumer was wrong.',
    wrap: 'typed message cause',
    run: () => mongoError(18, 'AuthenticationFailed', 'Authentication failed.')({}, 'orders:x@'),
  },
  {
    name: 'mongo-max-time',
    is: 'TIMEOUT',
    cause: 'A statement ran longer than it may.',
    wrap: 'typed message',
    run: () => mongoError(50, 'MaxTimeMSExpired', 'operation exceeded time limit')(),
  },
  {
    name: 'mongo-not-primary',
    is: 'DEPENDENCY_FAILURE',
    cause: 'The server was no longer the primary.',
    wrap: 'typed',
    run: () => mongoError(10107, 'NotWritablePrimary', 'not primary')(),
  },
  {
    name: 'mongo-shutdown',
    is: 'DEPENDENCY_FAILURE',
    cause: 'The server was shutting down.',
    wrap: 'message',
    run: () => mongoError(11600, 'InterruptedAtShutdown', 'interrupted at shutdown')(),
  },
  {
    name: 'mongo-request-rate',
    is: 'THROTTLED',
    cause: 'The request rate of the database was too large.',
    wrap: 'message typed',
    run: () =>
      mongoError(
        16500,
        'RequestRateTooLarge',
        "Error=16500, RetryAfterMs=34, Details='Response status code does not indicate success: TooManyRequests (429); Substatus: 3200; Reason: (Request rate is large. More Request Units may be needed, so no changes were made.)'",
      )(),
  },
  {
    name: 'mongo-write-conflict',
    is: 'DEPENDENCY_FAILURE',
    accept: ['VALIDATION_ERROR'],
    misleading: true,
    cause: 'Another transaction wrote the document at the same time.',
    wrap: 'message',
    run: () =>
      mongoError(
        112,
        'WriteConflict',
        'WriteConflict error: this operation conflicted with another operation. Please retry your operation or multi-document transaction.',
      )(),
  },
  {
    name: 'mongo-refused',
    is: 'DEPENDENCY_FAILURE',
    cause: 'No server listened on the port.',
    wrap: 'typed',
    run: async () => mongo(await refused(), (c) => c.findOne()),
  },
  {
    name: 'mongo-selection-timeout',
    is: 'TIMEOUT',
    accept: ['DEPENDENCY_FAILURE'],
    cause: 'The server took the connection and never answered.',
    wrap: 'typed message',
    run: async () => mongo(await silent(), (c) => c.findOne()),
  },
  {
    name: 'mongo-socket-timeout',
    is: 'TIMEOUT',
    cause: 'The server never answered a command.',
    wrap: 'typed',
    run: async () => mongo(await mongoServer(() => undefined), (c) => c.findOne(), { socketTimeoutMS: 503 }),
  },
  {
    name: 'mongo-pool-wait',
    is: 'RESOURCE_EXHAUSTED',
    misleading: true,
    cause: 'All connections of the pool were in use for longer than the consumer waits.',
    wrap: 'typed message order',
    run: async () =>
      mongo(
        await mongoServer(() => undefined),
        async (c) => {
          c.findOne().catch(() => {});
          await sleep(200);
          return c.findOne();
        },
        { maxPoolSize: 1, waitQueueTimeoutMS: 400 },
      ),
  },
  {
    name: 'mongo-too-large',
    is: 'VALIDATION_ERROR',
    accept: ['RESOURCE_EXHAUSTED'],
    misleading: true,
    cause: 'The document is larger than the database takes.',
    wrap: 'message',
    run: () =>
      mongoError(
        10334,
        'BSONObjectTooLarge',
        'BSONObj size: 17825792 (0x1100000) is invalid. Size must be between 0 and 16793600(16MB) First element: insert: "orders"',
      )(),
  },
  {
    name: 'mongo-url',
    is: 'CODE_BUG',
    cause: 'The consumer built the address from an environment variable that was not set.',
    wrap: 'typed',
    run: async () => new MongoClient(String(process.env.MONGO_URL)),
  },
  {
    name: 'mongoose-buffer',
    is: 'TIMEOUT',
    accept: ['DEPENDENCY_FAILURE', 'CODE_BUG'],
    cause: 'The consumer waited for a connection that was not there.',
    wrap: 'typed',
    run: async () => {
      const M = mongoose.createConnection().model('Cart', new mongoose.Schema({}, { bufferTimeoutMS: 401 }));
      return M.findOne();
    },
  },

  {
    name: 'kafka-refused',
    is: 'DEPENDENCY_FAILURE',
    cause: 'No server listened on the port, and the client gave up.',
    wrap: 'typed message cause',
    run: async () => kafka(await refused()),
  },
  {
    name: 'kafka-silent',
    is: 'DEPENDENCY_FAILURE',
    accept: ['TIMEOUT'],
    cause: 'The server took the connection and never answered.',
    wrap: 'typed',
    run: async () => kafka(await silent()),
  },
  {
    name: 'kafka-sasl',
    is: 'AUTH_FAILURE',
    cause: 'The password of the consumer was wrong.',
    wrap: 'typed message',
    run: async () =>
      kafka(
        await kafkaServer({
          18: versions,
          17: () => Buffer.concat([i16(0), i32(1), text('PLAIN')]),
          36: () => Buffer.concat([i16(58), text('Authentication failed: Invalid username or password'), i32(0)]),
        }),
        { sasl },
      ),
  },
  {
    name: 'kafka-sasl-mechanism',
    is: 'AUTH_FAILURE',
    accept: ['CODE_BUG'],
    misleading: true,
    cause: 'The server does not take the way of logging in that the consumer wants.',
    wrap: 'message',
    run: async () =>
      kafka(await kafkaServer({ 18: versions, 17: () => Buffer.concat([i16(33), i32(1), text('SCRAM-SHA-512')]) }), {
        sasl,
      }),
  },
  ...[
    ['kafka-topic-authorization', 29, 'AUTH_FAILURE', 'The consumer may not write to the topic.', []],
    [
      'kafka-unknown-topic',
      3,
      'CODE_BUG',
      'The topic of the own configuration does not exist.',
      ['VALIDATION_ERROR', 'DEPENDENCY_FAILURE'],
    ],
    ['kafka-leader', 5, 'DEPENDENCY_FAILURE', 'The topic had no leader.', []],
  ].map(([name, code, is, cause, accept]) => ({
    name,
    is,
    cause,
    accept,
    wrap: name === 'kafka-topic-authorization' ? 'typed order' : 'typed',
    run: async () => {
      let port;
      port = await kafkaServer({
        18: versions,
        3: () =>
          Buffer.concat([
            i32(1),
            i32(1),
            text('127.0.0.1'),
            i32(port),
            i16(-1),
            i32(1),
            i32(1),
            i16(code),
            text('orders'),
            Buffer.from([0]),
            i32(0),
          ]),
      });
      return kafka(port);
    },
  })),
  {
    name: 'kafka-hang-up',
    is: 'DEPENDENCY_FAILURE',
    cause: 'The server closed the connection.',
    wrap: 'message',
    run: async () => kafka(await hangingUp()),
  },

  {
    name: 'amqp-access',
    is: 'AUTH_FAILURE',
    cause: 'The password of the consumer was wrong.',
    wrap: 'typed message',
    run: refusing(
      'login',
      403,
      'ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker logfile.',
    ),
  },
  {
    name: 'amqp-vhost',
    is: 'UNKNOWN',
    accept: ['AUTH_FAILURE', 'DEPENDENCY_FAILURE'],
    cause: 'The user may not use the host of the queue.',
    wrap: 'message',
    run: refusing('open', 530, "NOT_ALLOWED - access to vhost 'orders' refused for user 'orders'"),
  },
  {
    name: 'amqp-no-queue',
    is: 'CODE_BUG',
    accept: ['VALIDATION_ERROR'],
    cause: 'The queue of the own configuration does not exist.',
    wrap: 'typed',
    run: refusing('channel', 404, "NOT_FOUND - no queue 'orders' in vhost '/'"),
  },
  {
    name: 'amqp-precondition',
    is: 'CODE_BUG',
    accept: ['VALIDATION_ERROR'],
    misleading: true,
    cause: 'The consumer declared the queue in another way than it is.',
    wrap: 'message',
    run: refusing(
      'channel',
      406,
      "PRECONDITION_FAILED - inequivalent arg 'x-message-ttl' for queue 'orders' in vhost '/': received '50400' but current is '60000'",
    ),
  },
  {
    name: 'amqp-locked',
    is: 'DEPENDENCY_FAILURE',
    accept: ['CODE_BUG', 'AUTH_FAILURE', 'RESOURCE_EXHAUSTED'],
    misleading: true,
    cause: 'Another connection held the queue.',
    wrap: 'message',
    run: refusing(
      'channel',
      405,
      "RESOURCE_LOCKED - cannot obtain exclusive access to locked queue 'orders' in vhost '/'",
    ),
  },
  {
    name: 'amqp-forced',
    is: 'DEPENDENCY_FAILURE',
    accept: ['UNKNOWN'],
    cause: 'An operator closed the connection.',
    wrap: 'typed',
    run: refusing('connection', 320, "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'"),
  },
  {
    name: 'amqp-refused',
    is: 'DEPENDENCY_FAILURE',
    cause: 'No server listened on the port.',
    wrap: 'typed',
    run: async () => rabbit(await refused()),
  },
  {
    name: 'amqp-silent',
    is: 'TIMEOUT',
    cause: 'The server took the connection and never answered.',
    wrap: 'typed',
    run: async () => rabbit(await silent()),
  },
  {
    name: 'amqp-hang-up',
    is: 'DEPENDENCY_FAILURE',
    cause: 'The server closed the connection in the log-in.',
    wrap: 'message',
    run: async () => rabbit(await hangingUp()),
  },

  {
    name: 'tedious-login',
    is: 'AUTH_FAILURE',
    misleading: true,
    cause: 'The password of the consumer was wrong.',
    wrap: 'typed code',
    run: async () => sqlServer(await tdsServer(18456, "Login failed for user 'orders'.")),
  },
  {
    name: 'tedious-database',
    is: 'CODE_BUG',
    accept: ['AUTH_FAILURE', 'VALIDATION_ERROR'],
    misleading: true,
    cause: 'The database of the own configuration does not exist.',
    wrap: 'message',
    run: async () =>
      sqlServer(await tdsServer(4060, 'Cannot open database "orders" requested by the login. The login failed.', 11)),
  },
  {
    name: 'tedious-busy',
    is: 'THROTTLED',
    accept: ['DEPENDENCY_FAILURE', 'RESOURCE_EXHAUSTED'],
    misleading: true,
    cause: 'The server was busy and told to come again.',
    wrap: 'message',
    run: async () =>
      sqlServer(
        await tdsServer(40501, 'The service is currently busy. Retry the request after 10 seconds. Code: 503.', 16),
      ),
  },
  {
    name: 'tedious-limit',
    is: 'RESOURCE_EXHAUSTED',
    misleading: true,
    cause: 'The database had no session left.',
    wrap: 'message code',
    run: async () =>
      sqlServer(
        await tdsServer(10928, 'Resource ID : 2. The session limit for the database is 300 and has been reached.', 16),
      ),
    accept: ['THROTTLED', 'AUTH_FAILURE'],
  },
  {
    name: 'tedious-silent',
    is: 'TIMEOUT',
    cause: 'The server took the connection and never answered.',
    wrap: 'typed code',
    run: async () => sqlServer(await silent()),
  },
  {
    name: 'tedious-refused',
    is: 'DEPENDENCY_FAILURE',
    cause: 'No server listened on the port.',
    wrap: 'typed',
    run: async () => sqlServer(await refused()),
  },
  {
    name: 'tedious-reset',
    is: 'DEPENDENCY_FAILURE',
    cause: 'The server reset the connection.',
    wrap: 'message',
    run: async () => sqlServer(await resetting()),
  },

  {
    name: 'cassandra-refused',
    is: 'DEPENDENCY_FAILURE',
    cause: 'No server listened on the port.',
    wrap: 'typed',
    run: async () => {
      const c = new cassandra.Client({
        contactPoints: ['127.0.0.1'],
        localDataCenter: 'dc1',
        protocolOptions: { port: await refused() },
      });
      closeLater(() => c.shutdown());
      return c.connect();
    },
  },

  {
    name: 'smtp-login',
    is: 'AUTH_FAILURE',
    cause: 'The password of the consumer was wrong.',
    wrap: 'typed code message',
    run: async () => mail(await smtpServer({ AUTH: '535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6' })),
  },
  {
    name: 'smtp-mailbox',
    is: 'VALIDATION_ERROR',
    misleading: true,
    cause: 'The address in the message does not exist.',
    wrap: 'typed order',
    run: async () =>
      mail(
        await smtpServer({
          ...login,
          RCPT: '550 5.1.1 <buyer503@example.com>: Recipient address rejected: User unknown',
        }),
      ),
  },
  {
    name: 'smtp-rate',
    is: 'THROTTLED',
    misleading: true,
    cause: 'The server took no more mails in this hour.',
    wrap: 'message',
    run: async () =>
      mail(
        await smtpServer({
          ...login,
          RCPT: '450 4.7.1 Rate limit exceeded: too many messages from orders, try again later',
        }),
      ),
  },
  {
    name: 'smtp-greylist',
    is: 'DEPENDENCY_FAILURE',
    accept: ['THROTTLED'],
    misleading: true,
    cause: 'The server could not look up the address for the time being.',
    wrap: 'message',
    run: async () => mail(await smtpServer({ ...login, RCPT: '451 4.3.0 Temporary lookup failure' })),
  },
  {
    name: 'smtp-size',
    is: 'VALIDATION_ERROR',
    cause: 'The mail is larger than the server takes.',
    wrap: 'message',
    run: async () => mail(await smtpServer({ ...login, MAIL: '552 5.3.4 Message size exceeds fixed limit' })),
  },
  {
    name: 'smtp-silent',
    is: 'TIMEOUT',
    cause: 'The server never greeted.',
    wrap: 'typed code',
    run: async () => mail(await silent()),
  },
  {
    name: 'smtp-refused',
    is: 'DEPENDENCY_FAILURE',
    cause: 'No server listened on the port.',
    wrap: 'code',
    run: async () => mail(await refused()),
  },
  {
    name: 'smtp-hang-up',
    is: 'DEPENDENCY_FAILURE',
    cause: 'The server closed the connection.',
    wrap: 'message',
    run: async () => mail(await tcp((s) => s.end())),
  },

  {
    name: 'ldap-credentials',
    is: 'AUTH_FAILURE',
    misleading: true,
    cause: 'The password of the consumer was wrong.',
    wrap: 'typed message',
    run: async () => {
      const say = Buffer.from(
        '80090308: LdapErr: DSID-0C090446, comment: AcceptSecurityContext error, data 52e, v2580',
      );
      const port = await tcp((s) =>
        s.once('data', (d) => {
          const op = Buffer.concat([Buffer.from([0x0a, 1, 49, 4, 0, 4, say.length]), say]);
          const body = Buffer.concat([Buffer.from([2, 1, d[4]]), Buffer.from([0x61, op.length]), op]);
          s.write(Buffer.concat([Buffer.from([0x30, 0x81, body.length]), body]));
        }),
      );
      const c = new Ldap({ url: `ldap://127.0.0.1:${port}`, connectTimeout: 800, timeout: 800 });
      closeLater(() => c.unbind());
      return c.bind('cn=orders', 'x');
    },
  },
  {
    name: 'ldap-timeout',
    is: 'TIMEOUT',
    cause: 'The server never answered.',
    wrap: 'typed',
    run: async () => {
      const c = new Ldap({ url: `ldap://127.0.0.1:${await silent()}`, timeout: 500 });
      closeLater(() => c.unbind());
      return c.bind('cn=orders', 'x');
    },
  },
];
