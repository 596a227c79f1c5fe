import crypto from 'node:crypto';
import * as jose from 'jose';
import jwt from 'jsonwebtoken';
import { web } from './kit.mjs';

const secret = new TextEncoder().encode('a secret of thirty-two characters');
const signed = (claims, alg = 'HS256', key = secret) =>
  new jose.SignJWT(claims).setProtectedHeader({ alg, kid: 'k-503' }).sign(key);
const past = Math.floor(Date.now() / 1000) - 5040;

export default [
  {
    name: 'jsonwebtoken-expired',
    is: 'AUTH_FAILURE',
    cause: 'The token of the caller had expired.',
    wrap: 'typed order',
    run: () => jwt.verify(jwt.sign({ sub: '429', exp: past }, 's'), 's'),
  },
  {
    name: 'jsonwebtoken-signature',
    is: 'AUTH_FAILURE',
    cause: 'The token of the caller was signed with another key.',
    wrap: 'typed invoke',
    run: () => jwt.verify(jwt.sign({ sub: '1' }, 's'), 'another'),
  },
  {
    name: 'jsonwebtoken-malformed',
    is: 'AUTH_FAILURE',
    misleading: true,
    accept: ['BAD_PAYLOAD'],
    cause: 'The token of the caller was not one.',
    wrap: 'line message',
    run: () => jwt.verify('not-a-token', 's'),
  },
  {
    name: 'jsonwebtoken-audience',
    is: 'AUTH_FAILURE',
    cause: 'The token was made for another audience.',
    wrap: 'typed',
    run: () => jwt.verify(jwt.sign({ aud: 'billing' }, 's'), 's', { audience: 'orders' }),
  },
  {
    name: 'jsonwebtoken-not-before',
    is: 'AUTH_FAILURE',
    cause: 'The token was not valid yet.',
    wrap: 'message',
    run: () => jwt.verify(jwt.sign({ nbf: past + 90000 }, 's'), 's'),
  },
  {
    name: 'jsonwebtoken-no-secret',
    is: 'CODE_BUG',
    misleading: true,
    accept: ['AUTH_FAILURE'],
    cause: 'The consumer did not set the environment variable with its secret.',
    wrap: 'typed',
    run: () => jwt.sign({ sub: '1' }, process.env.TOKEN_SECRET),
  },
  {
    name: 'jose-expired',
    is: 'AUTH_FAILURE',
    misleading: true,
    cause: 'The token of the caller had expired.',
    wrap: 'typed code',
    run: async () => jose.jwtVerify(await signed({ exp: past }), secret),
  },
  {
    name: 'jose-claim',
    is: 'AUTH_FAILURE',
    misleading: true,
    cause: 'The token was of another issuer.',
    wrap: 'message inspect',
    accept: ['VALIDATION_ERROR'],
    run: async () =>
      jose.jwtVerify(await signed({ iss: 'https://a.example' }), secret, { issuer: 'https://b.example' }),
  },
  {
    name: 'jose-signature',
    is: 'AUTH_FAILURE',
    cause: 'The token was signed with another key.',
    wrap: 'typed order',
    run: async () => jose.jwtVerify(await signed({}), new TextEncoder().encode('another secret of thirty-two bytes')),
  },
  {
    name: 'jose-jwks-no-key',
    is: 'AUTH_FAILURE',
    misleading: true,
    cause: 'The set of keys has no key of the token.',
    wrap: 'typed code',
    run: async () => {
      const { privateKey } = await jose.generateKeyPair('RS256');
      const set = jose.createRemoteJWKSet(new URL(await web({ body: { keys: [] } })));
      return jose.jwtVerify(await signed({}, 'RS256', privateKey), set);
    },
  },
  {
    name: 'jose-jwks-timeout',
    is: 'TIMEOUT',
    misleading: true,
    cause: 'The server of the key set did not answer in time.',
    wrap: 'typed code',
    run: async () => {
      const { privateKey } = await jose.generateKeyPair('RS256');
      const set = jose.createRemoteJWKSet(new URL(await web({ delay: 3000 })), { timeoutDuration: 300 });
      return jose.jwtVerify(await signed({}, 'RS256', privateKey), set);
    },
  },
  {
    name: 'jose-jwks-down',
    is: 'DEPENDENCY_FAILURE',
    misleading: true,
    accept: ['AUTH_FAILURE'],
    cause: 'The server of the key set answered status 503.',
    wrap: 'message typed',
    run: async () => {
      const { privateKey } = await jose.generateKeyPair('RS256');
      const set = jose.createRemoteJWKSet(new URL(await web({ status: 503 })));
      return jose.jwtVerify(await signed({}, 'RS256', privateKey), set);
    },
  },
  {
    name: 'jose-jwks-html',
    is: 'DEPENDENCY_FAILURE',
    misleading: true,
    accept: ['AUTH_FAILURE', 'BAD_PAYLOAD'],
    cause: 'The server of the key set answered HTML.',
    wrap: 'message',
    run: async () => {
      const { privateKey } = await jose.generateKeyPair('RS256');
      const set = jose.createRemoteJWKSet(new URL(await web({ type: 'text/html', body: '<html></html>' })));
      return jose.jwtVerify(await signed({}, 'RS256', privateKey), set);
    },
  },
  {
    name: 'jose-jwe',
    is: 'BAD_PAYLOAD',
    misleading: true,
    accept: ['AUTH_FAILURE'],
    cause: 'The encrypted body of the message was made with another key.',
    wrap: 'typed code',
    run: async () => {
      const sealed = await new jose.CompactEncrypt(Buffer.from('{"card":401}'))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .encrypt(crypto.randomBytes(32));
      return jose.compactDecrypt(sealed, crypto.randomBytes(32));
    },
  },
  {
    name: 'webhook-signature',
    is: 'AUTH_FAILURE',
    misleading: true,
    accept: ['BAD_PAYLOAD', 'VALIDATION_ERROR'],
    cause: 'The signature of a webhook in the message did not match.',
    wrap: 'message',
    run: async () => {
      const { default: Stripe } = await import('stripe');
      return new Stripe('sk_test_1').webhooks.constructEvent(
        '{"id":"evt_503"}',
        `t=${Math.floor(Date.now() / 1000)},v1=00`,
        'whsec_x',
      );
    },
  },
  {
    name: 'csrf-token',
    is: 'AUTH_FAILURE',
    accept: ['VALIDATION_ERROR'],
    misleading: true,
    cause: 'The API refused a call without its CSRF token.',
    wrap: 'body',
    run: async () => {
      const { default: axios } = await import('axios');
      return axios.post(await web({ status: 403, body: { detail: 'CSRF Failed: CSRF token missing.' } }), {});
    },
  },
];
