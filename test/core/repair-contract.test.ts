import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../handlers/core/repair/answer.ts';
import { repairRequest } from '../../handlers/core/repair/request.ts';
import { classification, evidence, handled, letter } from './builders.ts';

const page = readFileSync('docs/repair.md', 'utf8');
const [request, mends, declines] = [...page.matchAll(/```json\n([\s\S]*?)\n```/g)].map(([, json]) => json ?? '');

/** The letter that the page's example is of. */
const example = handled({
  letter: letter({
    body: '{"order_id":"o-1","customer":"c-17"}',
    attributes: {
      tenant: { dataType: 'String', stringValue: 'acme' },
      thumbnail: { dataType: 'Binary', binaryValue: new Uint8Array([0, 255]) },
    },
  }),
  evidence: evidence({ errorType: 'CustomerNotFound', message: 'no customer c-17', receiveCount: 5 }),
  classification: classification('STALE_CUSTOMER', { rule: 'user:merged-customers' }),
});

describe('the page on repairs', () => {
  it('shows what a function is given', () => {
    expect(JSON.parse(request ?? '')).toEqual(JSON.parse(JSON.stringify(repairRequest(example, 'merged-customers'))));
  });

  it('tells of every key', () => {
    const keys = Object.keys(repairRequest(example, 'x'));
    expect(keys.filter((key) => !new RegExp(`^\\|.*\`${key}\`.*\\|.*\\|$`, 'm').test(page))).toEqual([]);
  });

  it('shows answers as they are read', () => {
    const read = (answer = '') => readAnswer({ payload: Buffer.from(answer) }, example.letter);
    expect(read(mends)).toEqual({ ok: true, body: '{"order_id":"o-1","customer":"c-4"}' });
    expect(read(declines)).toEqual({
      ok: false,
      reason: 'the repair function declined: c-17 was deleted, not merged',
    });
  });
});
