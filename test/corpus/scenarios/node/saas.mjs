import { generateKeyPairSync } from 'node:crypto';
import Anthropic from '@anthropic-ai/sdk';
import { DefaultAzureCredential, EnvironmentCredential } from '@azure/identity';
import { AnonymousCredential, BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { Client as Elastic } from '@elastic/elasticsearch';
import { request as octokit } from '@octokit/request';
import sendgrid from '@sendgrid/mail';
import { WebClient } from '@slack/web-api';
import { JWT, OAuth2Client } from 'google-auth-library';
import OpenAI from 'openai';
import Stripe from 'stripe';
import twilio from 'twilio';
import { html, refused, silent, web } from './kit.mjs';

const place = (at) => {
  const u = new URL(at);
  return { protocol: 'http', host: u.hostname, port: u.port };
};
const stripe = async (a) =>
  new Stripe('sk_test_4290', { ...place(await web(a)), maxNetworkRetries: 0, telemetry: false }).paymentIntents.create({
    amount: 5030,
    currency: 'eur',
  });
const openai = async (a) =>
  new OpenAI({ apiKey: 'sk-x', baseURL: await web(a), maxRetries: 0 }).chat.completions.create({
    model: 'gpt-4o-mini',
    messages: [],
  });
const claude = async (a) =>
  new Anthropic({ apiKey: 'x', baseURL: await web(a), maxRetries: 0 }).messages.create({
    model: 'm',
    max_tokens: 1,
    messages: [],
  });
async function sms(a) {
  const { default: axios } = await import('axios');
  const at = await web(a);
  const client = twilio('AC00000000000000000000000000000401', 'x', {
    autoRetry: false,
    httpClient: {
      request: async (o) => {
        const r = await axios({ method: o.method, url: at, data: {}, validateStatus: () => true });
        return { statusCode: r.status, body: r.data };
      },
    },
  });
  return client.messages.create({ to: '+49150', from: '+4930', body: 'x' });
}
const mail = async (a) => {
  sendgrid.setApiKey('SG.x');
  sendgrid.client.setDefaultRequest('baseUrl', await web(a));
  return sendgrid.send({ to: 'a@example.com', from: 'b@example.com', subject: 's', text: 't' });
};
const slack = async (a) =>
  new WebClient('xoxb-1', {
    slackApiUrl: `${await web(a)}/`,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: { debug() {}, info() {}, warn() {}, error() {}, setLevel() {}, getLevel() {}, setName() {} },
  }).chat.postMessage({ channel: 'C503', text: 't' });
const github = async (a) =>
  octokit.defaults({ baseUrl: await web(a) })('POST /repos/{owner}/{repo}/issues', {
    owner: 'o',
    repo: 'r',
    title: 't',
  });
const blob = async (a, credential = new AnonymousCredential()) =>
  new BlobServiceClient(`${await web(a)}/account`, credential, { retryOptions: { maxTries: 1 } })
    .getContainerClient('orders')
    .getBlockBlobClient('in/429.json')
    .upload('{}', 2);
const azure = (status, code, text) => ({
  status,
  type: 'application/xml',
  headers: { 'x-ms-error-code': code, 'x-ms-request-id': '5b1c0000-401e-0050-3f00-8a4290000000' },
  body: `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${text}</Message></Error>`,
});
const elastic = async (a) =>
  new Elastic({ node: await web({ ...a, headers: { 'x-elastic-product': 'Elasticsearch' } }), maxRetries: 0 }).index({
    index: 'orders',
    document: { total: 'x' },
  });
const twilioError = (code, message, status) => ({
  status,
  body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
});
const stripeError = (status, error) => ({ status, body: { error } });
const unsigned = (at) => {
  const c = new OAuth2Client({ clientId: 'id', clientSecret: 's', endpoints: { oauth2TokenUrl: `${at}/token` } });
  c.setCredentials({ refresh_token: 'r' });
  return c;
};

export default [
  {
    name: 'stripe-card-declined',
    is: 'VALIDATION_ERROR',
    cause: 'The card in the message was declined.',
    wrap: 'status',
    accept: ['DEPENDENCY_FAILURE'],
    run: () =>
      stripe(
        stripeError(402, {
          type: 'card_error',
          code: 'card_declined',
          decline_code: 'insufficient_funds',
          message: 'Your card has insufficient funds.',
        }),
      ),
  },
  {
    name: 'stripe-key-expired',
    is: 'AUTH_FAILURE',
    cause: 'The API key had expired.',
    wrap: 'status inspect',
    run: () =>
      stripe(
        stripeError(401, {
          type: 'invalid_request_error',
          code: 'api_key_expired',
          message: 'Expired API Key provided: sk_test_*4290',
        }),
      ),
  },
  {
    name: 'stripe-rate-limit',
    is: 'THROTTLED',
    cause: 'Too many requests were sent.',
    wrap: 'typed pino',
    run: () =>
      stripe(
        stripeError(429, {
          type: 'invalid_request_error',
          code: 'rate_limit',
          message:
            'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.',
        }),
      ),
  },
  {
    name: 'stripe-lock-timeout',
    is: 'THROTTLED',
    accept: ['TIMEOUT', 'DEPENDENCY_FAILURE'],
    misleading: true,
    cause: 'Two requests wanted the same object, and the second was refused with status 429.',
    wrap: 'status',
    run: () =>
      stripe(
        stripeError(429, {
          type: 'invalid_request_error',
          code: 'lock_timeout',
          message:
            'This object cannot be accessed right now because another API request or Stripe process is currently accessing it.',
        }),
      ),
  },
  {
    name: 'stripe-amount-limit',
    is: 'VALIDATION_ERROR',
    misleading: true,
    cause: 'The amount in the message is under the limit.',
    wrap: 'message',
    run: () =>
      stripe(
        stripeError(400, {
          type: 'invalid_request_error',
          code: 'amount_too_small',
          param: 'amount',
          message: 'Amount must be at least 50 cents; the limit for this account is 500',
        }),
      ),
  },
  {
    name: 'stripe-no-token',
    is: 'VALIDATION_ERROR',
    misleading: true,
    cause: 'The payment token in the message does not exist.',
    wrap: 'status message',
    accept: ['AUTH_FAILURE'],
    run: () =>
      stripe(
        stripeError(400, {
          type: 'invalid_request_error',
          code: 'resource_missing',
          param: 'source',
          message: "No such token: 'tok_1Nv0FGQ9RKHgCVdK'",
        }),
      ),
  },
  {
    name: 'stripe-refused',
    is: 'DEPENDENCY_FAILURE',
    cause: 'No server listened on the port.',
    wrap: 'typed inspect',
    run: async () =>
      new Stripe('sk_test_1', {
        protocol: 'http',
        host: '127.0.0.1',
        port: await refused(),
        maxNetworkRetries: 1,
      }).charges.list(),
  },
  {
    name: 'stripe-silent',
    is: 'TIMEOUT',
    misleading: true,
    cause: 'The API never answered.',
    wrap: 'typed cause',
    run: async () =>
      new Stripe('sk_test_1', {
        protocol: 'http',
        host: '127.0.0.1',
        port: await silent(),
        maxNetworkRetries: 0,
        timeout: 503,
      }).charges.list(),
  },
  {
    name: 'stripe-html',
    is: 'DEPENDENCY_FAILURE',
    misleading: true,
    cause: 'The API answered HTML.',
    wrap: 'typed',
    run: () => stripe({ status: 200, ...html('Maintenance') }),
  },
  {
    name: 'openai-quota',
    is: 'THROTTLED',
    cause: 'The quota of the account was used up.',
    wrap: 'status message',
    accept: ['AUTH_FAILURE'],
    run: () =>
      openai({
        status: 429,
        body: {
          error: {
            message: 'You exceeded your current quota, please check your plan and billing details.',
            type: 'insufficient_quota',
            code: 'insufficient_quota',
          },
        },
      }),
  },
  {
    name: 'openai-context-length',
    is: 'VALIDATION_ERROR',
    misleading: true,
    cause: 'The text of the message has more tokens than the model takes.',
    wrap: 'message status',
    run: () =>
      openai({
        status: 400,
        body: {
          error: {
            message:
              "This model's maximum context length is 8192 tokens. However, your messages resulted in 10429 tokens. Please reduce the length of the messages.",
            type: 'invalid_request_error',
            code: 'context_length_exceeded',
          },
        },
      }),
  },
  {
    name: 'openai-key',
    is: 'AUTH_FAILURE',
    cause: 'The API key is not one.',
    wrap: 'message typed',
    run: () =>
      openai({
        status: 401,
        body: {
          error: {
            message:
              'Incorrect API key provided: sk-x. You can find your API key at https://platform.openai.com/account/api-keys.',
            type: 'invalid_request_error',
            code: 'invalid_api_key',
          },
        },
      }),
  },
  {
    name: 'openai-silent',
    is: 'TIMEOUT',
    cause: 'The API never answered.',
    wrap: { typed: {}, message: {} },
    run: async () =>
      new OpenAI({
        apiKey: 'k',
        baseURL: `http://127.0.0.1:${await silent()}`,
        maxRetries: 0,
        timeout: 400,
      }).models.list(),
  },
  {
    name: 'openai-connection',
    is: 'DEPENDENCY_FAILURE',
    cause: 'No server listened on the port.',
    wrap: 'inspect message',
    run: async () =>
      new OpenAI({ apiKey: 'k', baseURL: `http://127.0.0.1:${await refused()}`, maxRetries: 0 }).models.list(),
  },
  {
    name: 'openai-no-key',
    is: 'CODE_BUG',
    accept: ['AUTH_FAILURE'],
    misleading: true,
    cause: 'The consumer did not set the environment variable with the key.',
    wrap: 'typed',
    run: async () => new OpenAI({}).models.list(),
  },
  {
    name: 'claude-overloaded',
    is: 'DEPENDENCY_FAILURE',
    accept: ['THROTTLED'],
    cause: 'The API was overloaded.',
    wrap: 'message',
    run: () =>
      claude({ status: 529, body: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } } }),
  },
  {
    name: 'claude-rate',
    is: 'THROTTLED',
    misleading: true,
    cause: 'The account used more tokens in a minute than it may.',
    wrap: 'message',
    run: () =>
      claude({
        status: 429,
        body: {
          type: 'error',
          error: {
            type: 'rate_limit_error',
            message: 'This request would exceed your organization’s rate limit of 50,000 input tokens per minute.',
          },
        },
      }),
  },
  {
    name: 'twilio-auth',
    is: 'AUTH_FAILURE',
    cause: 'The account could not be authenticated.',
    wrap: 'status inspect',
    run: () => sms(twilioError(20003, 'Authenticate', 401)),
  },
  {
    name: 'twilio-number',
    is: 'VALIDATION_ERROR',
    cause: 'The telephone number in the message is not one.',
    wrap: 'message',
    run: () => sms(twilioError(21211, "The 'To' number +49150 is not a valid phone number.", 400)),
  },
  {
    name: 'twilio-queue-full',
    is: 'THROTTLED',
    cause: 'The upstream queue for the sender was full.',
    wrap: 'message',
    misleading: true,
    accept: ['DEPENDENCY_FAILURE', 'RESOURCE_EXHAUSTED'],
    run: () => sms(twilioError(21611, "This 'From' number has exceeded the maximum number of queued messages", 429)),
  },
  {
    name: 'sendgrid-forbidden',
    is: 'AUTH_FAILURE',
    cause: 'The sender of the mail was refused.',
    accept: ['VALIDATION_ERROR'],
    wrap: 'body typed',
    run: () =>
      mail({
        status: 403,
        body: { errors: [{ message: 'The from address does not match a verified Sender Identity.', field: 'from' }] },
      }),
  },
  {
    name: 'sendgrid-invalid',
    is: 'VALIDATION_ERROR',
    cause: 'The address in the message is not one.',
    wrap: 'body',
    run: () =>
      mail({
        status: 400,
        body: { errors: [{ message: 'Does not contain a valid address.', field: 'personalizations.0.to.0.email' }] },
      }),
  },
  {
    name: 'sendgrid-credits',
    is: 'THROTTLED',
    misleading: true,
    accept: ['AUTH_FAILURE'],
    cause: 'The credits of the account were used up; the API answered status 401.',
    wrap: 'body',
    run: () => mail({ status: 401, body: { errors: [{ message: 'Maximum credits exceeded', field: null }] } }),
  },
  {
    name: 'slack-token-revoked',
    is: 'AUTH_FAILURE',
    cause: 'The token was revoked; the API answered status 200.',
    wrap: 'typed code',
    run: () => slack({ body: { ok: false, error: 'token_revoked' } }),
  },
  {
    name: 'slack-rate-limited',
    is: 'THROTTLED',
    cause: 'Too many messages were sent to the channel.',
    wrap: 'typed message',
    run: () => slack({ status: 429, headers: { 'retry-after': '30' }, body: { ok: false, error: 'ratelimited' } }),
  },
  {
    name: 'slack-channel',
    is: 'VALIDATION_ERROR',
    accept: ['CODE_BUG'],
    cause: 'The channel that the message names does not exist.',
    wrap: 'typed',
    run: () => slack({ body: { ok: false, error: 'channel_not_found' } }),
  },
  {
    name: 'google-invalid-grant',
    is: 'AUTH_FAILURE',
    misleading: 'status',
    cause: 'The refresh token was revoked; the API answered status 400.',
    wrap: 'typed body',
    run: async () =>
      unsigned(
        await web({
          status: 400,
          body: { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' },
        }),
      ).getAccessToken(),
  },
  {
    name: 'google-token-html',
    is: 'DEPENDENCY_FAILURE',
    misleading: true,
    cause: 'The server of tokens was down behind its proxy.',
    wrap: 'typed',
    accept: ['AUTH_FAILURE'],
    run: async () => {
      const c = unsigned(await web({ status: 502, ...html('502 Bad Gateway') }));
      c.transporter.defaults = { retry: false };
      return c.getAccessToken();
    },
  },
  {
    name: 'google-private-key',
    is: 'CODE_BUG',
    accept: ['AUTH_FAILURE'],
    misleading: true,
    cause: 'The private key in the own configuration has lost its line ends.',
    wrap: 'typed',
    run: async () =>
      new JWT({
        email: 'a@p.iam.gserviceaccount.com',
        key: '-----BEGIN PRIVATE KEY-----\\nMIIE\\n-----END PRIVATE KEY-----',
        scopes: ['x'],
      }).authorize(),
  },
  {
    name: 'google-clock-skew',
    is: 'AUTH_FAILURE',
    misleading: true,
    cause: 'The assertion was refused since its time was wrong.',
    wrap: 'message',
    run: async () => {
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const at = await web({
        status: 400,
        body: {
          error: 'invalid_grant',
          error_description:
            'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.',
        },
      });
      const c = new JWT({ email: 'a@p', key: privateKey.export({ type: 'pkcs8', format: 'pem' }), scopes: ['x'] });
      const { default: axios } = await import('axios');
      await axios.post(`${at}/token`).catch((e) => {
        throw new Error(`${e.response.data.error}: ${e.response.data.error_description}`);
      });
      return c;
    },
  },
  {
    name: 'github-secondary-limit',
    is: 'THROTTLED',
    misleading: true,
    cause: 'The API refused too many requests with status 403.',
    wrap: 'status message',
    run: () =>
      github({
        status: 403,
        headers: { 'retry-after': '60' },
        body: {
          message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
          documentation_url: 'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api',
        },
      }),
  },
  {
    name: 'github-bad-credentials',
    is: 'AUTH_FAILURE',
    cause: 'The token is not one.',
    wrap: 'status message',
    run: () =>
      github({ status: 401, body: { message: 'Bad credentials', documentation_url: 'https://docs.github.com/rest' } }),
  },
  {
    name: 'github-unprocessable',
    is: 'VALIDATION_ERROR',
    cause: 'The API refused a field.',
    wrap: 'message',
    run: () =>
      github({
        status: 422,
        body: { message: 'Validation Failed', errors: [{ resource: 'Issue', field: 'title', code: 'missing_field' }] },
      }),
  },
  {
    name: 'azure-authorization',
    is: 'AUTH_FAILURE',
    cause: 'The storage refused the caller.',
    wrap: 'status code',
    run: () =>
      blob(
        azure(
          403,
          'AuthenticationFailed',
          'Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.',
        ),
        new StorageSharedKeyCredential('account', 'a2V5'),
      ),
  },
  {
    name: 'azure-busy',
    is: 'THROTTLED',
    misleading: true,
    cause: 'The storage had too many requests; it answered status 503.',
    wrap: 'status message',
    run: () => blob(azure(503, 'ServerBusy', 'Ingress is over the account limit.')),
  },
  {
    name: 'azure-operation-timed-out',
    is: 'TIMEOUT',
    misleading: true,
    cause: 'The storage did not carry out the operation in time; it answered status 500.',
    wrap: 'status',
    run: () => blob(azure(500, 'OperationTimedOut', 'Operation could not be completed within the specified time.')),
  },
  {
    name: 'azure-conflict',
    is: 'VALIDATION_ERROR',
    cause: 'The blob of the message exists already.',
    wrap: 'status',
    run: () => blob(azure(409, 'BlobAlreadyExists', 'The specified blob already exists.')),
  },
  {
    name: 'azure-no-credential',
    is: 'AUTH_FAILURE',
    accept: ['CODE_BUG'],
    cause: 'The consumer had no credentials at all.',
    wrap: 'typed message',
    run: () => new EnvironmentCredential().getToken('https://storage.azure.com/.default'),
  },
  {
    name: 'elastic-mapping',
    is: 'VALIDATION_ERROR',
    misleading: true,
    cause: 'A field of the document has the wrong type.',
    wrap: 'status',
    run: () =>
      elastic({
        status: 400,
        body: {
          error: {
            root_cause: [
              {
                type: 'document_parsing_exception',
                reason: "[1:10] failed to parse field [total] of type [double] in document with id '429'",
              },
            ],
            type: 'document_parsing_exception',
            reason:
              "[1:10] failed to parse field [total] of type [double] in document with id '429'. Preview of field's value: 'x'",
            caused_by: { type: 'number_format_exception', reason: 'For input string: "x"' },
          },
          status: 400,
        },
      }),
  },
  {
    name: 'elastic-rejected',
    is: 'THROTTLED',
    misleading: true,
    cause: 'The queue of the server was full.',
    wrap: 'message status',
    accept: ['DEPENDENCY_FAILURE'],
    run: () =>
      elastic({
        status: 429,
        body: {
          error: {
            type: 'es_rejected_execution_exception',
            reason:
              'rejected execution of coordinating operation [coordinating_and_primary_bytes=503, max_coordinating_and_primary_bytes=53687091]',
          },
          status: 429,
        },
      }),
  },
  {
    name: 'elastic-circuit-breaking',
    is: 'THROTTLED',
    accept: ['DEPENDENCY_FAILURE', 'RESOURCE_EXHAUSTED'],
    misleading: true,
    cause: 'The server had too little memory for the request and answered status 429.',
    wrap: 'message',
    run: () =>
      elastic({
        status: 429,
        body: {
          error: {
            type: 'circuit_breaking_exception',
            reason:
              '[parent] Data too large, data for [<http_request>] would be [1031843840/984mb], which is larger than the limit of [1020054732/972.7mb]',
          },
          status: 429,
        },
      }),
  },
  {
    name: 'elastic-auth',
    is: 'AUTH_FAILURE',
    cause: 'The user could not be authenticated.',
    wrap: 'status',
    run: () =>
      elastic({
        status: 401,
        body: {
          error: {
            type: 'security_exception',
            reason: 'unable to authenticate user [orders] for REST request [/orders/_doc]',
          },
          status: 401,
        },
      }),
  },
  {
    name: 'elastic-refused',
    is: 'DEPENDENCY_FAILURE',
    cause: 'No server listened on the port.',
    wrap: 'typed',
    run: async () => new Elastic({ node: `http://127.0.0.1:${await refused()}`, maxRetries: 2 }).info(),
  },
  // limits of further services, as a consumer without an SDK meets them
  ...[
    [
      'google-rate-limit',
      403,
      {
        error: {
          code: 403,
          message: 'Rate Limit Exceeded',
          errors: [{ domain: 'usageLimits', reason: 'rateLimitExceeded' }],
        },
      },
      true,
    ],
    [
      'google-quota',
      403,
      {
        error: {
          code: 403,
          message:
            "Quota exceeded for quota metric 'Queries' and limit 'Queries per day' of service 'sheets.googleapis.com'",
          status: 'PERMISSION_DENIED',
        },
      },
      true,
    ],
    [
      'salesforce-request-limit',
      403,
      [{ message: 'TotalRequests Limit exceeded.', errorCode: 'REQUEST_LIMIT_EXCEEDED' }],
      true,
    ],
    ['shopify-throttled', 200, { errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }] }, true],
    [
      'auth0-too-many',
      429,
      {
        statusCode: 429,
        error: 'too_many_requests',
        error_description: 'Global limit for token requests has been reached',
        errorCode: 'too_many_requests',
      },
      true,
    ],
    [
      'okta-rate',
      429,
      { errorCode: 'E0000047', errorSummary: 'API call exceeded rate limit due to too many requests.' },
      false,
    ],
    [
      'graph-throttled',
      503,
      {
        error: {
          code: 'serviceNotAvailable',
          message: 'The service is temporarily throttled: ApplicationThrottled, retry after 120 seconds',
        },
      },
      true,
    ],
    ['twilio-too-many', 429, { code: 20429, message: 'Too Many Requests', status: 429 }, false],
    [
      'partner-daily-limit',
      400,
      { code: 'LIMIT_REACHED', message: 'daily limit of 5000 requests reached, resets at 00:00 UTC' },
      true,
    ],
    [
      'cosmos-ru',
      429,
      {
        code: 'TooManyRequests',
        message:
          'Request rate is large. More Request Units may be needed, so no changes were made. Please retry this request later.',
      },
      false,
    ],
  ].map(([name, status, body, misleading]) => ({
    name,
    is: 'THROTTLED',
    misleading,
    cause: `The service refused too many requests with status ${status}.`,
    wrap: misleading ? 'status' : 'status typed',
    run: async () => {
      const { default: axios } = await import('axios');
      const r = await axios.post(await web({ status, body }), {}, { validateStatus: () => true });
      throw Object.assign(new Error(`call of partner API failed: ${r.status} ${JSON.stringify(r.data)}`), {
        response: r,
      });
    },
  })),
  {
    name: 'cloudflare-1015',
    is: 'THROTTLED',
    misleading: true,
    cause: 'The proxy before the service refused too many requests with a page.',
    wrap: 'message status',
    run: async () => {
      const r = await fetch(
        await web({
          status: 429,
          ...html(
            'Access denied | partner.example used Cloudflare to restrict access',
            'Error 1015 You are being rate limited. The owner of this website has banned you temporarily from accessing this website.',
          ),
        }),
      );
      throw Object.assign(new Error(`catalog import: HTTP ${r.status} ${await r.text()}`), { status: r.status });
    },
  },
];
