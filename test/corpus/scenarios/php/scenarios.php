<?php
declare(strict_types=1);

foreach (['GuzzleHttp', 'Symfony/Component/HttpClient', 'Symfony/Component/Validator', 'Symfony/Component/Serializer', 'Symfony/Component/RateLimiter', 'Symfony/Component/OptionsResolver', 'Symfony/Component/Mailer', 'AsyncAws/Sqs', 'Monolog', 'Predis', 'Doctrine/DBAL', 'JsonSchema', 'Webmozart/Assert', 'Dotenv', 'PhpAmqpLib', 'Google/Protobuf'] as $library) {
    @include_once "/usr/share/php/$library/autoload.php";
}
spl_autoload_register(function (string $class) { // php-google-protobuf brings no autoloader of its own
    if (preg_match('/^(Google|GPBMetadata)\\\\/', $class)) @include_once '/usr/share/php/' . strtr($class, '\\', '/') . '.php';
});

use Doctrine\DBAL\DriverManager;
use GuzzleHttp\Client;
use PhpAmqpLib\Connection\AMQPStreamConnection;
use Symfony\Component\HttpClient\HttpClient;
use Symfony\Component\Serializer;
use Symfony\Component\Validator\Constraints as Assert;
use Symfony\Component\Validator\Validation;

// --- short ways to the other side ---------------------------------------------------------------------------------------------

enum Channel: string { case Web = 'web'; case Shop = 'shop'; }

function port(string $name): int { return (int) getenv($name); }
function url(string $path): string { return getenv('HTTP') . "/$path"; }
function pgsql(string $password = 'right', string $at = 'PG_PORT', string $user = 'shop', string $more = ''): PDO
{
    return new PDO('pgsql:host=127.0.0.1;dbname=shop;port=' . port($at) . $more, $user, $password);
}
function mysql(string $password = 'right', string $at = 'MYSQL_PORT', string $user = 'shop'): PDO
{
    return new PDO('mysql:host=127.0.0.1;dbname=shop;port=' . port($at), $user, $password);
}
function redis(string $at): Redis
{
    $redis = new Redis();
    $redis->connect('127.0.0.1', port($at), 0.5, null, 0, 0.3);
    return $redis;
}
function guzzle(string $path, array $options = []): array
{
    $response = (new Client(['timeout' => 1]))->get(str_contains($path, '://') ? $path : url($path), $options);
    return json_decode((string) $response->getBody(), true, 512, JSON_THROW_ON_ERROR);
}
function symfony(string $path): array { return HttpClient::create(['timeout' => 0.4])->request('GET', url($path))->toArray(); }
function sqs(string $path): void
{
    (new AsyncAws\Sqs\SqsClient(['endpoint' => url($path), 'region' => 'eu-central-1', 'accessKeyId' => 'AKID', 'accessKeySecret' => 's'], null, HttpClient::create()))->sendMessage(['QueueUrl' => url($path), 'MessageBody' => '{}'])->resolve();
}
function curl(string $address, array $options = []): string
{
    $curl = curl_init($address);
    curl_setopt_array($curl, $options + [CURLOPT_RETURNTRANSFER => true, CURLOPT_TIMEOUT_MS => 800, CURLOPT_CAINFO => getenv('CA'), CURLOPT_FAILONERROR => true]);
    $body = curl_exec($curl);
    if ($body === false) throw new RuntimeException(sprintf('cURL error %d: %s', curl_errno($curl), curl_error($curl)));
    return $body;
}
function dbal(string $password = 'right', array $more = []): Doctrine\DBAL\Connection
{
    return DriverManager::getConnection($more + ['driver' => 'pdo_pgsql', 'host' => '127.0.0.1', 'port' => port('PG_PORT'), 'user' => 'shop', 'password' => $password, 'dbname' => 'shop']);
}

// --- the log-in ---------------------------------------------------------------------------------------------------------------

scenario('pdo-pgsql-password', 'auth', 'the password of the database user is wrong', 'typed order', fn () => pgsql('wrong'));
scenario('pdo-mysql-password', 'auth', 'the password of the MariaDB user is wrong', 'typed fatal', fn () => mysql('wrong'));
scenario('dbal-password', 'auth', 'Doctrine speaks of a failed driver where the log-in was refused', 'class string', fn () => dbal('wrong')->executeQuery('select 1'), misleading: true);
scenario('redis-noauth', 'auth', 'the Redis server wants a password', 'message', fn () => redis('REDIS_AUTH_PORT')->get('order:503'));
scenario('predis-wrongpass', 'auth', 'the Redis password is wrong', 'typed', fn () => (new Predis\Client(['port' => port('REDIS_AUTH_PORT'), 'password' => 'wrong']))->get('a'));
scenario('amqp-password', 'auth', 'the password of the RabbitMQ user is wrong', 'typed json', fn () => new AMQPStreamConnection('127.0.0.1', port('AMQP_PORT'), 'shop', 'wrong'));
scenario('ldap-bind', 'auth', 'the LDAP password is wrong', 'message monolog', function () {
    $ldap = ldap_connect('ldap://127.0.0.1:' . port('LDAP_PORT'));
    ldap_set_option($ldap, LDAP_OPT_PROTOCOL_VERSION, 3);
    ldap_bind($ldap, 'cn=admin,dc=shop', 'wrong');
});
scenario('guzzle-401', 'auth', 'the API answers 401 for an expired token', 'typed body', fn () => guzzle('unauthorized'));
scenario('guzzle-apikey-400', 'auth', 'the API answers 400 for an invalid API key', 'body', fn () => guzzle('apikey400'), misleading: true);
scenario('guzzle-grant-400', 'auth', 'the token endpoint answers 400 since the refresh token was revoked', 'message', fn () => guzzle('grant400'), misleading: true);
scenario('guzzle-inner-401', 'auth', 'the API answers 500 since its upstream refused its signature', 'body', fn () => guzzle('inner500auth'), misleading: true);
scenario('sqs-token', 'auth', 'the access key does not exist', 'typed', fn () => sqs('sqstoken'));
scenario('sqs-expired', 'auth', 'the session token expired', 'message', fn () => sqs('sqsexpired'));
scenario('curl-client-certificate', 'auth', 'the server wants a client certificate', 'message order', fn () => curl('https://localhost:' . port('TLS_MUTUAL_PORT')), misleading: true);

// --- the data -----------------------------------------------------------------------------------------------------------------

scenario('symfony-validator', 'valid', 'token and timeout break the rules', 'message', function () {
    $found = Validation::createValidator()->validate(['token' => '0123456789', 'timeout' => 60], new Assert\Collection(['token' => new Assert\Length(max: 8), 'timeout' => new Assert\LessThanOrEqual(30), 'order_id' => new Assert\NotBlank()]));
    throw new InvalidArgumentException((string) $found);
}, misleading: true);
scenario('pdo-pgsql-unique', 'valid', 'the reference exists already', 'typed string', fn () => pgsql()->exec("insert into orders values (401, 1, 5, 'x@y.example', 'R-429')"));
scenario('pdo-mysql-foreign', 'valid', 'the customer does not exist', 'typed', fn () => mysql()->exec("insert into orders values (503, 404, 5, 'x@y.example', 'R-503')"));
scenario('dbal-null', 'valid', 'the e-mail is missing', 'monolog', fn () => dbal()->insert('orders', ['id' => 503, 'customer_id' => 1]));
scenario('pdo-mysql-long', 'valid', 'the name is too long', 'log', fn () => mysql()->exec("insert into customers values (503, '" . str_repeat('x', 30) . "')"));
scenario('pdo-pgsql-check', 'valid', 'the coupon\'s timeout breaks the constraint', 'order', fn () => pgsql()->exec("insert into coupons values ('A', 503)"), misleading: true);
scenario('json-schema', 'valid', 'the message does not fit its schema', 'message', function () {
    $body = json_decode('{"retry_limit": "many"}');
    $validator = new JsonSchema\Validator();
    $validator->validate($body, (object) ['required' => ['order_id'], 'properties' => (object) ['retry_limit' => (object) ['type' => 'integer']]]);
    throw new DomainException('message does not match order-v4: ' . implode('; ', array_map(fn ($e) => "[{$e['property']}] {$e['message']}", $validator->getErrors())));
}, misleading: true);
scenario('webmozart', 'valid', 'the quantity is not positive', 'typed', fn () => Webmozart\Assert\Assert::greaterThan(json_decode('{"quantity": 0}')->quantity, 0, 'quantity of order 429 must be greater than %2$s, got %s'));
scenario('strict-type', 'valid', 'the quantity is a text, which the function does not take', 'typed', function () {
    (function (int $quantity) {})(json_decode('{"quantity": "two"}')->quantity);
}, misleading: true, accept: ['bug']);
scenario('date', 'valid', 'the field delivery_date holds no date', 'string', fn () => new DateTimeImmutable(json_decode('{"delivery_date": "31.31.2023"}')->delivery_date), misleading: true, accept: ['bad']);
scenario('enum', 'valid', 'the channel of the message is none of the known ones', 'typed', fn () => Channel::from(json_decode('{"channel": "phone"}')->channel), misleading: true, accept: ['bug']);
scenario('options', 'valid', 'the message has an option that does not exist', 'typed', fn () => (new Symfony\Component\OptionsResolver\OptionsResolver())->setDefined(['timeout'])->setAllowedTypes('timeout', 'int')->resolve(['timeout' => 'soon']), misleading: true, accept: ['bug']);
scenario('guzzle-422', 'valid', 'the API refuses the field timeout', 'typed message', fn () => guzzle('invalid422'), misleading: true);
scenario('guzzle-409', 'valid', 'the order was shipped already', 'body', fn () => guzzle('conflict409'));
scenario('symfony-inner-validation', 'valid', 'the API answers 500 around a failed validation', 'body', function () {
    try {
        symfony('inner500validation');
    } catch (Symfony\Contracts\HttpClient\Exception\HttpExceptionInterface $e) {
        throw new RuntimeException($e->getMessage() . ' body: ' . $e->getResponse()->getContent(false));
    }
}, misleading: true);
scenario('sqs-visibility', 'valid', 'the message asks for a visibility timeout beyond the limit', 'typed', fn () => sqs('sqsparameter'), misleading: true);

// --- the body -----------------------------------------------------------------------------------------------------------------

scenario('json', 'bad', 'the body is no JSON', 'typed string', fn () => json_decode('order=503&quantity=2', false, 512, JSON_THROW_ON_ERROR));
scenario('json-utf8', 'bad', 'the JSON body is Latin-1', 'message', fn () => json_decode("{\"name\": \"M\xfcller\"}", false, 512, JSON_THROW_ON_ERROR));
scenario('json-depth', 'bad', 'the body nests too deep', 'class', fn () => json_decode(str_repeat('[', 600) . str_repeat(']', 600), false, 512, JSON_THROW_ON_ERROR), misleading: true, accept: ['valid']);
scenario('simplexml', 'bad', 'an element of the XML body is not closed', 'typed', fn () => new SimpleXMLElement('<order><id>503</id><lines></order>'));
scenario('dom', 'bad', 'the XML body is empty', 'message log', fn () => (new DOMDocument())->loadXML('<order'));
scenario('base64', 'bad', 'the body is not base64', 'typed', fn () => base64_decode('not base64: *', true) ?: throw new UnexpectedValueException('message body of order 429 is not valid base64'));
scenario('gzip', 'bad', 'the body is not gzip', 'message fatal', fn () => gzdecode('order 8812, two pieces') ?: exit(1));
scenario('gzip-cut', 'bad', 'the deflated body is cut', 'typed', fn () => gzuncompress(substr(gzcompress(random_bytes(2000)), 0, 600)), misleading: true);
scenario('unserialize', 'bad', 'the serialized body is cut', 'typed order', fn () => unserialize('O:5:"Order":1:{s:5:"token";s:20:"abc'), misleading: true);
scenario('msgpack', 'bad', 'the MessagePack body is cut', 'message', fn () => msgpack_unpack(substr(msgpack_pack(['id' => 503, 'sku' => 'abc']), 0, 6)));
scenario('protobuf', 'bad', 'the body is JSON and not protobuf', 'typed', fn () => (new Google\Protobuf\Timestamp())->mergeFromString('{"seconds": 401}'));
scenario('serializer-xml', 'bad', 'the XML body is cut', 'string', fn () => (new Serializer\Encoder\XmlEncoder())->decode('<order><id>503</id>', 'xml'));
scenario('iconv', 'bad', 'the body holds bytes that are not UTF-8', 'typed', fn () => iconv('UTF-8', 'UTF-16', "caf\xe9 503"));
scenario('sodium', 'bad', 'the encrypted body was damaged on its way', 'message', function () {
    $key = str_repeat('k', 32);
    $body = sodium_crypto_secretbox('{}', str_repeat('n', 24), $key);
    $body[0] = chr(ord($body[0]) ^ 1);
    if (sodium_crypto_secretbox_open($body, str_repeat('n', 24), $key) === false) throw new RuntimeException('cannot decrypt body of message 401: authentication tag mismatch');
}, misleading: true, accept: ['auth']);

// --- the time -----------------------------------------------------------------------------------------------------------------

scenario('guzzle', 'timeout', 'the server does not answer', 'typed order', fn () => guzzle('slow', ['timeout' => 0.3]));
scenario('guzzle-connect', 'timeout', 'the server\'s backlog is full', 'message', fn () => guzzle('http://127.0.0.1:' . port('FULL_PORT') . '/v1/orders', ['connect_timeout' => 0.4]));
scenario('symfony', 'timeout', 'the server does not answer', 'class monolog', fn () => symfony('slow'));
scenario('curl', 'timeout', 'the server stops in the middle of its answer', 'message', fn () => curl(url('slowbody')));
scenario('file-get-contents', 'dep', 'the server does not answer; PHP tells only that the request failed', 'typed', fn () => file_get_contents(url('slow'), false, stream_context_create(['http' => ['timeout' => 0.3]])), accept: ['timeout']);
scenario('redis-read', 'dep', 'the Redis server does not answer; the text tells only of a read error', 'json', fn () => redis('SILENT_PORT')->get('a'), accept: ['timeout']);
scenario('redis-connect', 'timeout', 'the Redis server\'s backlog is full', 'typed', fn () => redis('FULL_PORT'));
scenario('pdo-pgsql-statement', 'timeout', 'the statement took longer than statement_timeout', 'typed string', fn () => pgsql(more: ";options='-c statement_timeout=200'")->exec('select pg_sleep(3)'));
scenario('dbal-lock', 'timeout', 'a row lock was not had in time', 'class', function () {
    $holder = pgsql();
    $holder->exec('begin; update orders set amount = 11 where id = 1');
    $other = dbal();
    $other->executeStatement("set lock_timeout = '200ms'");
    $other->executeStatement('update orders set amount = 12 where id = 1');
});
scenario('pdo-mysql-lock', 'timeout', 'a row lock was not had in time', 'typed fatal', function () {
    $holder = mysql();
    $holder->exec('begin');
    $holder->exec('update orders set amount = 11 where id = 1');
    mysql()->exec('update orders set amount = 12 where id = 1');
});
scenario('execution-time', 'timeout', 'the script ran longer than max_execution_time', 'fatal', function () { set_time_limit(1); while (true); }, accept: ['bug']);
scenario('guzzle-504', 'timeout', 'the gateway answers 504', 'body', fn () => guzzle('html504'));

// --- the pace -----------------------------------------------------------------------------------------------------------------

scenario('guzzle-429', 'slow', 'the API answers 429', 'typed log', fn () => guzzle('limit429'));
scenario('symfony-429', 'slow', 'the API answers 429', 'class order', fn () => symfony('limit429'));
scenario('guzzle-403', 'slow', 'the API answers 403 for a rate limit', 'body message', fn () => guzzle('limit403'), misleading: true);
scenario('guzzle-quota', 'slow', 'the API answers 403 for a user rate limit', 'body', fn () => guzzle('quota403'), misleading: true);
scenario('guzzle-503', 'slow', 'the API answers 503 ServerBusy for the request rate', 'body fatal', fn () => guzzle('throttle503'), misleading: true);
scenario('guzzle-inner-429', 'slow', 'the API answers 500 around a 429', 'message', fn () => guzzle('throttle500'), misleading: true);
scenario('sqs-throttled', 'slow', 'SQS answers 403 RequestThrottled', 'typed message', fn () => sqs('sqsthrottle'), misleading: true);
scenario('rate-limiter', 'slow', 'the own rate limiter is used up', 'typed', function () {
    $factory = new Symfony\Component\RateLimiter\RateLimiterFactory(['id' => 'payments', 'policy' => 'fixed_window', 'limit' => 1, 'interval' => '1 hour'], new Symfony\Component\RateLimiter\Storage\InMemoryStorage());
    $factory->create('x')->consume()->ensureAccepted();
    $factory->create('x')->consume()->ensureAccepted();
});
scenario('pdo-mysql-hourly', 'slow', 'the user used up its queries per hour', 'typed', function () { for ($i = 0; $i < 6; $i++) mysql(user: 'hourly')->query('select 1'); }, misleading: true, accept: ['full']);

// --- the others ---------------------------------------------------------------------------------------------------------------

scenario('pdo-pgsql-refused', 'dep', 'nothing listens on the database\'s port', 'typed log', fn () => pgsql(at: 'CLOSED_PORT'));
scenario('pdo-pgsql-shutdown', 'dep', 'the database is shutting down', 'string', fn () => pgsql(at: 'PG_CLOSING_PORT'));
scenario('pdo-mysql-refused', 'dep', 'nothing listens on the database\'s port', 'typed fatal', fn () => mysql(at: 'CLOSED_PORT'));
scenario('pdo-mysql-gone', 'dep', 'the session is killed on the server', 'order', function () {
    $connection = mysql();
    mysql()->exec('kill ' . $connection->query('select connection_id()')->fetchColumn());
    usleep(200000);
    $connection->query('select 1');
});
scenario('dbal-deadlock', 'dep', 'two transactions lock each other out', 'class', function () {
    $one = pg_connect('host=127.0.0.1 dbname=shop user=postgres port=' . port('PG_PORT'));
    pg_query($one, 'set deadlock_timeout = 10000; begin; update orders set amount = 1 where id = 2');
    $two = dbal();
    $two->beginTransaction();
    $two->executeStatement('update orders set amount = 1 where id = 1');
    pg_send_query($one, 'update orders set amount = 2 where id = 1');
    usleep(100000);
    $two->executeStatement('update orders set amount = 2 where id = 2');
});
scenario('redis-refused', 'dep', 'nothing listens on the cache\'s port', 'typed json', fn () => redis('CLOSED_PORT'));
scenario('predis-refused', 'dep', 'nothing listens on the cache\'s port', 'string', fn () => (new Predis\Client(['port' => port('CLOSED_PORT')]))->get('a'));
scenario('redis-hangup', 'dep', 'the Redis server hangs up', 'message', fn () => redis('HANGUP_PORT')->get('a'));
scenario('amqp-refused', 'dep', 'no RabbitMQ listens', 'typed', fn () => new AMQPStreamConnection('127.0.0.1', port('CLOSED_PORT'), 'shop', 'right'));
scenario('ldap-down', 'dep', 'no LDAP server listens', 'message', fn () => ldap_bind(ldap_connect('ldap://127.0.0.1:' . port('CLOSED_PORT')), 'cn=admin,dc=shop', 'right'), misleading: true);
scenario('guzzle-dns', 'dep', 'the host name does not exist', 'typed', fn () => guzzle('http://inventory.shop.invalid/v1/stock/503'));
scenario('guzzle-reset', 'dep', 'the server resets the connection', 'message', fn () => guzzle('reset'));
scenario('guzzle-cut', 'dep', 'the server hangs up in the middle of its answer', 'monolog', fn () => guzzle('cut'));
scenario('symfony-html', 'dep', 'the upstream answers a maintenance page where JSON was expected', 'typed message', fn () => symfony('html200'), misleading: true, accept: ['bad']);
scenario('symfony-empty', 'dep', 'the upstream answers nothing where JSON was expected', 'class', fn () => symfony('empty200'), misleading: true, accept: ['bad']);
scenario('guzzle-html', 'dep', 'the upstream answers half a JSON document', 'order', function () {
    try {
        guzzle('halfjson');
    } catch (JsonException $e) {
        throw new UnexpectedValueException('GET http://inventory.internal:8080/v1/stock answered 200 with an unreadable body: ' . $e->getMessage(), 0, $e);
    }
}, misleading: true, accept: ['bad']);
scenario('guzzle-502', 'dep', 'the gateway answers 502', 'body', fn () => guzzle('html502'));
scenario('guzzle-oom', 'dep', 'the upstream answers 500 with its own out of memory', 'body', fn () => guzzle('oom500'), misleading: true);
scenario('guzzle-redirects', 'dep', 'the upstream redirects to itself for ever', 'typed', fn () => guzzle('loop'), accept: ['bug']);
scenario('curl-expired', 'dep', 'the server\'s certificate expired', 'message', fn () => curl('https://localhost:' . port('TLS_EXPIRED_PORT')), misleading: true);
scenario('guzzle-selfsigned', 'dep', 'the server\'s certificate is self-signed', 'typed', fn () => guzzle('https://localhost:' . port('TLS_SELFSIGNED_PORT') . '/v1/orders/401'));
scenario('soap-wsdl', 'dep', 'the WSDL\'s server answers 502', 'typed', fn () => new SoapClient(url('html502'), ['cache_wsdl' => WSDL_CACHE_NONE]), misleading: true, accept: ['bad']);

// --- the room -----------------------------------------------------------------------------------------------------------------

scenario('memory', 'full', 'the script is at its memory limit', 'fatal', function () { $all = []; while (true) $all[] = str_repeat('x', 1 << 20); });
scenario('disk-full', 'full', 'the disk is full', 'typed message', fn () => file_put_contents(getenv('TARGETS') . '/export.csv', str_repeat('x', 100)));
scenario('pdo-pgsql-clients', 'full', 'all connections of the database are taken', 'typed order', function () { $all = []; for ($i = 0; $i < 40; $i++) $all[] = pgsql(); });
scenario('pdo-mysql-clients', 'full', 'all connections of the database are taken', 'typed message', function () { $all = []; for ($i = 0; $i < 40; $i++) $all[] = mysql(user: 'reader'); });
scenario('pdo-mysql-user', 'full', 'the user has as many connections as it may', 'string', function () { $first = mysql(user: 'single'); mysql(user: 'single'); });
scenario('redis-clients', 'full', 'the Redis server takes no more clients', 'message', fn () => (new Predis\Client(['port' => port('REDIS_FULL_PORT')]))->ping());
scenario('redis-memory', 'full', 'the Redis server is at its memory limit', 'typed', fn () => (new Predis\Client(['port' => port('REDIS_SMALL_PORT')]))->set('a', 'x'), accept: ['dep']);
scenario('open-files', 'full', 'the process has no file descriptors left', 'fatal', function () {
    posix_setrlimit(POSIX_RLIMIT_NOFILE, 12, 12);
    $all = [];
    for ($i = 0; $i < 20; $i++) $all[] = fopen(__FILE__, 'r') ?: throw new RuntimeException(error_get_last()['message']);
});
scenario('role-limit', 'full', 'the role has as many connections as it may', 'class', function () { $first = pgsql(user: 'single'); pgsql(user: 'single'); });
scenario('child-killed', 'full', 'the child outgrew its memory and was killed', 'message', function () {
    $child = proc_open(['sh', '-c', 'x=0123456789abcdef; while :; do x=$x$x; done'], [], $pipes);
    $pid = proc_get_status($child)['pid'];
    while ((int) explode(' ', file_get_contents("/proc/$pid/statm"))[0] < 16000) usleep(5000);
    proc_terminate($child, 9);
    do usleep(5000); while (($status = proc_get_status($child))['running']);
    throw new RuntimeException("converter for invoice 429 was ended by signal {$status['termsig']} (Killed), out of memory?");
});

// --- the code -----------------------------------------------------------------------------------------------------------------

scenario('null', 'bug', 'the code calls a method of null', 'typed fatal', function () { $customer = null; $customer->getToken(); });
scenario('undefined-key', 'bug', 'the code reads a key of its own table that does not exist', 'typed', fn () => ['DE' => 19]['rate_limit'], misleading: true);
scenario('undefined-variable', 'bug', 'the code reads a variable that does not exist', 'monolog', fn () => $connectionTimeout + 1);
scenario('undefined-function', 'bug', 'the extension is not installed', 'fatal', fn () => igbinary_unserialize_timeout('x'));
scenario('class-missing', 'bug', 'the class is not packed', 'string', fn () => new Shop\Payments\TokenProvider());
scenario('arguments', 'bug', 'the code passes too few values', 'typed', fn () => (function ($order, $carrier) {})(503));
scenario('division', 'bug', 'the code divides by a constant zero', 'typed', fn () => intdiv(503, 0), accept: ['valid']);
scenario('pdo-syntax', 'bug', 'the own SQL has a syntax error', 'typed order', fn () => pgsql()->query("select * form orders where token = 'x'"), misleading: true);
scenario('pdo-column', 'bug', 'the own SQL names a column that does not exist', 'string', fn () => mysql()->query('select rate_limit from orders'));
scenario('pdo-driver', 'bug', 'the driver is not installed', 'typed', fn () => new PDO('sqlsrv:server=db'));
scenario('require', 'bug', 'the file is not packed', 'fatal', fn () => require '/var/task/src/TokenProvider.php');
scenario('dotenv', 'bug', 'the variables of the own configuration are not set', 'typed', fn () => Dotenv\Dotenv::createImmutable(__DIR__)->required(['PAYMENTS_API_TOKEN', 'DB_TIMEOUT']), misleading: true);
scenario('parse', 'bug', 'the own code has a syntax error', 'string', fn () => eval('if (true { echo $token; }'));

// --- nothing to go by ---------------------------------------------------------------------------------------------------------

scenario('exception', 'unknown', 'the code throws without a reason', 'typed message', fn () => throw new Exception());
scenario('failed', 'unknown', 'the code hides the reason', 'json', fn () => throw new RuntimeException('Job failed'));
scenario('attempts', 'unknown', 'the retries were used up, and nothing says by what', 'typed', fn () => throw new RuntimeException('App\Jobs\ShipOrder has been attempted too many times or run too long. The job may have previously timed out.'), misleading: true, accept: ['timeout']);
scenario('child', 'unknown', 'the child ended with 1 and said nothing', 'message', function () { exec('exit 1', $out, $code); throw new RuntimeException("The command \"bin/ship 503\" failed. Exit Code: $code(General error) Output: ================ Error Output: ================"); });
scenario('apology', 'unknown', 'the code hides the reason', 'order', fn () => throw new RuntimeException('Whoops, looks like something went wrong. Reference 429-503.'), misleading: true);
scenario('null-error', 'unknown', 'the code prints null for its error', 'message', fn () => throw new RuntimeException(sprintf('Worker stopped on order 503: %s', var_export(null, true))));
scenario('array', 'unknown', 'the code prints an array for its error', 'message', fn () => throw new RuntimeException('Payment error: ' . @strval(print_r([], true))));
scenario('exit', 'unknown', 'the script ends with 255 and says nothing', 'message', function () { exec('sh -c "exit 255"', $out, $code); throw new RuntimeException("worker exited with status $code"); });
