import fs from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import grpc from '@grpc/grpc-js';
import axios from 'axios';
import { closeLater, run, SetupError, shared, tcp, temp, web } from './kit.mjs';

// certificates of an authority of our own
const at = (name) => path.join(temp, name);
const read = (name) => fs.readFileSync(at(name));
async function openssl(...args) {
  const r = await run('openssl', args);
  if (r.code) throw new SetupError(r.all);
}
async function signed(name, subject, { from = '20250101000000Z', to = '20491231000000Z', ca = 'ca' } = {}) {
  await openssl(
    'req',
    '-new',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.csr`,
    '-subj',
    `/CN=${subject}`,
    '-addext',
    `subjectAltName=${subject === '127.0.0.1' ? 'IP' : 'DNS'}:${subject}`,
  );
  await openssl(
    'ca',
    '-batch',
    '-config',
    'ca.cnf',
    '-cert',
    `${ca}.pem`,
    '-keyfile',
    `${ca}.key`,
    '-in',
    `${name}.csr`,
    '-out',
    `${name}.pem`,
    '-startdate',
    from,
    '-enddate',
    to,
    '-notext',
  );
}
const made = shared(async () => {
  fs.writeFileSync(
    at('ca.cnf'),
    '[ca]\ndefault_ca=c\n[c]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\ncopy_extensions=copy\nunique_subject=no\n[p]\ncommonName=supplied\n',
  );
  fs.writeFileSync(at('index.txt'), '');
  fs.writeFileSync(at('serial'), '4290\n');
  for (const ca of ['ca', 'other'])
    await openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      `${ca}.key`,
      '-out',
      `${ca}.pem`,
      '-days',
      '3000',
      '-subj',
      `/CN=${ca} authority`,
      '-addext',
      'basicConstraints=critical,CA:TRUE',
    );
  await signed('good', '127.0.0.1');
  await signed('expired', '127.0.0.1', { to: '20250601000000Z' });
  await signed('future', '127.0.0.1', { from: '20480101000000Z' });
  await signed('host', 'billing.example.com');
  await signed('client', 'orders');
  await signed('client-expired', 'orders', { to: '20250601000000Z' });
  await openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    'self.key',
    '-out',
    'self.pem',
    '-days',
    '3000',
    '-subj',
    '/CN=127.0.0.1',
  );
});
async function serve(name, more) {
  await made();
  return web({ body: { ok: true } }, { key: read(`${name}.key`), cert: read(`${name}.pem`), ...more });
}
const get = async (url, options) => axios.get(url, { httpsAgent: new https.Agent({ ca: read('ca.pem'), ...options }) });
const wantsClient = (more) =>
  serve('good', { ca: read('ca.pem'), requestCert: true, rejectUnauthorized: true, ...more });

export default [
  {
    name: 'tls-expired',
    is: 'DEPENDENCY_FAILURE',
    misleading: true,
    cause: 'The certificate of the server had expired.',
    wrap: 'typed code order',
    run: async () => get(await serve('expired')),
  },
  {
    name: 'tls-not-yet',
    is: 'DEPENDENCY_FAILURE',
    misleading: true,
    cause: 'The certificate of the server was not valid yet.',
    wrap: 'message',
    run: async () => get(await serve('future')),
  },
  {
    name: 'tls-self-signed',
    is: 'DEPENDENCY_FAILURE',
    misleading: true,
    cause: 'The certificate of the server was its own.',
    wrap: 'typed message',
    run: async () => get(await serve('self')),
  },
  {
    name: 'tls-unknown-authority',
    is: 'DEPENDENCY_FAILURE',
    misleading: true,
    cause: 'The certificate of the server was of an unknown authority.',
    wrap: 'typed',
    run: async () => get(await serve('good'), { ca: undefined }),
  },
  {
    name: 'tls-wrong-host',
    is: 'DEPENDENCY_FAILURE',
    misleading: true,
    cause: 'The certificate of the server was for another host.',
    wrap: 'typed',
    run: async () => get(await serve('host')),
  },
  {
    name: 'tls-fetch-self-signed',
    is: 'DEPENDENCY_FAILURE',
    misleading: true,
    cause: 'The certificate of the server was its own.',
    wrap: 'inspect',
    run: async () => fetch(await serve('self')),
  },
  {
    name: 'tls-client-missing',
    is: 'AUTH_FAILURE',
    misleading: true,
    cause: 'The server wants a certificate of the client and got none.',
    wrap: 'typed code',
    run: async () => {
      await made();
      return get(await wantsClient({ minVersion: 'TLSv1.3' }));
    },
  },
  {
    name: 'tls-client-missing-12',
    is: 'AUTH_FAILURE',
    misleading: true,
    accept: ['DEPENDENCY_FAILURE'],
    cause: 'The server wants a certificate of the client and got none, in the older protocol.',
    wrap: 'message inspect',
    run: async () => {
      await made();
      return get(await wantsClient({ maxVersion: 'TLSv1.2' }));
    },
  },
  ...[
    [
      'tls-client-expired',
      'sslv3 alert certificate expired',
      'The server refused the certificate of the client as expired.',
      45,
    ],
    [
      'tls-client-unknown',
      'tlsv1 alert unknown ca',
      'The server refused the certificate of the client as of an unknown authority.',
      48,
    ],
    [
      'tls-client-revoked',
      'sslv3 alert certificate revoked',
      'The server refused the certificate of the client as revoked.',
      44,
    ],
    ['tls-client-denied', 'tlsv1 alert access denied', 'The server refused the client after its certificate.', 49],
  ].map(([name, , cause, alert]) => ({
    name,
    is: 'AUTH_FAILURE',
    misleading: true,
    accept: alert === 48 ? ['DEPENDENCY_FAILURE'] : [],
    cause,
    wrap: name === 'tls-client-expired' ? 'message typed' : 'message',
    run: async () => {
      await made();
      const port = await tcp((s) => s.once('data', () => s.end(Buffer.from([21, 3, 3, 0, 2, 2, alert]))));
      return get(`https://127.0.0.1:${port}`, { cert: read('client.pem'), key: read('client.key') });
    },
  })),
  {
    name: 'tls-handshake',
    is: 'DEPENDENCY_FAILURE',
    accept: ['CODE_BUG'],
    cause: 'Client and server had no cipher in common.',
    wrap: 'typed',
    misleading: true,
    run: async () =>
      get(await serve('good', { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' }), {
        maxVersion: 'TLSv1.2',
        ciphers: 'ECDHE-RSA-AES256-GCM-SHA384',
      }),
  },
  {
    name: 'tls-version',
    is: 'DEPENDENCY_FAILURE',
    accept: ['CODE_BUG'],
    cause: 'Client and server had no version of the protocol in common.',
    wrap: 'message',
    run: async () => get(await serve('good', { minVersion: 'TLSv1.3' }), { maxVersion: 'TLSv1.2' }),
  },
  {
    name: 'tls-to-plain',
    is: 'CODE_BUG',
    accept: ['DEPENDENCY_FAILURE'],
    misleading: true,
    cause: 'The consumer spoke TLS to a port of plain HTTP.',
    wrap: {
      typed: { is: 'DEPENDENCY_FAILURE', accept: ['CODE_BUG'] },
      code: { is: 'DEPENDENCY_FAILURE', accept: ['CODE_BUG'] },
    },
    run: async () => {
      await made();
      return get((await web({})).replace('http', 'https'));
    },
  },
  {
    name: 'tls-hang-up',
    is: 'DEPENDENCY_FAILURE',
    cause: 'The server closed the connection in the handshake.',
    wrap: 'typed',
    run: async () => {
      await made();
      return get(`https://127.0.0.1:${await tcp((s) => s.once('data', () => s.end()))}`);
    },
  },
  {
    name: 'tls-key-mismatch',
    is: 'CODE_BUG',
    accept: ['AUTH_FAILURE'],
    misleading: true,
    cause: 'The key and the certificate in the own configuration do not belong together.',
    wrap: 'typed',
    run: async () => {
      const url = await serve('good');
      return get(url, { cert: read('client.pem'), key: read('good.key') });
    },
  },
  {
    name: 'tls-grpc-self-signed',
    is: 'DEPENDENCY_FAILURE',
    misleading: true,
    cause: 'The certificate of the server was its own.',
    wrap: 'message',
    run: async () => {
      await made();
      const server = new grpc.Server();
      closeLater(() => server.forceShutdown());
      const port = await new Promise((ok) =>
        server.bindAsync(
          '127.0.0.1:0',
          grpc.ServerCredentials.createSsl(null, [{ private_key: read('self.key'), cert_chain: read('self.pem') }]),
          (e, p) => ok(p),
        ),
      );
      const c = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createSsl());
      closeLater(() => c.close());
      return new Promise((ok, no) =>
        c.makeUnaryRequest(
          '/shop.Stock/Reserve',
          (x) => x,
          (x) => x,
          Buffer.alloc(0),
          { deadline: Date.now() + 3000 },
          no,
        ),
      );
    },
  },
];
