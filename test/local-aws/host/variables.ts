// The variables that Lambda itself sets, besides those of the function's configuration. Nothing of the developer's own
// environment reaches a function.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
import type { FunctionSpec } from './function-spec.ts';

export function lambdaVariables(
  spec: FunctionSpec,
  region: string,
  local: { readonly endpoint: string; readonly trusted: () => string | undefined },
  logStream: string,
): Record<string, string> {
  const trusted = local.trusted();
  return {
    _HANDLER: spec.handler,
    AWS_DEFAULT_REGION: region,
    AWS_REGION: region,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x',
    AWS_LAMBDA_FUNCTION_NAME: spec.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memoryMb),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: spec.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    ...(spec.logFormat === 'JSON' ? { AWS_LAMBDA_LOG_FORMAT: 'JSON' } : {}),
    LAMBDA_TASK_ROOT: spec.directory,
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
    // In place of the role's temporary credentials. The key id tells the gateway who calls.
    AWS_ACCESS_KEY_ID: spec.name,
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    // The differences from AWS: where AWS is, and who vouches for its caches (Amazon's own authority, which Node knows).
    AWS_ENDPOINT_URL: local.endpoint,
    ...(trusted === undefined ? {} : { NODE_EXTRA_CA_CERTS: trusted }),
  };
}
