import { Logger } from '@aws-lambda-powertools/logger';
import { GetFunctionConfigurationCommand, paginateListFunctions } from '@aws-sdk/client-lambda';
import leven from 'leven';
import { archiveIn } from '../../handlers/aws/archive.ts';
import { claimsIn } from '../../handlers/aws/claims.ts';
import { readDocument } from '../../handlers/aws/documents.ts';
import { NO_BUS } from '../../handlers/aws/events.ts';
import type { Healer } from '../../handlers/aws/healer.ts';
import { HEALER_ENV } from '../../handlers/aws/runtime.ts';
import { parsePolicy } from '../../handlers/core/policy-document.ts';
import type { Clients } from '../aws/clients.ts';
import { InputError } from '../exit.ts';

/** A stack of the module, as its heal function's environment describes it. */
export interface Stack {
  readonly name: string;
  readonly region: string;
  readonly mode: string;
  /** What the healer works with, but with the operator's credentials, and silent. */
  readonly healer: Healer;
}

/**
 * Finds a stack by its name.
 * @throws InputError naming the stacks that there are, where this is none of them
 */
export async function openStack(clients: Clients, name: string): Promise<Stack> {
  const region = await clients.region();
  const env = await environmentOf(clients, name, region);
  const missing = HEALER_ENV.filter((variable) => env[variable] === undefined);
  if (missing.length > 0)
    throw new InputError(
      `the function ${name}-heal lacks ${missing.join(', ')} in its environment: it is of another version of the module than this command`,
    );
  const of = (variable: (typeof HEALER_ENV)[number]) => String(env[variable]);
  const table = of('LEDGER_TABLE');
  const document = await readDocument(clients.db, table, 'policy', of('POLICY_HASH'));
  const healer: Healer = {
    stack: of('STACK_NAME'),
    mode: of('MODE'),
    region,
    policy: parsePolicy(document.text),
    table,
    topicArn: of('ALERT_TOPIC_ARN'),
    db: clients.db,
    sqs: clients.sqs,
    lambda: clients.lambda,
    startExecution: clients.startExecution,
    sns: clients.sns,
    logs: clients.logs,
    archive: archiveIn(clients.s3, of('ARCHIVE_BUCKET'), region),
    claims: claimsIn(clients.dynamo, of('IDEMPOTENCY_TABLE'), 'heal'),
    bus: NO_BUS,
    logger: new Logger({ logLevel: 'SILENT' }),
    now: clients.now,
    random: Math.random,
  };
  return { name: healer.stack, region, mode: healer.mode, healer };
}

async function environmentOf(
  { lambda }: Clients,
  name: string,
  region: string,
): Promise<Readonly<Record<string, string>>> {
  try {
    const found = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: `${name}-heal` }));
    return found.Environment?.Variables ?? {};
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ResourceNotFoundException') throw error;
    const others = await stackNames(lambda);
    throw new InputError(`there is no stack "${name}" in ${region}: ${hint(name, others)}`);
  }
}

/** Stacks of this account and region, by their heal functions. */
async function stackNames(lambda: Clients['lambda']): Promise<string[]> {
  const names: string[] = [];
  for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {}))
    for (const { FunctionName = '', Environment } of Functions) {
      const name = Environment?.Variables?.STACK_NAME;
      if (name !== undefined && FunctionName === `${name}-heal`) names.push(name);
    }
  return names;
}

const MAX_NAMED = 5;

function hint(name: string, others: readonly string[]): string {
  if (others.length === 0)
    return 'no function of this account and region belongs to one; look at --region and --profile';
  const nearest = others.toSorted((a, b) => leven(a, name) - leven(b, name)).slice(0, MAX_NAMED);
  const more = others.length > nearest.length ? ` and ${others.length - nearest.length} more` : '';
  return `there ${others.length === 1 ? 'is' : 'are'} ${nearest.join(', ')}${more}; or look at --region and --profile`;
}
