import { BedrockRuntimeClient, InvokeModelCommand } from '@aws-sdk/client-bedrock-runtime';
import { DynamoDBClient, PutItemCommand, QueryCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { KinesisClient, PutRecordCommand } from '@aws-sdk/client-kinesis';
import { DecryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESClient, SendEmailCommand } from '@aws-sdk/client-ses';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { DeleteMessageCommand, SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { fromIni, fromTokenFile } from '@aws-sdk/credential-providers';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { file, html, refused, silent, web } from './kit.mjs';

const keys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
const base = { region: 'eu-central-1', credentials: keys, maxAttempts: 1 };
const at = (endpoint, more) => ({ ...base, endpoint, ...more });
const account = '123456789012';
const role = `arn:aws:sts::${account}:assumed-role/order-consumer/order-consumer`;
const queue = (name) => `https://sqs.eu-central-1.amazonaws.com/${account}/${name}`;

// error answers of the four protocols
const json = (type, message, status = 400, more = {}) => ({
  status,
  type: 'application/x-amz-json-1.0',
  headers: { 'x-amzn-requestid': 'b2c1f0de-4290-4401-8503-9f2d0c6b7a11', ...more },
  body: { __type: type, message },
});
const sqs = (code, type, message, status = 400) =>
  json(`com.amazonaws.sqs#${type}`, message, status, { 'x-amzn-query-error': `${code};Sender` });
const query = (code, message, status = 400) => ({
  status,
  type: 'text/xml',
  body: `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>7d5dcf4d-0503-5c36-8429-921a1e5a0d1a</RequestId></ErrorResponse>`,
});
const s3xml = (code, message, status, more = '') => ({
  status,
  type: 'application/xml',
  body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message>${more}<RequestId>4442587FB7D0A2F9</RequestId><HostId>example</HostId></Error>`,
});
const rest = (type, message, status) => ({
  status,
  headers: { 'x-amzn-errortype': `${type}:http://internal.amazon.com/coral/com.amazonaws.lambda/` },
  body: { Type: 'User', message, Message: message },
});

// one call of each service against an answer
const s3 = async (a, more) => new S3Client(at(await web(a), { forcePathStyle: true, ...more }));
const getObject = async (a) =>
  (await s3(a)).send(new GetObjectCommand({ Bucket: 'order-documents', Key: 'in/503.json' }));
const putObject = async (a) =>
  (await s3(a)).send(new PutObjectCommand({ Bucket: 'order-documents', Key: 'out/429.json', Body: '{}' }));
const send = async (a, body = '{}') =>
  new SQSClient(at(await web(a))).send(new SendMessageCommand({ QueueUrl: queue('orders-out'), MessageBody: body }));
const put = async (a, item = { id: { S: '1' } }) =>
  new DynamoDBClient(at(await web(a))).send(new PutItemCommand({ TableName: 'orders', Item: item }));
const publish = async (a) =>
  new SNSClient(at(await web(a))).send(
    new PublishCommand({ TopicArn: `arn:aws:sns:eu-central-1:${account}:orders`, Message: 'x' }),
  );
const invoke = async (a) =>
  new LambdaClient(at(await web(a))).send(new InvokeCommand({ FunctionName: 'price-engine', Payload: '{}' }));
const assume = async (a) =>
  new STSClient(at(await web(a))).send(
    new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${account}:role/partner`, RoleSessionName: 's' }),
  );
const decrypt = async (a) =>
  new KMSClient(at(await web(a))).send(new DecryptCommand({ CiphertextBlob: Buffer.from('x') }));
const secret = async (a) =>
  new SecretsManagerClient(at(await web(a))).send(new GetSecretValueCommand({ SecretId: 'prod/db' }));
const parameter = async (a) =>
  new SSMClient(at(await web(a))).send(new GetParameterCommand({ Name: '/orders/api-token' }));
const record = async (a) =>
  new KinesisClient(at(await web(a), { requestHandler: undefined })).send(
    new PutRecordCommand({ StreamName: 'audit', PartitionKey: '1', Data: Buffer.from('x') }),
  );

export default [
  {
    name: 'sqs-access-denied',
    is: 'AUTH_FAILURE',
    cause: 'The role may not send to the queue.',
    wrap: 'aws message',
    run: () =>
      send(
        sqs(
          'AccessDenied',
          'AccessDeniedException',
          `User: ${role} is not authorized to perform: sqs:sendmessage on resource: arn:aws:sqs:eu-central-1:${account}:orders-out because no resource-based policy allows the sqs:sendmessage action`,
          403,
        ),
      ),
  },
  {
    name: 'sqs-no-queue',
    is: 'CODE_BUG',
    accept: ['VALIDATION_ERROR'],
    cause: 'The queue of the own configuration does not exist.',
    wrap: 'aws',
    run: () =>
      send(sqs('AWS.SimpleQueueService.NonExistentQueue', 'QueueDoesNotExist', 'The specified queue does not exist.')),
  },
  {
    name: 'sqs-too-long',
    is: 'VALIDATION_ERROR',
    cause: 'The message that would be sent on is larger than the service takes.',
    wrap: 'aws order',
    run: () =>
      send(
        sqs(
          'InvalidParameterValue',
          'InvalidParameterValueException',
          'One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.',
        ),
      ),
  },
  {
    name: 'sqs-batch-too-long',
    is: 'VALIDATION_ERROR',
    cause: 'The batch that would be sent on is larger than the service takes.',
    wrap: 'aws',
    run: async () =>
      new SQSClient(
        at(
          await web(
            sqs(
              'AWS.SimpleQueueService.BatchRequestTooLong',
              'BatchRequestTooLong',
              'Batch requests cannot be longer than 1048576 bytes. You have sent 1048991 bytes.',
            ),
          ),
        ),
      ).send(new SendMessageBatchCommand({ QueueUrl: queue('x'), Entries: [{ Id: '1', MessageBody: 'x' }] })),
  },
  {
    name: 'sqs-visibility-range',
    is: 'VALIDATION_ERROR',
    misleading: true,
    cause: 'A visibility timeout out of its range was taken from the message.',
    wrap: 'message aws',
    run: () =>
      send(
        sqs(
          'InvalidParameterValue',
          'InvalidParameterValueException',
          'Value 50400 for parameter VisibilityTimeout is invalid. Reason: VisibilityTimeout must be an integer between 0 and 43200.',
        ),
      ),
  },
  {
    name: 'sqs-receipt-handle-expired',
    is: 'VALIDATION_ERROR',
    accept: ['TIMEOUT', 'CODE_BUG', 'AUTH_FAILURE'],
    misleading: true,
    cause: 'The message was deleted with a receipt handle that had expired.',
    wrap: 'aws',
    run: async () =>
      new SQSClient(
        at(
          await web(
            sqs(
              'InvalidParameterValue',
              'InvalidParameterValueException',
              'Value AQEBx for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.',
            ),
          ),
        ),
      ).send(new DeleteMessageCommand({ QueueUrl: queue('orders'), ReceiptHandle: 'AQEBx' })),
  },
  {
    name: 'sqs-throttled',
    is: 'THROTTLED',
    misleading: 'status',
    cause: 'The service throttled the sender with status 403.',
    wrap: 'aws verror',
    run: () => send(sqs('RequestThrottled', 'RequestThrottled', 'Request is throttled.', 403)),
  },
  {
    name: 'sqs-expired-token',
    is: 'AUTH_FAILURE',
    misleading: 'status',
    cause: 'The credentials of the sender had expired; the service answered status 400.',
    wrap: 'aws cause',
    run: () =>
      send(
        json(
          'com.amazon.coral.service#ExpiredTokenException',
          'The security token included in the request is expired',
          400,
        ),
      ),
  },
  {
    name: 'sqs-html',
    is: 'DEPENDENCY_FAILURE',
    misleading: true,
    cause: 'A proxy answered HTML in the place of the service.',
    wrap: 'typed aws',
    run: () => send({ status: 200, ...html('Proxy notice', 'Access policy') }),
  },
  {
    name: 'sqs-503-html',
    is: 'DEPENDENCY_FAILURE',
    cause: 'The service answered a 503 page.',
    wrap: 'aws',
    run: () => send({ status: 503, ...html('503 Service Unavailable') }),
  },
  {
    name: 'dynamo-throughput',
    is: 'THROTTLED',
    misleading: 'status',
    cause: 'The table had no capacity left; the service answered status 400.',
    wrap: 'aws typed message',
    run: () =>
      put(
        json(
          'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
          'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.',
        ),
      ),
  },
  {
    name: 'dynamo-request-limit',
    is: 'THROTTLED',
    cause: 'The account had too many requests for the table.',
    wrap: 'aws',
    run: () =>
      put(
        json(
          'com.amazonaws.dynamodb.v20120810#RequestLimitExceeded',
          'Throughput exceeds the current throughput limit for your account. Please contact AWS Support at https://aws.amazon.com/support request a limit increase',
        ),
      ),
  },
  {
    name: 'dynamo-throttling',
    is: 'THROTTLED',
    misleading: 'status',
    cause: 'The service throttled the table; the answer had status 400.',
    wrap: 'message nested',
    run: () =>
      put(
        json(
          'com.amazonaws.dynamodb.v20120810#ThrottlingException',
          'Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly.',
        ),
      ),
  },
  {
    name: 'dynamo-validation-throughput',
    is: 'VALIDATION_ERROR',
    misleading: true,
    cause: 'A capacity out of its range was taken from the message.',
    wrap: 'aws message',
    run: () =>
      put(
        json(
          'com.amazon.coral.validate#ValidationException',
          "1 validation error detected: Value '0' at 'provisionedThroughput.readCapacityUnits' failed to satisfy constraint: Member must have value greater than or equal to 1",
        ),
      ),
  },
  {
    name: 'dynamo-item-size',
    is: 'VALIDATION_ERROR',
    cause: 'The item is larger than the table takes.',
    wrap: 'aws order',
    run: () =>
      put(json('com.amazon.coral.validate#ValidationException', 'Item size has exceeded the maximum allowed size')),
  },
  {
    name: 'dynamo-condition',
    is: 'VALIDATION_ERROR',
    cause: 'The order was stored already, and the consumer stores it only once.',
    wrap: 'aws typed',
    run: () =>
      put(json('com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException', 'The conditional request failed')),
  },
  {
    name: 'dynamo-transaction-throttled',
    is: 'THROTTLED',
    misleading: true,
    cause: 'A transaction was cancelled since one of its items was throttled.',
    wrap: 'aws inspect',
    run: async () =>
      new DynamoDBClient(
        at(
          await web({
            status: 400,
            type: 'application/x-amz-json-1.0',
            body: {
              __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
              Message:
                'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ThrottlingError]',
              CancellationReasons: [
                { Code: 'None' },
                { Code: 'ThrottlingError', Message: 'Throughput exceeds the current capacity of your table or index.' },
              ],
            },
          }),
        ),
      ).send(new TransactWriteItemsCommand({ TransactItems: [] })),
  },
  {
    name: 'dynamo-no-table',
    is: 'CODE_BUG',
    accept: ['VALIDATION_ERROR'],
    cause: 'The table of the own configuration does not exist.',
    wrap: 'aws',
    run: () => put(json('com.amazonaws.dynamodb.v20120810#ResourceNotFoundException', 'Requested resource not found')),
  },
  {
    name: 'dynamo-unrecognized-client',
    is: 'AUTH_FAILURE',
    misleading: 'status',
    cause: 'The access key does not exist; the service answered status 400.',
    wrap: 'aws invoke',
    run: () =>
      put(
        json(
          'com.amazon.coral.service#UnrecognizedClientException',
          'The security token included in the request is invalid.',
        ),
      ),
  },
  {
    name: 'dynamo-internal',
    is: 'DEPENDENCY_FAILURE',
    cause: 'The service answered an internal error.',
    wrap: 'aws',
    run: () =>
      put(
        json(
          'com.amazonaws.dynamodb.v20120810#InternalServerError',
          'The request processing has failed because of an unknown error, exception or failure.',
          500,
        ),
      ),
  },
  {
    name: 'dynamo-query-syntax',
    is: 'CODE_BUG',
    accept: ['VALIDATION_ERROR'],
    misleading: true,
    cause: 'The query that the consumer builds has a syntax error.',
    wrap: 'aws',
    run: async () =>
      new DynamoDBClient(
        at(
          await web(
            json(
              'com.amazon.coral.validate#ValidationException',
              'Invalid KeyConditionExpression: Syntax error; token: "AND", near: "AND AND created"',
            ),
          ),
        ),
      ).send(new QueryCommand({ TableName: 'orders', KeyConditionExpression: 'id = :id AND AND created > :c' })),
  },
  {
    name: 'dynamo-class-instance',
    is: 'CODE_BUG',
    accept: ['VALIDATION_ERROR'],
    cause: 'The consumer put an item with an object that the client cannot convert.',
    wrap: 'typed',
    run: () =>
      DynamoDBDocumentClient.from(new DynamoDBClient(base)).send(
        new PutCommand({ TableName: 'orders', Item: { id: 1, when: new Date() } }),
      ),
  },
  {
    name: 's3-access-denied',
    is: 'AUTH_FAILURE',
    cause: 'The role may not read the bucket.',
    wrap: 'aws order',
    run: () => getObject(s3xml('AccessDenied', 'Access Denied', 403)),
  },
  {
    name: 's3-no-key',
    is: 'VALIDATION_ERROR',
    cause: 'The object that the message names does not exist.',
    wrap: 'aws message',
    run: () => getObject(s3xml('NoSuchKey', 'The specified key does not exist.', 404, '<Key>in/503.json</Key>')),
  },
  {
    name: 's3-no-bucket',
    is: 'CODE_BUG',
    accept: ['VALIDATION_ERROR'],
    cause: 'The bucket of the own configuration does not exist.',
    wrap: 'aws',
    run: () => putObject(s3xml('NoSuchBucket', 'The specified bucket does not exist', 404)),
  },
  {
    name: 's3-slow-down',
    is: 'THROTTLED',
    misleading: 'status',
    cause: 'The bucket had too many requests; the service answered status 503.',
    wrap: 'aws message verror',
    run: () => putObject(s3xml('SlowDown', 'Please reduce your request rate.', 503)),
  },
  {
    name: 's3-request-timeout',
    is: 'TIMEOUT',
    misleading: true,
    cause: 'The upload was idle for too long; the service answered status 400.',
    wrap: 'aws',
    run: () =>
      putObject(
        s3xml(
          'RequestTimeout',
          'Your socket connection to the server was not read from or written to within the timeout period.',
          400,
        ),
      ),
  },
  {
    name: 's3-expired-token',
    is: 'AUTH_FAILURE',
    misleading: 'status',
    cause: 'The credentials had expired; the service answered status 400.',
    wrap: 'aws message',
    run: () => getObject(s3xml('ExpiredToken', 'The provided token has expired.', 400)),
  },
  {
    name: 's3-signature',
    is: 'AUTH_FAILURE',
    cause: 'The request was signed with a wrong key.',
    wrap: 'aws line',
    run: () =>
      putObject(
        s3xml(
          'SignatureDoesNotMatch',
          'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
          403,
        ),
      ),
  },
  {
    name: 's3-clock',
    is: 'AUTH_FAILURE',
    misleading: true,
    cause: 'The clock of the consumer was wrong, so that its signature was refused.',
    wrap: 'aws',
    run: () =>
      putObject(
        s3xml(
          'RequestTimeTooSkewed',
          'The difference between the request time and the current time is too large.',
          403,
        ),
      ),
  },
  {
    name: 's3-internal',
    is: 'DEPENDENCY_FAILURE',
    cause: 'The service answered an internal error.',
    wrap: 'aws',
    run: () => getObject(s3xml('InternalError', 'We encountered an internal error. Please try again.', 500)),
  },
  {
    name: 's3-entity-too-large',
    is: 'VALIDATION_ERROR',
    cause: 'The object is larger than the service takes.',
    wrap: 'aws',
    run: () => putObject(s3xml('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', 400)),
  },
  {
    name: 's3-not-xml',
    is: 'DEPENDENCY_FAILURE',
    misleading: true,
    cause: 'A proxy answered HTML that is not well-formed in the place of the service.',
    wrap: 'typed',
    run: () => getObject({ status: 500, type: 'text/html', body: '<html><body><h1>Error<br></body>' }),
  },
  {
    name: 's3-403-empty',
    is: 'AUTH_FAILURE',
    cause: 'The service answered status 403 without a body.',
    wrap: 'aws',
    run: () => getObject({ status: 403 }),
  },
  {
    name: 'sns-authorization',
    is: 'AUTH_FAILURE',
    cause: 'The role may not publish to the topic.',
    wrap: 'aws typed',
    run: () =>
      publish(
        query(
          'AuthorizationError',
          `User: ${role} is not authorized to perform: SNS:Publish on resource: arn:aws:sns:eu-central-1:${account}:orders because no identity-based policy allows the SNS:Publish action`,
          403,
        ),
      ),
  },
  {
    name: 'sns-parameter',
    is: 'VALIDATION_ERROR',
    cause: 'The message is longer than the topic takes.',
    wrap: 'aws',
    run: () => publish(query('InvalidParameter', 'Invalid parameter: Message too long')),
  },
  {
    name: 'sns-throttled',
    is: 'THROTTLED',
    misleading: 'status',
    cause: 'The topic had too many requests; the service answered status 400.',
    wrap: 'aws',
    run: () => publish(query('Throttling', 'Rate exceeded')),
  },
  {
    name: 'lambda-too-many',
    is: 'THROTTLED',
    cause: 'The function had no concurrency left.',
    wrap: 'aws order',
    run: () =>
      invoke({
        ...rest('TooManyRequestsException', 'Rate Exceeded.', 429),
        body: { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded', message: 'Rate Exceeded.' },
      }),
  },
  {
    name: 'lambda-payload-too-large',
    is: 'VALIDATION_ERROR',
    cause: 'The payload for the function is larger than the service takes.',
    wrap: 'aws',
    run: () =>
      invoke(
        rest(
          'RequestTooLargeException',
          '6401290 byte payload is too large for the RequestResponse invocation type (limit 6291456 bytes)',
          413,
        ),
      ),
  },
  {
    name: 'lambda-function-error',
    is: 'TIMEOUT',
    misleading: true,
    cause: 'The function that was called ran into its own time limit; the service answered status 200.',
    wrap: 'typed message',
    run: async () => {
      const r = await invoke({
        headers: { 'x-amz-function-error': 'Unhandled' },
        body: {
          errorMessage:
            '2026-04-01T08:15:03.401Z 5b6a0d1e-0503-44b2-9d1c-1f0a9a4290cc Task timed out after 3.00 seconds',
        },
      });
      throw new Error(`price-engine ${r.FunctionError}: ${Buffer.from(r.Payload)}`);
    },
  },
  {
    name: 'lambda-ec2-throttled',
    is: 'THROTTLED',
    misleading: true,
    cause: 'The service could not set up the function since another service throttled it.',
    wrap: 'aws',
    accept: ['DEPENDENCY_FAILURE'],
    run: () =>
      invoke(
        rest(
          'EC2ThrottledException',
          'Lambda was throttled by Amazon EC2 during Lambda function initialization using the execution role provided for the Lambda function.',
          502,
        ),
      ),
  },
  {
    name: 'sts-assume-denied',
    is: 'AUTH_FAILURE',
    cause: 'The role may not assume the role of the partner.',
    wrap: 'aws message',
    run: () =>
      assume(
        query(
          'AccessDenied',
          `User: ${role} is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::${account}:role/partner`,
          403,
        ),
      ),
  },
  {
    name: 'sts-bad-key',
    is: 'AUTH_FAILURE',
    cause: 'The access key does not exist.',
    wrap: 'aws',
    run: async () =>
      new STSClient(
        at(await web(query('InvalidClientTokenId', 'The security token included in the request is invalid.', 403))),
      ).send(new GetCallerIdentityCommand({})),
  },
  {
    name: 'kms-ciphertext',
    is: 'BAD_PAYLOAD',
    cause: 'The cipher text in the message is not one of the key service.',
    wrap: 'aws message',
    run: () =>
      decrypt(json('InvalidCiphertextException', null)).catch((e) => {
        e.message = `could not decrypt body of message: ${e.name}`;
        throw e;
      }),
  },
  {
    name: 'kms-access-denied',
    is: 'AUTH_FAILURE',
    misleading: 'status',
    cause: 'The role may not use the key; the service answered status 400.',
    wrap: 'aws order',
    run: () =>
      decrypt(
        json(
          'AccessDeniedException',
          'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
        ),
      ),
  },
  {
    name: 'secrets-not-found',
    is: 'CODE_BUG',
    accept: ['VALIDATION_ERROR'],
    cause: 'The secret of the own configuration does not exist.',
    wrap: 'aws',
    misleading: true,
    run: () => secret(json('ResourceNotFoundException', "Secrets Manager can't find the specified secret.")),
  },
  {
    name: 'secrets-throttled',
    is: 'THROTTLED',
    misleading: true,
    cause: 'The service throttled the reader of the secret.',
    wrap: 'aws',
    run: () =>
      secret(json('ThrottlingException', 'Rate exceeded')).catch((e) => {
        e.message = `could not read credentials prod/db: ${e.message}`;
        throw e;
      }),
  },
  {
    name: 'ssm-throttled',
    is: 'THROTTLED',
    misleading: true,
    cause: 'The service throttled the reader of a parameter named api-token.',
    wrap: 'order',
    run: () =>
      parameter(json('ThrottlingException', 'Rate exceeded')).catch((e) => {
        e.message = `/orders/api-token: ${e.name}: ${e.message}`;
        throw e;
      }),
  },
  {
    name: 'kinesis-throughput',
    is: 'THROTTLED',
    cause: 'The shard took no more records.',
    wrap: 'aws',
    run: async () => {
      const { NodeHttpHandler } = await import('@smithy/node-http-handler');
      const a = json(
        'ProvisionedThroughputExceededException',
        'Rate exceeded for shard shardId-000000000429 in stream audit under account 123456789012.',
      );
      return new KinesisClient(at(await web(a), { requestHandler: new NodeHttpHandler() })).send(
        new PutRecordCommand({ StreamName: 'audit', PartitionKey: '1', Data: Buffer.from('x') }),
      );
    },
  },
  {
    name: 'sfn-exists',
    is: 'VALIDATION_ERROR',
    cause: 'An execution of the name in the message runs already.',
    wrap: 'aws',
    run: async () =>
      new SFNClient(
        at(
          await web(
            json(
              'ExecutionAlreadyExists',
              `Execution Already Exists: 'arn:aws:states:eu-central-1:${account}:execution:order:8812'`,
            ),
          ),
        ),
      ).send(
        new StartExecutionCommand({
          stateMachineArn: `arn:aws:states:eu-central-1:${account}:stateMachine:order`,
          name: '8812',
        }),
      ),
  },
  {
    name: 'events-denied',
    is: 'AUTH_FAILURE',
    misleading: 'status',
    cause: 'The role may not put events; the service answered status 400.',
    wrap: 'aws',
    run: async () =>
      new EventBridgeClient(
        at(
          await web(
            json(
              'AccessDeniedException',
              `User: ${role} is not authorized to perform: events:PutEvents on resource: arn:aws:events:eu-central-1:${account}:event-bus/orders`,
            ),
          ),
        ),
      ).send(new PutEventsCommand({ Entries: [] })),
  },
  {
    name: 'ses-rate',
    is: 'THROTTLED',
    misleading: 'status',
    cause: 'The account sent mail faster than it may.',
    wrap: 'aws message',
    run: async () =>
      new SESClient(at(await web(query('Throttling', 'Maximum sending rate exceeded.', 400)))).send(
        new SendEmailCommand({
          Source: 'a@example.com',
          Destination: {},
          Message: { Subject: { Data: 's' }, Body: {} },
        }),
      ),
  },
  {
    name: 'ses-rejected',
    is: 'VALIDATION_ERROR',
    cause: 'The address in the message is not one that may be mailed.',
    wrap: 'aws',
    accept: ['AUTH_FAILURE'],
    run: async () =>
      new SESClient(
        at(
          await web(
            query(
              'MessageRejected',
              'Email address is not verified. The following identities failed the check in region EU-CENTRAL-1: buyer@example.com',
              400,
            ),
          ),
        ),
      ).send(
        new SendEmailCommand({
          Source: 'a@example.com',
          Destination: {},
          Message: { Subject: { Data: 's' }, Body: {} },
        }),
      ),
  },
  {
    name: 'bedrock-model-timeout',
    is: 'TIMEOUT',
    cause: 'The model did not answer in time.',
    wrap: 'aws typed',
    run: async () => {
      const { NodeHttpHandler } = await import('@smithy/node-http-handler');
      return new BedrockRuntimeClient(
        at(
          await web(
            rest(
              'ModelTimeoutException',
              'Model has timed out in processing the request. Try your request again.',
              408,
            ),
          ),
          { requestHandler: new NodeHttpHandler() },
        ),
      ).send(new InvokeModelCommand({ modelId: 'm', body: '{}' }));
    },
  },
  {
    name: 'sdk-connect-refused',
    is: 'DEPENDENCY_FAILURE',
    cause: 'No server listened on the port of the service.',
    wrap: 'typed',
    run: async () =>
      new SQSClient(at(`http://127.0.0.1:${await refused()}`)).send(
        new SendMessageCommand({ QueueUrl: queue('o'), MessageBody: 'x' }),
      ),
  },
  {
    name: 'sdk-request-timeout',
    is: 'TIMEOUT',
    cause: 'The service took the request and never answered.',
    wrap: 'typed code',
    run: async () =>
      new DynamoDBClient(
        at(`http://127.0.0.1:${await silent()}`, {
          requestHandler: { requestTimeout: 500, throwOnRequestTimeout: true, socketTimeout: 500 },
        }),
      ).send(new PutItemCommand({ TableName: 'o', Item: {} })),
  },
  {
    name: 'sdk-dns',
    is: 'DEPENDENCY_FAILURE',
    cause: 'The address of the service could not be resolved.',
    wrap: 'typed',
    run: async () =>
      new S3Client({ ...base, endpoint: 'https://s3.eu-central-1.storage.invalid' }).send(
        new GetObjectCommand({ Bucket: 'order-documents', Key: 'k' }),
      ),
  },
  {
    name: 'sdk-no-credentials',
    is: 'AUTH_FAILURE',
    cause: 'The consumer had no credentials at all.',
    wrap: 'typed cause',
    accept: ['CODE_BUG'],
    run: async () =>
      new SQSClient({ region: 'eu-central-1', endpoint: await web({}) }).send(
        new SendMessageCommand({ QueueUrl: queue('o'), MessageBody: 'x' }),
      ),
  },
  {
    name: 'sdk-no-region',
    is: 'CODE_BUG',
    cause: 'The consumer set no region.',
    wrap: 'typed',
    run: async () =>
      new SQSClient({ credentials: keys }).send(new SendMessageCommand({ QueueUrl: queue('o'), MessageBody: 'x' })),
  },
  {
    name: 'sdk-profile-missing',
    is: 'CODE_BUG',
    accept: ['AUTH_FAILURE'],
    cause: 'The consumer asked for a profile that its configuration does not have.',
    wrap: 'message',
    run: async () =>
      new SQSClient({ ...base, credentials: fromIni({ profile: 'batch' }), endpoint: await web({}) }).send(
        new SendMessageCommand({ QueueUrl: queue('o'), MessageBody: 'x' }),
      ),
  },
  {
    name: 'sdk-web-identity-expired',
    is: 'AUTH_FAILURE',
    cause: 'The web identity token of the consumer had expired.',
    wrap: 'typed aws',
    run: async () => {
      const credentials = fromTokenFile({
        webIdentityTokenFile: file('token', 'eyJ.x.y'),
        roleArn: `arn:aws:iam::${account}:role/orders`,
        clientConfig: {
          region: 'eu-central-1',
          endpoint: await web(
            query(
              'ExpiredTokenException',
              'Token expired: current date/time 1775031303 must be before the expiration date/time 1775027703',
              400,
            ),
          ),
          maxAttempts: 1,
        },
      });
      return new SQSClient({ ...base, credentials, endpoint: await web({}) }).send(
        new SendMessageCommand({ QueueUrl: queue('o'), MessageBody: 'x' }),
      );
    },
  },
  {
    name: 'sdk-md5',
    is: 'DEPENDENCY_FAILURE',
    accept: ['UNKNOWN', 'BAD_PAYLOAD'],
    misleading: true,
    cause: 'A proxy changed the answer of the service, so that its checksum did not match.',
    wrap: 'message',
    run: () =>
      send({
        type: 'application/x-amz-json-1.0',
        body: { MessageId: '1', MD5OfMessageBody: '00000000000000000000000000000000' },
      }),
  },
  {
    name: 'sdk-param-missing',
    is: 'CODE_BUG',
    accept: ['VALIDATION_ERROR'],
    cause: 'The consumer called the client without the bucket.',
    wrap: 'typed',
    run: async () => (await s3({})).send(new GetObjectCommand({ Key: 'k', Bucket: undefined })),
  },
  // throttles of many services
  ...[
    [
      'kms-throttled',
      json(
        'ThrottlingException',
        'You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.',
      ),
      (a) => decrypt(a),
      'aws message',
      true,
      'The key service throttled the consumer while it decrypted a body.',
    ],
    [
      'sqs-over-limit',
      sqs('OverLimit', 'OverLimit', 'Too many messages in flight for this queue.', 403),
      (a) => send(a),
      'aws message',
      'status',
      'The queue had too many messages in flight.',
    ],
    [
      'sts-throttled',
      query('Throttling', 'Rate exceeded'),
      (a) => assume(a),
      'aws order',
      'status',
      'The token service throttled the consumer.',
    ],
    [
      'dynamo-hot-key',
      json(
        'com.amazonaws.dynamodb.v20120810#ThrottlingException',
        'Throughput exceeds the maximum OnDemandThroughput configured on table or index',
      ),
      (a) => put(a),
      'aws typed',
      'status',
      'The table had reached its maximum of requests.',
    ],
    [
      'ssm-too-many-updates',
      json('TooManyUpdates', 'There are concurrent updates for a resource that supports one update at a time.'),
      (a) => parameter(a),
      'aws',
      'status',
      'The parameter was updated too often at the same time.',
    ],
    [
      'lambda-concurrent-limit',
      {
        ...rest('TooManyRequestsException', 'Rate Exceeded.', 429),
        body: { Reason: 'ConcurrentInvocationLimitExceeded', Type: 'User', message: 'Rate Exceeded.' },
      },
      (a) => invoke(a),
      'aws inspect',
      false,
      'The account had no concurrency left.',
    ],
    [
      'secrets-decryption-throttled',
      json('ThrottlingException', 'Rate exceeded'),
      (a) => secret(a),
      'invoke nested',
      false,
      'The service throttled the reader of the secret.',
    ],
  ].map(([name, answer, act, wrap, misleading, cause]) => ({
    name,
    is: 'THROTTLED',
    misleading,
    cause,
    wrap,
    run: () => act(answer),
  })),
  {
    name: 'bedrock-tokens',
    is: 'THROTTLED',
    misleading: true,
    cause: 'The account used more tokens than it may in a minute.',
    wrap: 'aws message order',
    run: async () => {
      const { NodeHttpHandler } = await import('@smithy/node-http-handler');
      return new BedrockRuntimeClient(
        at(await web(rest('ThrottlingException', 'Too many tokens, please wait before trying again.', 429)), {
          requestHandler: new NodeHttpHandler(),
        }),
      ).send(new InvokeModelCommand({ modelId: 'm', body: '{}' }));
    },
  },
  {
    name: 'ses-daily-quota',
    is: 'THROTTLED',
    misleading: 'status',
    cause: 'The account had sent all the mail that it may in a day.',
    wrap: 'aws message',
    run: async () =>
      new SESClient(at(await web(query('Throttling', 'Daily message quota exceeded.')))).send(
        new SendEmailCommand({
          Source: 'a@example.com',
          Destination: {},
          Message: { Subject: { Data: 's' }, Body: {} },
        }),
      ),
  },
  {
    name: 's3-bare-400',
    is: 'UNKNOWN',
    accept: ['VALIDATION_ERROR'],
    cause: 'The service answered status 400 without a body.',
    wrap: 'message',
    run: () => putObject({ status: 400 }),
  },
];
