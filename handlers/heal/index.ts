import type { Context, EventBridgeEvent, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { healerRuntime } from '../aws/runtime.ts';
import { parsePolicy } from '../core/policy-document.ts';
import { healBatch } from './heal-batch.ts';
import { observeAll } from './observe.ts';

const healerFor = healerRuntime(parsePolicy);

type Tick = EventBridgeEvent<'Scheduled Event', unknown>;

/**
 * The Lambda on every DLQ, and each minute in the mode `observe`. Returning normally acknowledges each letter of a batch
 * that the answer does not name; a tick acknowledges none.
 */
export const handler = async (event: SQSEvent | Tick, context: Context): Promise<SQSBatchResponse | undefined> => {
  const healer = await healerFor(context);
  if ('Records' in event) return healBatch(healer, event, context.getRemainingTimeInMillis());
  if (healer.mode === 'observe') await observeAll(healer, () => context.getRemainingTimeInMillis());
  return undefined;
};
