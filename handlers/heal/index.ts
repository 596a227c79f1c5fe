import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { healerRuntime } from '../aws/runtime.ts';
import { healBatch } from './heal-batch.ts';

const healerFor = healerRuntime();

/** The Lambda on every DLQ. Returning normally acknowledges each letter that the answer does not name. */
export const handler = async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
  healBatch(await healerFor(context), event, context.getRemainingTimeInMillis());
