// Calls that Terraform's provider makes, by the names that IAM has for them. Where the gateway knows an operation only by
// its path, the name is here; https://docs.aws.amazon.com/service-authorization/latest/reference/
import type { CallRecord } from '../../local-aws/gateway/calls.ts';

const BUCKET_READS: Record<string, string> = {
  accelerate: 'GetAccelerateConfiguration',
  acl: 'GetBucketAcl',
  cors: 'GetBucketCORS',
  encryption: 'GetEncryptionConfiguration',
  lifecycle: 'GetLifecycleConfiguration',
  logging: 'GetBucketLogging',
  'object-lock': 'GetBucketObjectLockConfiguration',
  ownershipControls: 'GetBucketOwnershipControls',
  policy: 'GetBucketPolicy',
  publicAccessBlock: 'GetBucketPublicAccessBlock',
  replication: 'GetReplicationConfiguration',
  requestPayment: 'GetBucketRequestPayment',
  tagging: 'GetBucketTagging',
  versioning: 'GetBucketVersioning',
  website: 'GetBucketWebsite',
};

const BUCKET_WRITES: Record<string, string> = {
  '': 'CreateBucket',
  encryption: 'PutEncryptionConfiguration',
  lifecycle: 'PutLifecycleConfiguration',
  ownershipControls: 'PutBucketOwnershipControls',
  policy: 'PutBucketPolicy',
  publicAccessBlock: 'PutBucketPublicAccessBlock',
  tagging: 'PutBucketTagging',
  versioning: 'PutBucketVersioning',
};

const FUNCTION_PATHS: readonly (readonly [pattern: RegExp, action: string])[] = [
  [/^GET .*\/versions$/, 'ListVersionsByFunction'],
  [/^GET .*\/policy$/, 'GetPolicy'],
  [/^POST .*\/policy$/, 'AddPermission'],
  [/^GET .*\/code-signing-config$/, 'GetFunctionCodeSigningConfig'],
];

/** IAM's name of the action; the gateway's own where it is none of the above. */
export function iamActionOf({ service, action }: CallRecord): string {
  if (service === 's3') return bucketAction(action) ?? action;
  if (service === 'lambda') return FUNCTION_PATHS.find(([pattern]) => pattern.test(action))?.[1] ?? action;
  return action;
}

function bucketAction(action: string): string | undefined {
  const [, method, what] = /^(GET|PUT) bucket ?(.*)$/.exec(action) ?? [];
  if (method === undefined || what === undefined) return action.startsWith('HEAD bucket') ? 'ListBucket' : undefined;
  return (method === 'GET' ? BUCKET_READS : BUCKET_WRITES)[what];
}

/** Where a policy speaks of log groups it names their streams too, and the other way round. */
export const iamRecord = (record: CallRecord): CallRecord => ({ ...record, action: iamActionOf(record) });

/** Anyone may ask who he is. */
export const needsPermission = ({ service }: CallRecord): boolean => service !== 'sts';
