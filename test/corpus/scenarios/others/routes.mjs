// What the HTTP server of targets.mjs answers: every path fails in its own way.
export const json =
  (status, body, headers = {}) =>
  (request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
const html = (status, title) => (request, response) => {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' });
  response.end(
    `<!DOCTYPE html>\n<html><head><title>${title}</title></head>\n<body><center><h1>${title}</h1></center><hr><center>nginx</center></body></html>\n`,
  );
};
const xml =
  (status, code, message, extra = '') =>
  (request, response) => {
    response.writeHead(status, { 'content-type': 'application/xml', 'x-amz-request-id': '8F2503D429401C11' });
    response.end(
      `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message>${extra}<RequestId>8F2503D429401C11</RequestId></Error>`,
    );
  };
const query = (status, code, message) => (request, response) => {
  response.writeHead(status, {
    'content-type': 'text/xml',
    'x-amzn-requestid': '503c1f0a-4290-5c4e-9d6a-2b8f4d3e0429',
  });
  response.end(
    `<?xml version="1.0"?><ErrorResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message><Detail/></Error><RequestId>503c1f0a-4290-5c4e-9d6a-2b8f4d3e0429</RequestId></ErrorResponse>`,
  );
};
const awsJson = (status, type, message) => (request, response) => {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': '504D1F0A429' });
  response.end(JSON.stringify({ __type: type, message }));
};
export const routes = {
  ok: json(200, { status: 'ok' }),
  html200: html(200, 'Scheduled maintenance'),
  html502: html(502, '502 Bad Gateway'),
  html503: html(503, '503 Service Temporarily Unavailable'),
  html504: html(504, '504 Gateway Time-out'),
  html403: html(403, '403 Forbidden'),
  text500: (request, response) =>
    response.writeHead(500, { 'content-type': 'text/plain' }).end('Internal Server Error'),
  empty200: (request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(),
  halfjson: json(200, '{"orderId": 4290, "lines": [{"sku": "A-401", "qu'),
  text200: (request, response) =>
    response
      .writeHead(200, { 'content-type': 'text/plain' })
      .end('upstream connect error or disconnect/reset before headers'),
  cut: (request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '4290' });
    response.write('{"orderId": 503, "lines": [');
    setTimeout(() => response.destroy(), 50);
  },
  slow: () => {},
  slowbody: (request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '4290' });
    response.write('{"orderId": 401, ');
  },
  reset: (request) => request.socket.resetAndDestroy(),
  hangup: (request) => request.socket.destroy(),
  loop: (request, response) => response.writeHead(302, { location: '/loop' }).end(),
  unauthorized: json(
    401,
    { error: 'invalid_token', error_description: 'The access token expired' },
    { 'www-authenticate': 'Bearer error="invalid_token", error_description="The access token expired"' },
  ),
  forbidden: json(403, { code: 'insufficient_scope', message: 'Token lacks scope orders:write' }),
  apikey400: json(400, {
    error: { code: 'api_key_invalid', message: 'API key not valid. Please pass a valid API key.' },
  }),
  grant400: json(400, { error: 'invalid_grant', error_description: 'Refresh token has been revoked' }),
  client401: json(401, { error: 'invalid_client', error_description: 'Client authentication failed' }),
  limit429: json(429, { message: 'Too Many Requests', limit: 100, retry_after: 30 }, { 'retry-after': '30' }),
  limit403: json(403, {
    message:
      'API rate limit exceeded for 203.0.113.9. (But here is the good news: authenticated requests get a higher rate limit.)',
  }),
  quota403: json(403, {
    error: {
      code: 403,
      status: 'RESOURCE_EXHAUSTED',
      errors: [{ reason: 'userRateLimitExceeded', message: 'User Rate Limit Exceeded' }],
    },
  }),
  throttle503: json(
    503,
    { code: 'ServerBusy', message: 'Request rate is large. Please reduce your request rate.' },
    { 'retry-after': '5' },
  ),
  throttle500: json(500, {
    error: 'too_many_requests',
    message: 'Upstream answered 429: request quota of 100 per minute used up',
  }),
  invalid422: json(422, {
    message: 'The given data was invalid.',
    errors: { timeout: ['The timeout must be between 1 and 30.'], email: ['The email must be a valid email address.'] },
  }),
  invalid400: json(400, {
    code: 'INVALID_PARAMETER',
    message: 'limit must be less than or equal to 100',
    parameter: 'limit',
  }),
  token422: json(422, {
    code: 'invalid_field',
    field: 'discount_token',
    message: 'discount_token does not match pattern ^[A-Z]{4}-[0-9]{4}$',
  }),
  conflict409: json(409, { code: 'ALREADY_SHIPPED', message: 'Order 8812 has already been shipped' }),
  missing404: json(404, { code: 'ORDER_NOT_FOUND', message: 'No order 8812' }),
  method405: json(405, { message: 'Method Not Allowed' }, { allow: 'POST' }),
  large413: json(413, { message: 'Request body of 6291556 bytes exceeds the maximum of 1048576 bytes' }),
  inner500validation: json(500, {
    error: 'Internal Server Error',
    cause: { type: 'ValidationError', message: '"quantity" must be a positive number' },
  }),
  inner500auth: json(500, {
    error: 'order-service failed',
    cause: 'upstream returned 401 Unauthorized: signature expired',
  }),
  oom500: json(500, { error: 'java.lang.OutOfMemoryError: Java heap space', path: '/v1/orders' }),
  error500: json(500, {
    timestamp: '2024-05-03T04:29:00Z',
    status: 500,
    error: 'Internal Server Error',
    path: '/v1/orders/429',
  }),
  error500empty: (request, response) => response.writeHead(500).end(),
  breaker503: json(503, { message: 'circuit breaker is open for backend inventory' }),
  timeout504: json(504, { message: 'Endpoint request timed out' }),
  timeout408: json(408, { message: 'Request Timeout' }),
  s3slowdown: xml(503, 'SlowDown', 'Please reduce your request rate.'),
  s3expired: xml(400, 'ExpiredToken', 'The provided token has expired.', '<Token-0>REDACTED</Token-0>'),
  s3denied: xml(403, 'AccessDenied', 'Access Denied'),
  s3signature: xml(
    403,
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  ),
  s3skew: xml(
    403,
    'RequestTimeTooSkewed',
    'The difference between the request time and the current time is too large.',
  ),
  s3nokey: xml(404, 'NoSuchKey', 'The specified key does not exist.', '<Key>orders/8812.json</Key>'),
  s3nobucket: xml(
    404,
    'NoSuchBucket',
    'The specified bucket does not exist',
    '<BucketName>shop-orders-prod</BucketName>',
  ),
  s3internal: xml(500, 'InternalError', 'We encountered an internal error. Please try again.'),
  s3timeout: xml(
    400,
    'RequestTimeout',
    'Your socket connection to the server was not read from or written to within the timeout period.',
  ),
  s3large: xml(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size'),
  sqsthrottle: query(403, 'RequestThrottled', 'Request is throttled.'),
  sqsdenied: query(
    403,
    'AccessDenied',
    'Access to the resource https://sqs.eu-central-1.amazonaws.com/123456789012/orders is denied.',
  ),
  sqstoken: query(403, 'InvalidClientTokenId', 'The security token included in the request is invalid.'),
  sqsexpired: query(403, 'ExpiredToken', 'The security token included in the request is expired'),
  sqsnoqueue: query(
    400,
    'AWS.SimpleQueueService.NonExistentQueue',
    'The specified queue does not exist for this wsdl version.',
  ),
  sqsparameter: query(
    400,
    'InvalidParameterValue',
    'Value 43201 for parameter VisibilityTimeout is invalid. Reason: VisibilityTimeout must be an integer between 0 and 43200.',
  ),
  sqslong: query(
    400,
    'InvalidParameterValue',
    'One or more parameters are invalid. Reason: Message must be shorter than 262144 bytes.',
  ),
  ddbthroughput: awsJson(
    400,
    'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
    'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.',
  ),
  ddbcondition: awsJson(
    400,
    'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
    'The conditional request failed',
  ),
  ddbsize: awsJson(
    400,
    'com.amazon.coral.validate#ValidationException',
    'Item size has exceeded the maximum allowed size',
  ),
  ddbunits: awsJson(
    400,
    'com.amazon.coral.validate#ValidationException',
    "1 validation error detected: Value '0' at 'provisionedThroughput.readCapacityUnits' failed to satisfy constraint: Member must have value greater than or equal to 1",
  ),
  ddbtoken: awsJson(
    400,
    'com.amazon.coral.service#UnrecognizedClientException',
    'The security token included in the request is invalid.',
  ),
  ddbtable: awsJson(400, 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException', 'Requested resource not found'),
  ddbinternal: awsJson(500, 'com.amazonaws.dynamodb.v20120810#InternalServerError', 'Internal server error'),
  kmslimit: awsJson(400, 'ThrottlingException', 'Rate exceeded'),
  kmsdisabled: awsJson(
    400,
    'KMSInvalidStateException',
    'arn:aws:kms:eu-central-1:123456789012:key/4290 is pending deletion.',
  ),
  kmscipher: awsJson(400, 'InvalidCiphertextException', ''),
  kmsdenied: awsJson(
    400,
    'AccessDeniedException',
    'User: arn:aws:sts::123456789012:assumed-role/shop-consumer/orders is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-central-1:123456789012:key/4290 because no identity-based policy allows the kms:Decrypt action',
  ),
};
