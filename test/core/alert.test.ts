import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Alert, alertSubject, alertText, escalation } from '../../handlers/core/alert.ts';
import { alertDocument } from '../../handlers/core/alert-document.ts';
import { nextStep } from '../../handlers/core/next-step.ts';

const alert = (over: Partial<Alert> = {}): Alert => ({
  stack: 'shop-prod',
  queue: 'orders',
  group: 'abcdef012345',
  failureClass: 'UNKNOWN',
  count: 12,
  alertingSeconds: 0,
  status: 'waiting',
  reason: 'UNKNOWN (builtin:no-rule)',
  error: 'PaymentError: 401 token expired',
  sampleIds: ['m-1', 'm-2'],
  archive: 's3://letters/letters/queue=orders/x.jsonl.gz',
  logsUrl: 'https://eu-west-1.console.aws.amazon.com/x',
  firstSeen: '2026-11-22T03:00:00.000Z',
  lastSeen: '2026-11-22T03:05:00.000Z',
  windowSeconds: 900,
  ...over,
});
const HOUR = 3600;

describe('how loud an alert is', () => {
  it.each([
    ['a group’s first alert', {}, 1, 'first alert'],
    ['more of a known group', { alertingSeconds: 900 }, 1, 'known group'],
    ['a credential that no letter passes', { failureClass: 'AUTH_FAILURE' }, 2, 'credential'],
    ['a breaker that opened', { status: 'breaker opened' }, 2, 'die again'],
    ['50 letters', { count: 50 }, 2, '50 letters'],
    ['an hour of it', { alertingSeconds: HOUR }, 2, '1 h'],
    ['200 letters', { count: 200 }, 3, '200 letters'],
    ['four hours of it', { alertingSeconds: 4 * HOUR }, 3, '4 h'],
    ['an emergency', { status: 'emergency', count: 1 }, 3, 'healing has stopped'],
  ])('%s', (_, over, level, because) => {
    expect(escalation(alert(over))).toEqual({ level, because: expect.stringContaining(because) });
  });
});

describe('the subject of an alert', () => {
  it.each([
    [{}, '[shop-prod] orders: 12 letters UNKNOWN - waiting'],
    [{ count: 1 }, '[shop-prod] orders: 1 letter UNKNOWN - waiting'],
    [{ failureClass: 'AUTH_FAILURE' }, '[shop-prod] URGENT orders: 12 letters AUTH_FAILURE - waiting'],
    [{ count: 300 }, '[shop-prod] PAGE orders: 300 letters UNKNOWN - waiting'],
    [{ status: 'emergency' }, '[shop-prod] PAGE orders: EMERGENCY'],
  ])('says how loud it is, how many letters of which queue died of what, and what was done: %j', (over, subject) => {
    expect(alertSubject(alert(over))).toBe(subject);
  });

  it('is what SNS takes: ASCII, at most 100 characters', () => {
    const subject = alertSubject(alert({ queue: 'bestellungen-für-überall'.repeat(9), failureClass: 'MÜDE\n' }));
    expect(subject).toMatch(/^[\x20-\x7e]{1,100}$/);
  });
});

describe('what to do next', () => {
  const release = 'dlq release abcdef012345 --stack shop-prod --queue orders';
  const show = 'dlq show m-1 --stack shop-prod';
  it.each([
    ['CODE_BUG', 'waiting', 'deploy the consumer', release],
    ['AUTH_FAILURE', 'waiting', 'Renew or grant the credential', release],
    ['UNKNOWN', 'waiting', 'Look at the error', release],
    ['DEPENDENCY_FAILURE', 'breaker opened', 'if the dependency comes back by itself', release],
    ['TIMEOUT', 'archived', 'Look at the error', show],
    ['VALIDATION_ERROR', 'archived', 'The data must change', show],
    ['VALIDATION_ERROR', 'quarantined', 'Stop the producer', show],
    ['EMERGENCY', 'emergency', 'pin a level', 'dlq level 1 --stack shop-prod --queue orders'],
  ])('about %s letters that are %s: %s', (failureClass, status, advice, command) => {
    const step = nextStep(alert({ failureClass, status }));
    expect(step.advice).toContain(advice);
    expect(step.command).toBe(command);
  });

  it('shows the group where no letter is named', () => {
    const { command } = nextStep(alert({ failureClass: 'TIMEOUT', status: 'archived', sampleIds: [] }));
    expect(command).toBe('dlq show abcdef012345 --stack shop-prod');
  });
});

describe('the text of an alert', () => {
  it('tells level, class, error, letters, where they lie, logs, when it began and what to do', () => {
    expect(alertText(alert())).toBe(
      [
        '12 letter(s) of queue "orders" need attention.',
        '',
        'level:       1 (notice): first alert of this group',
        'class:       UNKNOWN',
        'what we did: waiting: UNKNOWN (builtin:no-rule)',
        'error:       PaymentError: 401 token expired',
        'group:       abcdef012345',
        'letters:     m-1, m-2',
        'it lies in:  s3://letters/letters/queue=orders/x.jsonl.gz',
        'logs:        https://eu-west-1.console.aws.amazon.com/x',
        'first seen:  2026-11-22T03:00:00.000Z',
        'last seen:   2026-11-22T03:05:00.000Z',
        '',
        `What to do: ${nextStep(alert()).advice}`,
        '',
        `  ${nextStep(alert()).command}`,
        '',
        'Further letters of this group are counted and reported together, at most once in 15 minutes.',
      ].join('\n'),
    );
  });

  it('is shown in the docs as it is', () => {
    const page = readFileSync('docs/alerts.md', 'utf8');
    expect(/<!-- example: an e-mail[^\n]*\n```\n([\s\S]*?)\n```/.exec(page)?.[1]).toBe(alertText(alert()));
  });

  it('hides secrets and does not show an empty place', () => {
    const text = alertText(alert({ error: 'Authorization: Bearer abc.def-ghi123456', archive: '', logsUrl: '' }));
    expect(text).not.toContain('abc.def');
    expect(text).not.toMatch(/it lies in|logs:/);
  });

  it('of an emergency speaks of the queue, not of letters', () => {
    const text = alertText(alert({ status: 'emergency', reason: 'healing has stopped: error rate 0.7 ≥ 0.5' }));
    expect(text).toContain('Queue "orders" is at degradation level 4: nothing is healed.');
    expect(text).toContain('error rate 0.7');
  });
});

describe('the document of an alert', () => {
  const document = (over: Partial<Alert> = {}) => JSON.parse(JSON.stringify(alertDocument(alert(over))));

  it('is a custom notification that chat shows, and complete as data', () => {
    expect(document()).toMatchObject({
      version: '1.0',
      source: 'custom',
      content: {
        textType: 'client-markdown',
        title: alertSubject(alert()).replace(/[[\]]/g, (c) => (c === '[' ? '(' : ')')),
      },
      metadata: {
        threadId: 'shop-prod/orders/abcdef012345',
        additionalContext: {
          stack: 'shop-prod',
          queue: 'orders',
          group: 'abcdef012345',
          failureClass: 'UNKNOWN',
          level: '1',
          count: '12',
          status: 'waiting',
          sampleIds: 'm-1,m-2',
          archive: 's3://letters/letters/queue=orders/x.jsonl.gz',
          command: nextStep(alert()).command,
        },
      },
    });
  });

  it('holds text alone in its context, as the service asks, and nothing empty', () => {
    const { additionalContext } = document({ logsUrl: '', archive: '' }).metadata;
    for (const value of Object.values(additionalContext)) expect(value).toMatch(/./);
    expect(additionalContext).not.toHaveProperty('logsUrl');
  });

  it.each([
    ['<!channel> <@U123> wake up', /<|@U/],
    ['@here @everyone', /@(?!\u200b)/],
    ['[click](https://evil.example) *bold* `code`', /\]\(|https:\/\/evil|`/],
    ['a\n*what we did*: nothing', /\n\*what we did\*: nothing/],
  ])('shows an error text of strangers as text alone: %j', (error, never) => {
    expect(document({ error }).content.description).not.toMatch(never);
  });

  it('keeps within what chat shows', () => {
    const { content } = document({ error: 'x'.repeat(100_000), reason: 'y'.repeat(100_000) });
    expect(content.description.length).toBeLessThanOrEqual(2000);
    expect(content.title.length).toBeLessThanOrEqual(250);
  });

  it('hides secrets', () => {
    expect(JSON.stringify(document({ error: 'password=hunter2', reason: 'token=abc123def' }))).not.toMatch(
      /hunter2|abc123def/,
    );
  });
});
