"""botocore against a stub that answers as AWS services do, and botocore's own errors."""
import os

import boto3
import botocore.config
import botocore.credentials

from kit import case
from servers import answering, black_hole, free_port, raw

for name in ('AWS_PROFILE', 'AWS_DEFAULT_REGION', 'AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'):
    os.environ.pop(name, None)
os.environ['AWS_EC2_METADATA_DISABLED'] = 'true'

CALLS = {
    'dynamodb': ('put_item', {'TableName': 'orders', 'Item': {'id': {'S': '503'}}}),
    'sqs': ('send_message', {'QueueUrl': 'http://127.0.0.1/401/orders', 'MessageBody': '{}'}),
    's3': ('put_object', {'Bucket': 'orders-archive', 'Key': 'order-503.json', 'Body': b'{}'}),
    's3-get': ('get_object', {'Bucket': 'orders-archive', 'Key': 'order-503.json'}),
    'kms': ('decrypt', {'CiphertextBlob': b'AQIC'}),
    'lambda': ('invoke', {'FunctionName': 'price-order'}),
    'sts': ('assume_role', {'RoleArn': 'arn:aws:iam::429429429429:role/orders', 'RoleSessionName': 'orders-worker'}),
    'kinesis': ('put_record', {'StreamName': 'orders', 'Data': b'x', 'PartitionKey': '1'}),
    'secretsmanager': ('get_secret_value', {'SecretId': 'orders/db'}),
    'stepfunctions': ('start_execution', {'stateMachineArn': 'arn:aws:states:eu-west-1:429429429429:stateMachine:orders', 'input': '{}'}),
    'ses': ('send_email', {'Source': 'a@example.com', 'Destination': {'ToAddresses': ['b@example.com']}, 'Message': {'Subject': {'Data': 'x'}, 'Body': {}}}),
    'sns': ('publish', {'TopicArn': 'arn:aws:sns:eu-west-1:429429429429:orders', 'Message': 'x'}),
    'ssm': ('get_parameter', {'Name': '/orders/limits'}),
    'events': ('put_events', {'Entries': [{'Source': 'orders', 'DetailType': 'x', 'Detail': '{}'}]}),
}
XML = {'s3': '<?xml version="1.0" encoding="UTF-8"?><Error><Code>{0}</Code><Message>{1}</Message><RequestId>4290</RequestId></Error>'}
QUERY = '<ErrorResponse><Error><Type>Sender</Type><Code>{0}</Code><Message>{1}</Message></Error><RequestId>4290</RequestId></ErrorResponse>'


def client(service, port, attempts=1, **config):
    settings = botocore.config.Config(retries={'max_attempts': attempts, 'mode': 'standard'}, s3={'addressing_style': 'path'}, **config)
    return boto3.client(service, region_name='eu-west-1', endpoint_url=f'http://127.0.0.1:{port}',
                        aws_access_key_id='AKIAEXAMPLE', aws_secret_access_key='x', config=settings)


def call(service, port, **config):
    operation, parameters = CALLS[service]
    return getattr(client(service.split('-')[0], port, **config), operation)(**parameters)


def aws(name, cls, cause, service, status, code, message, wraps='typed', accept='', misleading=False, **config):
    if service in ('s3', 's3-get', 'sqs', 'sts', 'ses', 'sns'):
        body, kind = XML.get(service[:2], QUERY).format(code, message), 'text/xml'
    else:
        body, kind = {'__type': code, 'message': message}, 'application/x-amz-json-1.1'
    headers = {'x_amzn_ErrorType': code} if service == 'lambda' else {}

    @case(name, cls, cause, wraps, accept, misleading)
    def store_order():
        port = answering(status, body, kind, **headers)
        return call(service, port, **config)


A, V, B, T, L, D, C, U = ('AUTH_FAILURE', 'VALIDATION_ERROR', 'BAD_PAYLOAD', 'TIMEOUT', 'THROTTLED', 'DEPENDENCY_FAILURE', 'CODE_BUG', 'UNKNOWN')

aws('ddb-expired', A, 'DynamoDB answers that the session has expired', 'dynamodb', 400, 'ExpiredTokenException', 'The security token included in the request is expired', 'typed bare', misleading=True)
aws('ddb-unrecognized', A, 'DynamoDB does not know the access key', 'dynamodb', 400, 'UnrecognizedClientException', 'The security token included in the request is invalid.', 'bare lambda', misleading=True)
aws('ddb-signature', A, 'DynamoDB refuses the signature', 'dynamodb', 400, 'InvalidSignatureException', 'Signature expired: 20260504T080000Z is now earlier than 20260504T081503Z (20260504T082003Z - 5 min.)', 'typed job', misleading=True)
aws('ddb-denied', A, 'the role may not write the table', 'dynamodb', 400, 'AccessDeniedException', 'User: arn:aws:sts::429429429429:assumed-role/orders/consumer is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:eu-west-1:429429429429:table/orders', 'typed lambda')
aws('s3-denied', A, 'the role may not write the bucket', 's3', 403, 'AccessDenied', 'Access Denied', 'typed bare')
aws('s3-signature', A, 'S3 refuses the signature', 's3', 403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match the signature you provided. Check your key and signing method.', 'job')
aws('s3-skew', A, 'our clock is wrong', 's3', 403, 'RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.', 'typed', misleading=True)
aws('sts-denied', A, 'the role may not be assumed', 'sts', 403, 'AccessDenied', 'User: arn:aws:iam::401:user/x is not authorized to perform: sts:AssumeRole', 'bare lambdajson')
aws('kms-denied', A, 'the key may not be used', 'kms', 400, 'AccessDeniedException', 'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.', 'one', accept=B, misleading=True)

aws('ddb-throughput', L, 'the table is written faster than provisioned', 'dynamodb', 400, 'ProvisionedThroughputExceededException', 'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.', 'typed bare', misleading=True)
aws('ddb-throttling-retried', L, 'three attempts are throttled', 'dynamodb', 400, 'ThrottlingException', 'Rate exceeded', 'bare cause', misleading=True, attempts=2)
aws('s3-slowdown', L, 'S3 asks to slow down', 's3', 503, 'SlowDown', 'Please reduce your request rate.', 'typed bare', misleading=True)
aws('lambda-429', L, 'a function has no concurrency left', 'lambda', 429, 'TooManyRequestsException', 'Rate Exceeded.', 'typed')
aws('kinesis-shard', L, 'a shard is written too fast', 'kinesis', 400, 'ProvisionedThroughputExceededException', 'Rate exceeded for shard shardId-000000000503 in stream orders under account 429429429429.', 'one', misleading=True)
aws('kinesis-limit', L, 'too many calls of a control operation', 'kinesis', 400, 'LimitExceededException', 'Rate exceeded for stream orders under account 429429429429.', 'bare', misleading=True)
aws('sns-throttled', L, 'SNS throttles', 'sns', 429, 'Throttled', 'Request was throttled', 'job')
aws('ses-throttling', L, 'mails are sent too fast', 'ses', 400, 'Throttling', 'Maximum sending rate exceeded.', 'typed lambda', misleading=True)
aws('ses-quota', L, 'the daily quota of mails is used up', 'ses', 400, 'Throttling', 'Daily message quota exceeded.', 'bare', misleading=True)
aws('kms-throttling', L, 'KMS is called too often', 'kms', 400, 'ThrottlingException', 'You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.', 'typed')
aws('ssm-rate', L, 'parameters are read too often', 'ssm', 400, 'ThrottlingException', 'Rate exceeded', 'lambdalog one')
aws('sts-rate', L, 'roles are assumed too often', 'sts', 400, 'Throttling', 'Rate exceeded', 'json', misleading=True)

aws('ddb-account', L, 'the account writes faster than allowed', 'dynamodb', 400, 'RequestLimitExceeded', 'Throughput exceeds the current throughput limit for your account. Please contact AWS Support to request a limit increase', 'bare typed', misleading=True)
aws('sqs-throttled', L, 'the queue is called too often', 'sqs', 403, 'RequestThrottled', 'Request is throttled.', 'typed bare', misleading=True)
aws('sqs-over-limit', L, 'too many messages are in flight', 'sqs', 403, 'OverLimit', 'Too many messages in flight for the queue (limit 120000)', 'typed job', accept='RESOURCE_EXHAUSTED', misleading=True)
aws('lambda-reserved', L, 'the function reached its reserved concurrency', 'lambda', 429, 'TooManyRequestsException', 'Reserved concurrent executions for function order-503 used up', 'bare json')
aws('sfn-throttled', L, 'executions are started too often', 'stepfunctions', 400, 'ThrottlingException', 'Rate exceeded', 'typed lambda')
aws('events-limit', L, 'events are put too often', 'events', 400, 'LimitExceededException', 'PutEvents request rate exceeded for account', 'bare typed', misleading=True)
aws('secrets-throttled', L, 'secrets are read too often', 'secretsmanager', 400, 'ThrottlingException', 'You have exceeded the rate at which you may call GetSecretValue', 'job typed')

aws('ddb-validation', V, 'an item has an empty key', 'dynamodb', 400, 'ValidationException', 'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: id', 'typed bare')
aws('ddb-size', V, 'an item is too large', 'dynamodb', 400, 'ValidationException', 'Item size has exceeded the maximum allowed size', 'one', misleading=True)
aws('ddb-conditional', V, 'the order exists already', 'dynamodb', 400, 'ConditionalCheckFailedException', 'The conditional request failed', 'typed job')
aws('sqs-length', V, 'a message is too large', 'sqs', 400, 'InvalidParameterValue', 'One or more parameters are invalid. Reason: Message must be shorter than 262144 bytes.', 'bare lambda')
aws('sqs-visibility', V, 'a visibility timeout from the payload is out of range', 'sqs', 400, 'InvalidParameterValue', 'Value 43201 for parameter VisibilityTimeout is invalid. Reason: Must be between 0 and 43200.', 'typed', misleading=True)
aws('s3-no-key', V, 'an object that the payload names does not exist', 's3-get', 404, 'NoSuchKey', 'The specified key does not exist.', 'typed bare', misleading=True)
aws('lambda-large', V, 'the payload of an invocation is too large', 'lambda', 413, 'RequestTooLargeException', 'Request must be smaller than 6291456 bytes for the InvokeFunction operation', 'one')
aws('sfn-exists', V, 'an execution of that name exists', 'stepfunctions', 400, 'ExecutionAlreadyExists', "Execution Already Exists: 'arn:aws:states:eu-west-1:429429429429:execution:orders:503'", 'bare')

aws('kms-ciphertext', B, 'the encrypted body cannot be decrypted', 'kms', 400, 'InvalidCiphertextException', '', 'typed one', accept=A + ' ' + V, misleading=True)

aws('ddb-table', C, 'the table of our configuration does not exist', 'dynamodb', 400, 'ResourceNotFoundException', 'Requested resource not found: Table: orders not found', 'typed bare', accept=V, misleading=True)
aws('sqs-queue', C, 'the queue of our configuration does not exist', 'sqs', 400, 'AWS.SimpleQueueService.NonExistentQueue', 'The specified queue does not exist for this wsdl version.', 'typed job', accept=V, misleading=True)
aws('s3-bucket', C, 'the bucket of our configuration does not exist', 's3', 404, 'NoSuchBucket', 'The specified bucket does not exist', 'bare', accept=V)

aws('ddb-internal', D, 'DynamoDB answers 500', 'dynamodb', 500, 'InternalServerError', 'Internal server error', 'typed bare')
aws('s3-503', D, 'S3 is not available', 's3', 503, 'ServiceUnavailable', 'Service is unable to handle request.', 'typed')
aws('s3-500', D, 'S3 answers an internal error', 's3', 500, 'InternalError', 'We encountered an internal error. Please try again.', 'bare job')
aws('secrets-500', D, 'Secrets Manager answers 500', 'secretsmanager', 500, 'InternalServiceError', 'An error occurred on the server side while retrieving the secret.', 'lambda')
aws('s3-timeout', T, 'the body of an upload came too slowly', 's3', 400, 'RequestTimeout', 'Your socket connection to the server was not read from or written to within the timeout period. Idle connections will be closed.', 'typed bare', misleading=True)


@case('boto-refused', D, 'the endpoint is stopped', 'typed bare')
def save_order():
    return call('dynamodb', free_port())


@case('boto-closed', D, 'the endpoint closes the connection without an answer', 'one')
def send_order():
    return call('sqs', raw(b''))


@case('boto-html', D, 'a proxy answers a web page in place of S3', 'typed bare', accept=B, misleading=True)
def archive_order():
    port = answering(200, '<html><head><title>Maintenance<body>', 'text/html')
    return client('s3', port).list_objects_v2(Bucket='orders-archive')


@case('boto-502', D, 'a load balancer answers a web page with status 502', 'typed lambda')
def price_order():
    port = answering(502, '<html><body>502 Bad Gateway</body></html>', 'text/html')
    return call('lambda', port)


@case('boto-connect-timeout', T, 'the endpoint does not accept the connection in time', 'typed bare')
def decrypt_order():
    port = black_hole()
    return call('kms', port, connect_timeout=0.4)


@case('boto-read-timeout', T, 'the endpoint does not answer in time', 'one job')
def start_workflow():
    port = raw(b'', 'hang')
    return call('stepfunctions', port, read_timeout=0.4)


@case('boto-no-credentials', A, 'no credentials are configured', 'typed bare', accept=C)
def fetch_limits():
    os.environ['AWS_SHARED_CREDENTIALS_FILE'] = os.environ['AWS_CONFIG_FILE'] = '/dev/null'
    return boto3.client('ssm', region_name='eu-west-1').get_parameter(Name='/orders/limits')


@case('boto-no-region', C, 'no region is configured', 'bare typed')
def connect():
    os.environ['AWS_CONFIG_FILE'] = '/dev/null'
    return boto3.Session().client('dynamodb')


@case('boto-profile', C, 'a profile is configured that does not exist', 'one', accept=A, misleading=True)
def open_session():
    return boto3.Session(profile_name='auth-prod')


@case('boto-service', C, 'a service name is misspelt', 'bare')
def make_client():
    return boto3.client('dynamo', region_name='eu-west-1')


@case('boto-parameter', V, 'a parameter from the payload is of the wrong type', 'typed bare', accept=C)
def put_message():
    return client('sqs', 9).send_message(QueueUrl='q', MessageBody=None, DelaySeconds='5 s')


@case('boto-parameter-name', C, 'a parameter is passed that the operation does not know', 'one', accept=V, misleading=True)
def put_token():
    return client('sns', 9).publish(Message='x', Timeout=30)


@case('boto-refresh', A, 'the process that fetches credentials fails', 'typed', accept=D, misleading=True)
def with_process():
    return botocore.credentials.ProcessProvider('orders', lambda: {'profiles': {'orders': {'credential_process': 'sh -c "echo token for role orders expired 1>&2; exit 255"'}}}).load()
