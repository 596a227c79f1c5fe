import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cut, MAX_REDACTED, redact } from '../../handlers/core/redact.ts';

describe('redact', () => {
  it.each([
    ['an authorization header', 'Authorization: Bearer abc123.def', 'Authorization: [redacted]'],
    ['a bearer token', 'sent Bearer 8f2c77aa01bc to it', 'sent Bearer [redacted] to it'],
    ['a JSON web token', 'got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln here', 'got [redacted] here'],
    ['an AWS access key id', 'key AKIAIOSFODNN7EXAMPLE denied', 'key [redacted] denied'],
    ['an AWS secret key without a name', 'with wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY now', 'with [redacted] now'],
    ['the password of a URL', 'postgres://app:pa55@db.internal:5432/x', 'postgres://[redacted]@db.internal:5432/x'],
    ['a password in key=value', 'db_password=hunter2&retry=1', 'db_password=[redacted]&retry=1'],
    ['a password with blanks in JSON', '{"password":"correct horse","id":1}', '{"password":"[redacted]","id":1}'],
    ['a secret in JSON inside JSON', '{\\"clientSecret\\":\\"abc\\"}', '{\\"clientSecret\\":\\"[redacted]\\"}'],
    ['a signature in a URL', 'GET /x?X-Amz-Signature=0badc0de&y=1', 'GET /x?X-Amz-Signature=[redacted]&y=1'],
    ['a token given after a colon', 'token: 8c1f2d', 'token: [redacted]'],
    ['a service key', 'used sk_live_4eC39HqLyjWDarjtT1', 'used [redacted]'],
    ['an e-mail address', 'no mailbox for jane.doe+x@example.co.uk', 'no mailbox for [e-mail]'],
    ['a payment card', 'card 4111 1111 1111 1111 declined', 'card [card] declined'],
    ['a private key', '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- end', '[redacted] end'],
  ])('hides %s', (_what, text, shown) => {
    expect(redact(text)).toBe(shown);
  });

  it.each([
    'Unexpected token < in JSON at position 0',
    'invalid token: expired',
    'basic authentication failed',
    'order 1767000000000 of 4111111111111112 failed at 2026-11-22T05:00:00Z',
    'request 7f9d2a10-0001-4000-8000-000000000001 mapping: ok',
  ])('leaves prose and ids alone: %s', (text) => {
    expect(redact(text)).toBe(text);
  });

  it('changes nothing more when it redacts twice', () => {
    const bits = [
      'password',
      'token',
      '=',
      ': ',
      '"',
      "'",
      '\\"',
      'authorization',
      'Bearer ',
      'eyJhbGciOiJIUzI1',
      '.a',
      '@b.co',
      '4111111111111111',
      ' ',
      '\n',
      'a://',
      'AKIAABCDEFGHIJKLMNOP',
      'sk_live_abcdefghijk',
      '[redacted]',
      '-----BEGIN PRIVATE KEY-----',
      'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    ];
    const text = fc.oneof(
      fc.array(fc.constantFrom(...bits), { maxLength: 12 }).map((parts) => parts.join('')),
      fc.string(),
    );
    fc.assert(
      fc.property(text, (s) => {
        expect(redact(redact(s))).toBe(redact(s));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    'password',
    'eyJ-',
    'a://b:',
    'a@a.',
    'aaaaaaaa',
    '4111 ',
    'bearer ',
    'password="',
    '-----BEGIN PRIVATE KEY-----',
  ])('takes linear time over a megabyte of %s', (bit) => {
    const hostile = bit.repeat(1_048_576 / bit.length);
    const before = performance.now();
    expect(redact(hostile).length).toBeLessThanOrEqual(MAX_REDACTED);
    expect(performance.now() - before).toBeLessThan(500);
  });
});

describe('cut', () => {
  it('never splits a surrogate pair', () => {
    expect(cut('ab😀', 3)).toBe('ab');
    expect(cut('ab😀', 4)).toBe('ab😀');
    expect(cut('abc', 2)).toBe('ab');
  });
});

it('leaves no half of a surrogate pair, which DynamoDB refuses', () => {
  expect(redact('bad \ud83d text')).toBe('bad \ufffd text');
});
