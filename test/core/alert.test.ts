import { describe, expect, it } from 'vitest';
import { type Alert, alertSubject, alertText } from '../../handlers/core/alert.ts';

const alert = (over: Partial<Alert> = {}): Alert => ({
  stack: 'shop-prod',
  queue: 'orders',
  group: 'abcdef012345',
  failureClass: 'AUTH_FAILURE',
  count: 12,
  verdict: 'waiting',
  reason: 'AUTH_FAILURE (builtin:http-401)',
  error: 'PaymentError: 401 token expired',
  sampleId: 'm-1',
  archive: 's3://letters/letters/queue=orders/x.jsonl.gz',
  firstSeen: '2026-11-22T03:00:00.000Z',
  lastSeen: '2026-11-22T03:05:00.000Z',
  windowSeconds: 900,
  ...over,
});

describe('the subject of an alert', () => {
  it('says how many letters of which queue died of what, and what was done', () => {
    expect(alertSubject(alert())).toBe('[shop-prod] orders: 12 letters AUTH_FAILURE - waiting');
    expect(alertSubject(alert({ count: 1 }))).toContain(': 1 letter AUTH');
  });

  it('is what SNS takes: ASCII, at most 100 characters', () => {
    const subject = alertSubject(alert({ queue: 'bestellungen-für-überall'.repeat(9), failureClass: 'MÜDE\n' }));
    expect(subject).toMatch(/^[\x20-\x7e]{1,100}$/);
  });
});

describe('the text of an alert', () => {
  it('tells the class, the error, a sample, where it lies, when it began and what to do', () => {
    const text = alertText(alert());
    for (const part of [
      '12 letter(s)',
      'AUTH_FAILURE',
      '401 token expired',
      'm-1',
      's3://letters/',
      '03:05',
      'Renew or grant',
      '15 minutes',
    ]) {
      expect(text).toContain(part);
    }
  });

  it.each([
    ['CODE_BUG', 'waiting', 'redeploy the consumer, then send the letters back'],
    ['VALIDATION_ERROR', 'quarantined', 'Stop the producer'],
    ['UNKNOWN', 'waiting', 'Look at the error'],
  ])('of %s letters that are %s advises: %s', (failureClass, verdict, advice) => {
    expect(alertText(alert({ failureClass, verdict }))).toContain(advice);
  });

  it('hides secrets and does not show an empty place', () => {
    const text = alertText(alert({ error: 'Authorization: Bearer abc.def-ghi123456', archive: '' }));
    expect(text).not.toContain('abc.def');
    expect(text).not.toContain('it lies in');
  });
});
