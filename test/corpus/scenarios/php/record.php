<?php
// Makes PHP fail in known ways and prints what it says: one JSON line for every wrapping of every scenario.
// `php record.php` runs them all, `php record.php <scenario>` one in this process, for those that end it.
declare(strict_types=1);

const NUMBERS = [503, 8812, 4290, 401, 200429, 5000, 422, 1404]; // ids that look like statuses now and then
const CLASSES = ['auth' => 'AUTH_FAILURE', 'valid' => 'VALIDATION_ERROR', 'bad' => 'BAD_PAYLOAD', 'timeout' => 'TIMEOUT', 'slow' => 'THROTTLED',
    'dep' => 'DEPENDENCY_FAILURE', 'full' => 'RESOURCE_EXHAUSTED', 'bug' => 'CODE_BUG', 'unknown' => 'UNKNOWN'];

$scenarios = [];

// wraps: some of typed message string order log monolog body | fatal (the process ends by itself, its standard error is the text)
function scenario(string $name, string $label, string $cause, string $wraps, callable $code, bool $misleading = false, array $accept = []): void
{
    global $scenarios;
    $scenarios[$name] = compact('label', 'cause', 'wraps', 'code', 'misleading', 'accept');
}

function wrap(string $how, Throwable $error, int $number): array
{
    $order = NUMBERS[$number % count(NUMBERS)];
    $text = mb_scrub($error->getMessage(), 'UTF-8');
    $response = method_exists($error, 'getResponse') ? $error->getResponse() : null;
    $status = $response && method_exists($response, 'getStatusCode') ? $response->getStatusCode() : null;
    $code = method_exists($error, 'getAwsCode') ? $error->getAwsCode() : null;
    switch ($how) {
        case 'typed': return ['errorType' => $error::class, 'errorMessage' => $text, 'stack' => $error->getTraceAsString(), 'httpStatus' => $status, 'awsErrorCode' => $code];
        case 'message': return ['errorMessage' => $text];
        case 'class': return ['errorMessage' => $error::class . ': ' . $text];
        case 'string': return ['errorMessage' => mb_scrub((string) $error, 'UTF-8')];
        case 'order': return ['errorType' => 'RuntimeException', 'errorMessage' => "failed to process order $order", 'stack' => mb_scrub((string) new RuntimeException("failed to process order $order", 0, $error), 'UTF-8')];
        case 'log': return ['errorMessage' => sprintf('[03-May-2024 04:29:%02d UTC] order %d (attempt 3, %d ms): %s in %s:%d', $number % 60, $order, $order, $text, $error->getFile(), $error->getLine())];
        case 'monolog':
            $record = ['message' => 'Message failed', 'context' => ['exception' => $error, 'order' => $order], 'level' => 400, 'level_name' => 'ERROR', 'channel' => 'worker', 'datetime' => new DateTimeImmutable('2024-05-03 04:29:01'), 'extra' => []];
            return ['errorMessage' => trim((new Monolog\Formatter\LineFormatter(null, null, true, true))->format($record))];
        case 'json': return ['errorMessage' => json_encode(['level' => 'error', 'order_id' => $order, 'exception' => ['class' => $error::class, 'message' => $text, 'code' => $error->getCode(), 'file' => $error->getFile() . ':' . $error->getLine()]], JSON_UNESCAPED_SLASHES | JSON_PARTIAL_OUTPUT_ON_ERROR)];
        case 'body': return ['errorType' => $error::class, 'errorMessage' => "order $order: $text", 'httpStatus' => $status];
    }
    throw new LogicException($how);
}

// The text that a process leaves which ends by itself.
function fatal(string $name): string
{
    $process = proc_open(['timeout', '60', PHP_BINARY, '-d', 'display_errors=0', '-d', 'log_errors=1', '-d', 'error_log=', '-d', 'html_errors=0', '-d', 'memory_limit=32M', __FILE__, $name], [1 => ['pipe', 'w'], 2 => ['redirect', 1]], $pipes);
    $text = trim(stream_get_contents($pipes[1]));
    return proc_close($process) === 0 ? 'NOT PROVOKED' : $text;
}

set_error_handler(function (int $level, string $text, string $file, int $line) { // as most frameworks do
    if (error_reporting() & $level) throw new ErrorException($text, 0, $level, $file, $line);
    return true;
});
require __DIR__ . '/scenarios.php';

if (isset($argv[1])) {
    restore_error_handler();
    $scenarios[$argv[1]]['code']();
    exit(0);
}
$number = 0;
foreach ($scenarios as $name => $one) {
    $error = null;
    $output = '';
    if (str_contains($one['wraps'], 'fatal')) $output = fatal((string) $name);
    if ($one['wraps'] !== 'fatal') try {
        $one['code']();
        $error = new RuntimeException('NOT PROVOKED');
    } catch (Throwable $thrown) {
        $error = $thrown;
    }
    foreach (explode(' ', $one['wraps']) as $i => $how) {
        $evidence = $how === 'fatal' ? ['errorMessage' => $output] : wrap($how, $error, $number + $i);
        echo json_encode(['scenario' => $name, 'class' => CLASSES[$one['label']], 'cause' => $one['cause'], 'accept' => array_map(fn ($a) => CLASSES[$a], $one['accept']), 'misleading' => $one['misleading'], 'wrap' => $how, 'evidence' => $evidence], JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE), "\n";
    }
    $number++;
}
