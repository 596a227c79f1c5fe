import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import pLimit from 'p-limit';
import { cut, redact } from '../core/redact.ts';
import { readAnswer } from '../core/repair/answer.ts';
import { originalToMend, type Repairable, repairRequest } from '../core/repair/request.ts';
import { applyPatch, checked, type Patched, type Repair } from '../core/repair.ts';

/**
 * How a repair ended. `mended`: the body may be sent; nothing was yet. `failed`: no try will end otherwise, the letter is
 * archived with the reason. `retry`: nothing is known, the letter stays in its DLQ.
 */
export type Repaired =
  | { readonly kind: 'mended'; readonly body: string }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'retry'; readonly error: Error };

/** A letter with the repair of the rule that it fell under. */
export interface Repairing {
  readonly letter: Repairable;
  /** Id of the user's rule. */
  readonly rule: string;
  readonly repair: Repair;
}

/** Functions of the user's are called no faster than a batch of letters gives reason to. */
const AT_ONCE = 5;

/** What the healer needs after the repairs, to send and record what was mended. */
const SPARE_MS = 10_000;

/**
 * Mends the letters of one batch; one result per letter, in order. Never throws.
 * @param remainingMs what is left of this run: functions that have not answered 10 s before its end are given up
 */
export async function repairAll(
  lambda: LambdaClient,
  repairings: readonly Repairing[],
  remainingMs: number,
): Promise<Repaired[]> {
  const limit = pLimit(AT_ONCE);
  const timeMs = remainingMs - SPARE_MS;
  const outOfTime = timeMs > 0 ? AbortSignal.timeout(timeMs) : AbortSignal.abort();
  return Promise.all(
    repairings.map(({ letter, rule, repair }) =>
      repair.kind === 'function'
        ? limit(() => repairByFunction(lambda, repair.arn, letter, rule, outOfTime))
        : repairByPatch(repair, letter),
    ),
  );
}

function repairByPatch(repair: Exclude<Repair, { kind: 'function' }>, letter: Repairable): Repaired {
  try {
    const original = originalToMend(letter);
    const patched = applyPatch(repair, original.body);
    return repairedBy(patched.ok ? checked(original, patched.body) : patched);
  } catch (error) {
    return { kind: 'retry', error: new Error('the repair could not be tried', { cause: error }) };
  }
}

/**
 * Asks a function of the user's for the mended body. The SDK may call it again when no answer came, so it may run more
 * than once for a letter.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
async function repairByFunction(
  lambda: LambdaClient,
  arn: string,
  letter: Repairable,
  rule: string,
  abortSignal: AbortSignal,
): Promise<Repaired> {
  if (abortSignal.aborted) return { kind: 'retry', error: new Error(`no time was left to ask ${arn} for a repair`) };
  try {
    const original = originalToMend(letter);
    const command = new InvokeCommand({
      FunctionName: arn,
      InvocationType: 'RequestResponse',
      Payload: Buffer.from(JSON.stringify(repairRequest(letter, rule))),
    });
    const { FunctionError, Payload } = await lambda.send(command, { abortSignal });
    const answer = { payload: Payload ?? new Uint8Array(), ...(FunctionError && { functionError: FunctionError }) };
    return repairedBy(readAnswer(answer, original));
  } catch (error) {
    return notAnswered(error, arn, abortSignal);
  }
}

const repairedBy = (patched: Patched): Repaired =>
  patched.ok ? { kind: 'mended', body: patched.body } : { kind: 'failed', reason: patched.reason };

/**
 * Lambda did not run the function, or its answer did not come. Only a request that is too large is the letter's own
 * fault; throttles and outages pass, and a missing permission or function must not archive thousands of letters.
 */
function notAnswered(error: unknown, arn: string, { aborted }: AbortSignal): Repaired {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  if (name === 'RequestTooLargeException')
    return { kind: 'failed', reason: `the letter is larger than ${arn} may be given` };
  const why = aborted ? 'it did not answer in the time that was left' : `${name}: ${cut(redact(message), 300)}`;
  return { kind: 'retry', error: new Error(`${arn} could not be asked for a repair: ${why}`, { cause: error }) };
}
