import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';
import { closeLater, file, refused, silent, tcp } from './kit.mjs';

const proto = file(
  'stock.proto',
  'syntax="proto3"; package shop; service Stock { rpc Reserve (Request) returns (Reply); rpc Release (Request) returns (Reply); } message Request { string sku = 1; bytes blob = 2; } message Reply { string id = 1; }',
);
const { shop } = grpc.loadPackageDefinition(loader.loadSync(proto, { oneofs: true }));
const clear = grpc.credentials.createInsecure();

const servers = [];
async function serve(handler, options) {
  const server = new grpc.Server(options);
  servers.push(server);
  server.addService(shop.Stock.service, { Reserve: handler });
  const port = await new Promise((ok, no) =>
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (e, p) => (e ? no(e) : ok(p))),
  );
  closeLater(() => server.forceShutdown());
  return port;
}
const failing = (code, details) => serve((call, reply) => reply({ code: grpc.status[code], details }));
function call(port, { method = 'Reserve', deadline = 8000, body = { sku: 'A-429' }, options } = {}) {
  const client = new shop.Stock(`127.0.0.1:${port}`, clear, options);
  closeLater(() => client.close());
  return new Promise((ok, no) =>
    client[method](body, { deadline: Date.now() + deadline }, (e, r) => (e ? no(e) : ok(r))),
  );
}
const answered = async (code, details) => call(await failing(code, details));

export default [
  {
    name: 'grpc-unauthenticated',
    is: 'AUTH_FAILURE',
    cause: 'The service refused the token of the caller.',
    wrap: 'typed message',
    run: () => answered('UNAUTHENTICATED', 'token has expired'),
  },
  {
    name: 'grpc-permission',
    is: 'AUTH_FAILURE',
    cause: 'The caller may not reserve.',
    wrap: 'message inspect',
    run: () => answered('PERMISSION_DENIED', 'service account orders lacks stock.reserve'),
  },
  {
    name: 'grpc-invalid',
    is: 'VALIDATION_ERROR',
    cause: 'The service refused a field.',
    wrap: 'typed order',
    run: () => answered('INVALID_ARGUMENT', 'sku "A-429" does not match [A-Z]{3}-\\d+'),
  },
  {
    name: 'grpc-invalid-timeout',
    is: 'VALIDATION_ERROR',
    misleading: true,
    cause: 'The service refused the field timeout.',
    wrap: 'message',
    run: () => answered('INVALID_ARGUMENT', 'timeout: must be between 1s and 60s'),
  },
  {
    name: 'grpc-precondition',
    is: 'VALIDATION_ERROR',
    cause: 'The state of the thing did not allow it.',
    wrap: 'message',
    run: () => answered('FAILED_PRECONDITION', 'reservation 503 is already released'),
  },
  {
    name: 'grpc-not-found',
    is: 'VALIDATION_ERROR',
    cause: 'The article that the message names does not exist.',
    wrap: 'typed',
    run: () => answered('NOT_FOUND', 'no article A-429'),
  },
  {
    name: 'grpc-exists',
    is: 'VALIDATION_ERROR',
    cause: 'The reservation existed already.',
    wrap: 'message',
    run: () => answered('ALREADY_EXISTS', 'reservation r-401 exists'),
  },
  {
    name: 'grpc-quota',
    is: 'THROTTLED',
    cause: 'The quota of the caller was used up.',
    wrap: 'typed message',
    run: () =>
      answered(
        'RESOURCE_EXHAUSTED',
        "Quota exceeded for quota metric 'Write requests' and limit 'Write requests per minute'",
      ),
  },
  {
    name: 'grpc-send-size',
    is: 'VALIDATION_ERROR',
    accept: ['RESOURCE_EXHAUSTED'],
    misleading: true,
    cause: 'The request was larger than the client sends.',
    wrap: 'typed',
    run: async () =>
      call(await serve(() => {}), {
        body: { sku: 'A', blob: Buffer.alloc(50400) },
        options: { 'grpc.max_send_message_length': 42900 },
      }),
  },
  {
    name: 'grpc-receive-size',
    is: 'VALIDATION_ERROR',
    accept: ['RESOURCE_EXHAUSTED'],
    misleading: true,
    cause: 'The request was larger than the server takes.',
    wrap: 'message order',
    run: async () =>
      call(await serve(() => {}, { 'grpc.max_receive_message_length': 4096 }), {
        body: { sku: 'A', blob: Buffer.alloc(50300) },
      }),
  },
  {
    name: 'grpc-server-memory',
    is: 'DEPENDENCY_FAILURE',
    accept: ['RESOURCE_EXHAUSTED', 'THROTTLED'],
    misleading: true,
    cause: 'The service ran out of its own memory.',
    wrap: 'message',
    run: () => answered('RESOURCE_EXHAUSTED', 'upstream worker: out of memory'),
  },
  {
    name: 'grpc-deadline',
    is: 'TIMEOUT',
    cause: 'The service did not answer before the deadline.',
    wrap: 'typed message cause',
    run: async () => call(await serve(() => {}), { deadline: 503 }),
  },
  {
    name: 'grpc-deadline-connecting',
    is: 'TIMEOUT',
    cause: 'The connection was not made before the deadline.',
    wrap: 'message',
    accept: ['DEPENDENCY_FAILURE'],
    run: async () => call(await silent(), { deadline: 900 }),
  },
  {
    name: 'grpc-unavailable-refused',
    is: 'DEPENDENCY_FAILURE',
    cause: 'No server listened on the port.',
    wrap: 'typed message invoke',
    run: async () => call(await refused()),
  },
  {
    name: 'grpc-dropped',
    is: 'UNKNOWN',
    accept: ['DEPENDENCY_FAILURE', 'TIMEOUT'],
    cause: 'The server was shut down in the middle of the call.',
    wrap: 'message',
    run: async () => {
      const port = await serve((c) => c.sendMetadata(new grpc.Metadata()));
      setTimeout(() => servers.at(-1).forceShutdown(), 300);
      return call(port);
    },
  },
  {
    name: 'grpc-not-grpc',
    is: 'DEPENDENCY_FAILURE',
    misleading: true,
    cause: 'A server of another protocol listened on the port.',
    wrap: 'message',
    run: async () => call(await tcp((s) => s.end('HTTP/1.1 400 Bad Request\r\n\r\n'))),
  },
  {
    name: 'grpc-unimplemented',
    is: 'CODE_BUG',
    cause: 'The consumer called a method that the service does not have.',
    wrap: 'typed message',
    run: async () => call(await serve(() => {}), { method: 'Release' }),
  },
  {
    name: 'grpc-internal',
    is: 'DEPENDENCY_FAILURE',
    misleading: true,
    cause: 'The service failed within.',
    wrap: 'message',
    run: () => answered('INTERNAL', 'nil pointer dereference in reserve()'),
  },
  {
    name: 'grpc-unknown-around-token',
    is: 'AUTH_FAILURE',
    misleading: true,
    cause: 'The service failed to log in to its own database, wrapped as UNKNOWN.',
    wrap: 'message',
    accept: ['DEPENDENCY_FAILURE'],
    run: () => answered('UNKNOWN', 'reserve failed: pq: password authentication failed for user "stock"'),
  },
  {
    name: 'grpc-unknown-nothing',
    is: 'UNKNOWN',
    cause: 'The service failed without a word.',
    wrap: 'message',
    run: async () => call(await serve((c, reply) => reply({ code: 2, details: '' }))),
  },
  {
    name: 'grpc-aborted',
    is: 'DEPENDENCY_FAILURE',
    accept: ['VALIDATION_ERROR'],
    cause: 'A transaction of the service met another one.',
    wrap: 'message',
    misleading: true,
    run: () => answered('ABORTED', 'transaction aborted: lock conflict, try again'),
  },
  {
    name: 'grpc-deserialize',
    is: 'DEPENDENCY_FAILURE',
    accept: ['BAD_PAYLOAD'],
    misleading: true,
    cause: 'The answer of the service could not be decoded.',
    wrap: 'message',
    run: async () => {
      const server = new grpc.Server();
      const def = { ...shop.Stock.service.Reserve, responseSerialize: () => Buffer.from('{"id":1}') };
      server.addService({ Reserve: def }, { Reserve: (c, reply) => reply(null, {}) });
      const port = await new Promise((ok) =>
        server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (e, p) => ok(p)),
      );
      closeLater(() => server.forceShutdown());
      return call(port);
    },
  },
];
