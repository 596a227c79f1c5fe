import { callOf } from './calls.ts';

/** An error of AWS, or of the way to it, in words that say what to do; undefined where it is none. */
export function awsComplaint(error: unknown): string | undefined {
  for (let one: unknown = error, depth = 0; one instanceof Error && depth < 8; one = one.cause, depth++) {
    const told = complaintOf(one);
    if (told !== undefined) return told;
  }
  return undefined;
}

const EXPIRED =
  /^(ExpiredToken|ExpiredTokenException|RequestExpired|TokenRefreshRequired|UnauthorizedSSOTokenError|SSOTokenProviderFailure)$/;
const WRONG_KEY =
  /^(InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId|InvalidSignatureException|SignatureDoesNotMatch|IncompleteSignature|MissingAuthenticationToken)$/;
const DENIED =
  /^(AccessDenied|AccessDeniedException|AuthorizationError|AuthorizationErrorException|UnauthorizedOperation|KMS\.AccessDeniedException|KmsAccessDenied|InvalidSecurity|AuthFailure)$/;
const NO_QUEUE = /^(QueueDoesNotExist|AWS\.SimpleQueueService\.NonExistentQueue)$/;
const NETWORK = new Set(['ENOTFOUND', 'ECONNREFUSED', 'ECONNRESET', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH']);

function complaintOf(error: Error): string | undefined {
  const { name, message } = error;
  const call = callOf(error);
  if (name === 'CredentialsProviderError' || /Could not load credentials/.test(message)) return noCredentials(message);
  if (EXPIRED.test(name) || /token.{0,40}(expired|invalid)/i.test(message))
    return 'the AWS session has expired: sign in again (aws sso login, or whatever gave you the credentials), then run the command again';
  if (/^Region is missing/.test(message))
    return 'no AWS region is set: pass --region, or set AWS_REGION, or a region in the profile';
  if (WRONG_KEY.test(name))
    return `AWS does not know these credentials (${name}): look at AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or choose another --profile`;
  if (DENIED.test(name)) return denied(message, call?.action, call?.resource);
  if (NO_QUEUE.test(name))
    return `there is no queue ${call?.resource ?? ''}: look at the URL, the region (--region) and the account (--profile)`;
  const { code, hostname } = error as NodeJS.ErrnoException & { hostname?: string };
  if (code !== undefined && NETWORK.has(code))
    return `AWS cannot be reached (${code}${hostname === undefined ? '' : ` ${hostname}`}): look at the network, the proxy and the region`;
  if (call !== undefined) return `${call.action} failed${on(call.resource)}: ${name}: ${message}`;
  return undefined;
}

function noCredentials(message: string): string {
  if (/expired|sso/i.test(message))
    return `the AWS session cannot be used (${message}): sign in again with aws sso login, then run the command again`;
  return 'no AWS credentials were found: sign in (aws sso login, aws configure), choose a profile with --profile or AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';
}

/** AWS says who may not do what on what, mostly; where it does not, the call itself tells. */
function denied(message: string, action: string | undefined, resource: string | undefined): string {
  const who = /User: (\S+)/.exec(message)?.[1];
  const what = /perform: ([\w-]+:\w+)/.exec(message)?.[1] ?? action ?? 'the call';
  const where = /on resource: (\S+)/.exec(message)?.[1] ?? resource;
  const why = /explicit deny/.test(message) ? ' (a policy denies it explicitly)' : '';
  return `${who ?? 'the caller'} may not ${what}${on(where)}${why}: ask for that permission (docs/cli.md has the operator’s policy)`;
}

const on = (resource: string | undefined) => (resource === undefined ? '' : ` on ${resource}`);
