import { nextStep, repairStep, whyOf } from '../explain.ts';
import { namedList } from '../output/list.ts';
import type { Colours } from '../output/terminal.ts';
import { clip, printable } from '../output/text.ts';
import type { Answer } from './answer.ts';

/** The answer as a person reads it on a terminal. */
export function answerBlock(
  { id, classification, fingerprint, verdict, repair }: Answer,
  width: number,
  colours: Colours,
) {
  const { failureClass, rule, words, confidence } = classification;
  const name = clip(printable(String(id)), Math.max(8, width - failureClass.length - 14));
  const details: [string, string][] = [
    ['rule', `${rule} (confidence ${confidence})`],
    ['why', whyOf(classification)],
    ...(words === '' ? [] : [['it saw', printable(words)] as [string, string]]),
    ...(repair === undefined ? [] : [['repair', repairStep(repair)] as [string, string]]),
    ['next', nextStep(verdict, 0)],
    ['group', fingerprint],
  ];
  const head = `${colours.bold(name)}  ${colours.cyan(failureClass)}  ${verdict.kind}`;
  return `${head}\n${namedList(details, width)}\n`;
}
