import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { Context, EventBridgeEvent } from 'aws-lambda';
import { metricDataFrom } from '../aws/metric-data.ts';
import { healerRuntime } from '../aws/runtime.ts';
import { parseSettings } from '../core/settings-document.ts';
import { govern } from './govern.ts';

// It classifies nothing, and needs no rules.
const healerFor = healerRuntime(parseSettings);
const getMetricData = metricDataFrom(new CloudWatchClient({}));

/** The Lambda that runs each minute. Returning normally means that everything due was done or stays due. */
export const handler = async (_event: EventBridgeEvent<'Scheduled Event', unknown>, context: Context): Promise<void> =>
  govern({ ...(await healerFor(context)), getMetricData }, () => context.getRemainingTimeInMillis());
