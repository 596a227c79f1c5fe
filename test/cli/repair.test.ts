import { describe, expect, it } from 'vitest';
import { answerer, answerLine } from '../../cli/classify/answer.ts';
import { answerBlock } from '../../cli/classify/block.ts';
import { parseLine } from '../../cli/classify/line.ts';
import { explanationOf } from '../../cli/explain.ts';
import { parseRules } from '../../handlers/core/rules-document.ts';

const rules = parseRules([
  {
    id: 'old-names',
    when: { http_status: 422 },
    class: 'OLD_NAMES',
    repair: { json_patch: '[{"op":"move","from":"/mail","path":"/email"},{"op":"remove","path":"/v"}]' },
  },
  { id: 'no-currency', when: { http_status: 409 }, class: 'VALIDATION_ERROR', repair: { merge_patch: '{"c":"EUR"}' } },
  {
    id: 'erp',
    when: { http_status: 400 },
    class: 'ERP',
    repair: { function_arn: 'arn:aws:lambda:eu-central-1:123456789012:function:mend' },
  },
  { id: 'plain', when: { http_status: 413 }, class: 'PLAIN' },
]);
const answerTo = (httpStatus: number) =>
  answerer(rules)(parseLine(JSON.stringify({ id: 'm', evidence: { httpStatus } })));
const plain = { bold: (text: string) => text, cyan: (text: string) => text } as Parameters<typeof answerBlock>[2];
const rest = 'mends the body before the letter is healed; where it cannot, the letter is kept in the archive';

describe('a rule with a repair', () => {
  it.each([
    [422, 'a JSON Patch of 2 operations'],
    [409, 'a JSON Merge Patch'],
    [400, 'the function arn:aws:lambda:eu-central-1:123456789012:function:mend'],
  ])('is explained with it (%i)', (status, mender) => {
    const { classification, verdict, repair } = answerTo(status);
    expect(explanationOf(classification, verdict, 0, repair)).toContain(
      `Confidence 1. Repair: ${mender} ${rest}. Verdict `,
    );
  });

  it('is shown with it on a terminal, and answered by a line with the keys of every line', () => {
    const answer = answerTo(422);
    expect(answerBlock(answer, 200, plain)).toMatch(new RegExp(`repair +a JSON Patch of 2 operations ${rest}`));
    expect(Object.keys(JSON.parse(answerLine(answer)))).toEqual(Object.keys(JSON.parse(answerLine(answerTo(413)))));
  });

  it('is told from one without', () => {
    const answer = answerTo(413);
    expect(answer).not.toHaveProperty('repair');
    expect(answerBlock(answer, 200, plain)).not.toContain('repair');
    expect(explanationOf(answer.classification, answer.verdict, 0, answer.repair)).not.toContain('Repair');
  });
});
