package com.example.orders;

import static com.example.orders.Recorder.Kind.*;
import static com.example.orders.Recorder.fail;
import static com.example.orders.Servers.*;

import java.io.*;
import java.net.*;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.impl.client.*;
import org.springframework.http.*;
import org.springframework.web.client.RestTemplate;

/** HTTP by five clients: the JDK's two, Apache's, OkHttp, Spring's; and S3 by JetS3t. */
final class Web {
  static String local(int port, String path) { return "http://127.0.0.1:" + port + path; }
  static Object jdk(String url) throws Exception { return jdk(url, null); }
  static Object jdk(String url, SSLContext tls) throws Exception {
    var client = HttpClient.newBuilder().connectTimeout(Duration.ofMillis(400));
    if (tls != null) client.sslContext(tls);
    return check(client.build().send(HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofMillis(900)).build(), HttpResponse.BodyHandlers.ofString()));
  }
  /** As consumers write it: the status and the body's beginning become the message. */
  static Object check(HttpResponse<String> response) throws IOException {
    if (response.statusCode() >= 400) throw new HttpFailure(response.statusCode(), response.headers().firstValue("x-amzn-ErrorType").orElse(null),
        "GET " + response.uri().getPath() + " answered " + response.statusCode() + ": " + response.body());
    return response.body();
  }
  static Object plain(String url) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) new URL(url).openConnection();
    connection.setConnectTimeout(400); connection.setReadTimeout(300);
    return connection.getInputStream().readAllBytes();
  }
  static Object apache(String url) throws IOException {
    try (CloseableHttpClient client = HttpClients.custom().disableAutomaticRetries().setDefaultRequestConfig(RequestConfig.custom().setConnectTimeout(300).setSocketTimeout(300).build()).build()) {
      return client.execute(new HttpGet(url), new BasicResponseHandler());
    }
  }
  static Object okhttp(String url) throws IOException { return okhttp(url, 300); }
  static Object okhttp(String url, int read) throws IOException {
    var client = new okhttp3.OkHttpClient.Builder().connectTimeout(300, TimeUnit.MILLISECONDS).readTimeout(read, TimeUnit.MILLISECONDS).callTimeout(700, TimeUnit.MILLISECONDS).retryOnConnectionFailure(false).build();
    try (var response = client.newCall(new okhttp3.Request.Builder().url(url).build()).execute()) {
      String body = response.body().string();
      if (!response.isSuccessful()) throw new HttpFailure(response.code(), null, "Unexpected response " + response + " " + body);
      return body;
    }
  }
  static RestTemplate template() {
    var factory = new org.springframework.http.client.SimpleClientHttpRequestFactory();
    factory.setConnectTimeout(300); factory.setReadTimeout(300);
    return new RestTemplate(factory);
  }
  static Object spring(String url) { return template().exchange(url, HttpMethod.GET, HttpEntity.EMPTY, String.class); }
  static Object springJson(String url) { return template().getForObject(url, java.util.Map.class); }
  /** Spring 4 says only status and reason: consumers add the body. */
  static Object springBody(String url) throws Exception {
    try { return spring(url); } catch (org.springframework.web.client.HttpStatusCodeException e) {
      throw new HttpFailure(e.getRawStatusCode(), null, e.getMessage() + ": " + e.getResponseBodyAsString());
    }
  }
  static Object s3(int status, String path, String code, String message) throws Exception {
    String url = answer(status, path, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + code + "</Code><Message>" + message + "</Message><RequestId>4F2A503E429B</RequestId><HostId>q1w2e3</HostId></Error>", "Content-Type", "application/xml", "x-amz-request-id", "4F2A503E429B");
    var settings = new org.jets3t.service.Jets3tProperties();
    settings.setProperty("s3service.s3-endpoint", "127.0.0.1");
    settings.setProperty("s3service.s3-endpoint-http-port", String.valueOf(URI.create(url).getPort()));
    settings.setProperty("s3service.https-only", "false");
    settings.setProperty("s3service.disable-dns-buckets", "true");
    settings.setProperty("s3service.internal-error-retry-max", "0");
    settings.setProperty("httpclient.retry-max", "0");
    return new org.jets3t.service.impl.rest.httpclient.RestS3Service(new org.jets3t.service.security.AWSCredentials("AKIAEXAMPLE", "secret"), "orders", null, settings).getObject(path.split("/")[1], path.split("/")[2]);
  }
  static Object aws(int status, String path, String type, String message) throws Exception {
    String json = "{\"__type\":\"" + (path.startsWith("/table") ? "com.amazonaws.dynamodb.v20120810#" : "") + type + "\",\"message\":\"" + message + "\"}";
    return jdk(answer(status, path, json, "x-amzn-ErrorType", type));
  }
  /** A client whose only connection is taken, as when an earlier answer was never closed. */
  static Object leased(CloseableHttpClient client, String url) throws IOException { client.execute(new HttpGet(url)); return client.execute(new HttpGet(url)); }

  static void table() {
    // a log-in or a grant is missing
    fail("401-jdk", AUTH_FAILURE, "the upstream refuses an expired token", () -> jdk(answer(401, "/v1/orders/503", "{\"error\":\"invalid_token\",\"error_description\":\"The access token expired\"}", "WWW-Authenticate", "Bearer error=\"invalid_token\"")), "parts", "order", "lambda");
    fail("401-challenge", AUTH_FAILURE, "the upstream answers 401 without a challenge", () -> jdk(answer(401, "/v1/stock/429", "")), "parts", "message");
    fail("401-url", AUTH_FAILURE, "the upstream answers 401", () -> plain(answer(401, "/v1/orders/429", "{}", "WWW-Authenticate", "Basic realm=\"orders\"")), "message", "log");
    fail("401-spring", AUTH_FAILURE, "the upstream answers 401", () -> spring(answer(401, "/v1/customers/8812", "{\"message\":\"Bad credentials\"}", "WWW-Authenticate", "Bearer")), "parts", "cause");
    fail("403-apache", AUTH_FAILURE, "the upstream answers 403 forbidden", () -> apache(answer(403, "/v1/invoices/500", "{\"message\":\"missing scope\"}")), "parts", "typed");
    fail("400-token", AUTH_FAILURE, "a 400 that means expired credentials", () -> aws(400, "/table/orders", "ExpiredTokenException", "The security token included in the request is expired"), "parts", "nested").misleading();
    fail("400-grant", AUTH_FAILURE, "the token endpoint refuses the refresh token", () -> okhttp(answer(400, "/oauth/token", "{\"error\":\"invalid_grant\",\"error_description\":\"Refresh token has been revoked\"}")), "parts", "order").misleading();
    fail("500-login", AUTH_FAILURE, "a gateway's 500 around a refused API key", () -> springBody(answer(500, "/gateway/orders", "{\"error\":\"upstream call failed\",\"cause\":{\"status\":401,\"message\":\"API key revoked\"}}")), "parts", "message").misleading();
    fail("s3-signature", AUTH_FAILURE, "S3 refuses the signature", () -> s3(403, "/orders/8812.json", "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided. Check your key and signing method."), "parts", "cause");
    fail("s3-denied", AUTH_FAILURE, "S3 denies access", () -> s3(403, "/orders/503.json", "AccessDenied", "Access Denied"), "parts", "typed");
    fail("s3-expired", AUTH_FAILURE, "S3 says 400 since the token is too old", () -> s3(400, "/orders/409.json", "ExpiredToken", "The provided token has expired."), "parts", "typed").misleading();
    fail("tls-client", AUTH_FAILURE, "the server refuses a client without a certificate", () -> { var t = context(null, "server"); jdk("https://127.0.0.1:" + tls("server", true), t); }, "parts", "order").misleading();
    fail("keystore", AUTH_FAILURE, "the keystore's password is wrong", () -> java.security.KeyStore.getInstance(new File(System.getenv("SCRATCH") + "/server.p12"), "other".toCharArray()), "parts", "order").accept(CODE_BUG).misleading();

    // the data must change
    fail("422-jdk", VALIDATION_ERROR, "the upstream refuses a field", () -> jdk(answer(422, "/v1/orders/401", "{\"errors\":[{\"field\":\"token\",\"message\":\"must be 8 to 64 characters\"}]}")), "parts", "order").misleading();
    fail("400-timeout", VALIDATION_ERROR, "the upstream refuses the parameter timeout", () -> okhttp(answer(400, "/v1/jobs", "{\"code\":\"InvalidParameter\",\"message\":\"timeout must be at most 900\"}")), "parts", "message").misleading();
    fail("404-url", VALIDATION_ERROR, "the upstream has no such order", () -> plain(answer(404, "/v1/orders/A-504", "{}")), "parts", "lambda").misleading().accept(CODE_BUG);
    fail("409-spring", VALIDATION_ERROR, "the upstream has that order already", () -> springBody(answer(409, "/v1/orders/4290", "{\"message\":\"order 4290 already exists\"}")), "parts", "nested");
    fail("413-apache", VALIDATION_ERROR, "the upstream finds the document too large", () -> apache(answer(413, "/v1/documents/503", "")), "parts", "typed");
    fail("500-validation", VALIDATION_ERROR, "a gateway's 500 around a refused field", () -> springBody(answer(500, "/gateway/orders/504", "{\"error\":\"OrderService failed\",\"details\":\"ConstraintViolation: quantity must be greater than 0\"}")), "parts", "order").misleading();
    fail("dynamo-validation", VALIDATION_ERROR, "DynamoDB's words for a key without a value", () -> aws(400, "/table/customers", "ValidationException", "One or more parameter values were invalid: An AttributeValue may not contain an empty string"), "parts", "lambda");
    fail("dynamo-size", VALIDATION_ERROR, "DynamoDB's words for an item that is too large", () -> aws(400, "/table/documents", "ValidationException", "Item size has exceeded the maximum allowed size"), "parts", "typed");
    fail("s3-key", VALIDATION_ERROR, "S3 has no such object", () -> s3(404, "/orders/429.json", "NoSuchKey", "The specified key does not exist."), "parts", "typed");
    fail("s3-large", VALIDATION_ERROR, "S3 finds the object too large", () -> s3(400, "/orders/413.bin", "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size"), "typed");

    // time ran out
    fail("read-jdk", TIMEOUT, "the upstream stays silent", () -> jdk(local(silent(), "/v1/orders/503")), "parts", "order");
    fail("read-url", TIMEOUT, "the upstream stays silent", () -> plain(local(silent(), "/v1/orders/429")), "parts", "lambda");
    fail("read-apache", TIMEOUT, "the upstream stays silent", () -> apache(local(silent(), "/v1/orders/500")), "parts", "cause");
    fail("read-okhttp", TIMEOUT, "the upstream stays silent", () -> okhttp(local(silent(), "/v1/orders/401")), "parts", "retry");
    fail("read-spring", TIMEOUT, "the upstream stays silent", () -> spring(local(silent(), "/v1/orders/401")), "parts", "message").misleading();
    fail("call-okhttp", TIMEOUT, "the whole call takes too long", () -> okhttp(local(silent(), "/v1/slow"), 5000), "parts", "log").misleading();
    fail("connect-jdk", TIMEOUT, "the server takes no connection", () -> jdk(local(full(), "/v1/stock/429")), "parts", "future");
    fail("connect-url", TIMEOUT, "the server takes no connection", () -> plain(local(full(), "/v1/stock/500")), "parts", "order");
    fail("connect-apache", TIMEOUT, "the server takes no connection", () -> apache(local(full(), "/v1/stock/403")), "parts", "typed");
    fail("connect-okhttp", TIMEOUT, "the server takes no connection", () -> okhttp(local(full(), "/v1/stock/409")), "message");
    fail("504-spring", TIMEOUT, "the gateway answers 504", () -> spring(answer(504, "/v1/prices/401", "<html><body><h1>504 Gateway Time-out</h1></body></html>")), "parts", "nested");
    fail("500-timeout", TIMEOUT, "a gateway's 500 around a deadline", () -> jdk(answer(500, "/gateway/prices/403", "{\"message\":\"pricing: context deadline exceeded after 4290 ms\"}")), "parts", "order").misleading();
    fail("s3-timeout", TIMEOUT, "S3's 400 for an upload that is too slow", () -> s3(400, "/orders/slow.bin", "RequestTimeout", "Your socket connection to the server was not read from or written to within the timeout period. Idle connections will be closed."), "parts").misleading();
    fail("tls-silent", TIMEOUT, "the server never ends the TLS handshake", () -> { var s = (javax.net.ssl.SSLSocket) context(null, "server").getSocketFactory().createSocket("127.0.0.1", silent()); s.setSoTimeout(200); s.startHandshake(); }, "parts");

    // too fast
    fail("429-jdk", THROTTLED, "the upstream answers 429", () -> jdk(answer(429, "/v1/orders/500", "{\"message\":\"Rate limit of 20 requests per second exceeded, retry in 3 s\"}", "Retry-After", "3")), "parts", "order", "lambda");
    fail("429-apache", THROTTLED, "the upstream answers 429", () -> apache(answer(429, "/v1/orders/403", "")), "parts", "cause");
    fail("429-spring", THROTTLED, "the upstream answers 429", () -> spring(answer(429, "/v1/stock/503", "{}")), "parts", "retry");
    fail("429-okhttp", THROTTLED, "the upstream answers 429", () -> okhttp(answer(429, "/v1/stock/504", "slow down")), "message", "log");
    fail("429-url", THROTTLED, "the upstream answers 429", () -> plain(answer(429, "/v1/stock/401", "{}")), "parts", "nested");
    fail("403-rate", THROTTLED, "a 403 that means a rate limit", () -> springBody(answer(403, "/v1/search/401", "{\"message\":\"API rate limit exceeded for client orders-svc\"}")), "parts", "message").misleading();
    fail("403-quota", THROTTLED, "a 403 that means the day's quota", () -> jdk(answer(403, "/v1/geocode/8812", "{\"error\":{\"code\":403,\"status\":\"PERMISSION_DENIED\",\"reason\":\"dailyLimitExceeded\",\"message\":\"Daily quota of 2500 lookups is used up\"}}")), "parts", "order").misleading();
    fail("400-throttle", THROTTLED, "a 400 that means throttling", () -> aws(400, "/table/stock", "ThrottlingException", "Rate exceeded"), "parts", "lambda").misleading();
    fail("400-throughput", THROTTLED, "a 400 that means the table's throughput", () -> aws(400, "/table/lines", "ProvisionedThroughputExceededException", "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level."), "parts", "typed").misleading();
    fail("503-slow", THROTTLED, "a 503 that means slow down", () -> springBody(answer(503, "/orders/500.json", "<?xml version=\"1.0\"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>", "Content-Type", "application/xml")), "parts", "order", "lambda").misleading();
    fail("500-throttle", THROTTLED, "a gateway's 500 around a 429", () -> springBody(answer(500, "/gateway/stock", "{\"error\":\"InternalError\",\"cause\":\"inventory answered 429 Too Many Requests\"}")), "parts", "root").misleading();
    fail("503-rejected", THROTTLED, "the upstream's own queue is full", () -> jdk(answer(503, "/orders/_bulk", "{\"error\":{\"type\":\"rejected_execution_exception\",\"reason\":\"rejected execution of coordinating operation, queue capacity 1000, queued tasks 1000\"},\"status\":503}")), "parts", "message").misleading().accept(DEPENDENCY_FAILURE);
    fail("429-html", THROTTLED, "the gateway answers 429 with a page", () -> springBody(answer(429, "/v1/prices/500", "<html><body>Too many requests. <!-- ref 503 --></body></html>")), "parts", "order");
    fail("429-lambda", THROTTLED, "an invocation is over the concurrency", () -> aws(429, "/2015-03-31/functions/price/invocations", "TooManyRequestsException", "Rate Exceeded."), "parts", "log");
    fail("503-limit", THROTTLED, "a 503 that means the limit of requests", () -> aws(503, "/volumes/401", "RequestLimitExceeded", "Request limit exceeded."), "parts", "message").misleading();
    fail("400-slow", THROTTLED, "the token endpoint wants to be asked less often", () -> okhttp(answer(400, "/oauth/device/token", "{\"error\":\"slow_down\",\"error_description\":\"polling too often\"}")), "parts", "order").misleading();
    fail("401-rate", THROTTLED, "a 401 of the log-in service that means too many log-ins", () -> jdk(answer(401, "/login/service", "{\"code\":\"TooManyAttempts\",\"message\":\"too many token requests for this client, wait 60 s\"}")), "parts").misleading().accept(AUTH_FAILURE);
    fail("503-quota", THROTTLED, "a 503 that means the month's quota", () -> springBody(answer(503, "/v1/translate/401", "{\"error\":\"monthly character quota exhausted\"}")), "parts", "cause").misleading();
    fail("limiter", THROTTLED, "the consumer's own rate limiter gives no permit", () -> { throw new IllegalStateException("rate limiter pricing-api: no permit within 40 ms, 20 calls per second allowed"); }, "parts", "lambda").misleading().accept(RESOURCE_EXHAUSTED, TIMEOUT);
    fail("200-graphql", THROTTLED, "a 200 whose errors say throttled", () -> { Object body = jdk(answer(200, "/graphql", "{\"errors\":[{\"message\":\"Throttled\",\"extensions\":{\"code\":\"THROTTLED\",\"cost\":504}}]}")); throw new IllegalStateException("query orders(id: 401) failed: " + body); }, "parts", "order");

    // the upstream must recover
    fail("refused-jdk", DEPENDENCY_FAILURE, "nobody listens", () -> jdk(local(closed(), "/v1/orders/401")), "parts", "typed");
    fail("refused-spring", DEPENDENCY_FAILURE, "nobody listens", () -> spring(local(closed(), "/v1/orders/429")), "parts", "order");
    fail("refused-apache", DEPENDENCY_FAILURE, "nobody listens", () -> apache(local(closed(), "/v1/token/refresh")), "parts", "retry");
    fail("dns", DEPENDENCY_FAILURE, "the host's name has no address", () -> plain("http://auth.orders.invalid/v1/token"), "parts", "typed").accept(CODE_BUG);
    fail("reset-url", DEPENDENCY_FAILURE, "the server resets the connection", () -> plain(local(reset(), "/v1/orders/413")), "parts", "cause");
    fail("no-answer-apache", DEPENDENCY_FAILURE, "the server hangs up without an answer", () -> apache(local(raw((s, in, out) -> in.readLine()), "/v1/orders/401")), "typed", "order");
    fail("no-answer-jdk", DEPENDENCY_FAILURE, "the server hangs up without an answer", () -> jdk(local(raw((s, in, out) -> in.readLine()), "/v1/orders/504")), "parts").misleading();
    fail("half-okhttp", DEPENDENCY_FAILURE, "the server hangs up within its answer", () -> okhttp(local(replies("HTTP/1.1 200 OK\r\nContent-Length: 503\r\n\r\n{\"half\":"), "/v1/orders/408")), "parts", "log");
    fail("half-apache", DEPENDENCY_FAILURE, "the server hangs up within its answer", () -> apache(local(replies("HTTP/1.1 200 OK\r\nContent-Length: 4290\r\n\r\n{\"half\":"), "/v1/orders/409")), "message").misleading();
    fail("500-url", DEPENDENCY_FAILURE, "the upstream answers 500", () -> plain(answer(500, "/v1/orders/404", "{}")), "message", "lambdalog");
    fail("503-spring", DEPENDENCY_FAILURE, "the upstream answers 503", () -> spring(answer(503, "/v1/orders/429", "")), "parts", "suppressed");
    fail("500-memory", DEPENDENCY_FAILURE, "the upstream's own memory is full", () -> jdk(answer(500, "/v1/render/401", "{\"status\":500,\"error\":\"Internal Server Error\",\"exception\":\"java.lang.OutOfMemoryError: Java heap space\"}")), "parts", "order").misleading();
    fail("s3-unavailable", DEPENDENCY_FAILURE, "S3 answers 503 each time", () -> s3(503, "/orders/401.json", "ServiceUnavailable", "Service is unable to handle request."), "parts", "typed");
    fail("html-json", DEPENDENCY_FAILURE, "the upstream answers an HTML page with 200", () -> Body.JACKSON.readTree((String) jdk(answer(200, "/v1/rates/eur", "<html><head><title>Maintenance</title></head></html>"))), "parts").misleading().accept(BAD_PAYLOAD);
    fail("html-spring", DEPENDENCY_FAILURE, "the upstream answers an HTML page with 200", () -> springJson(answer(200, "/v1/rates/usd", "<html><body>Sign in to continue</body></html>")), "parts", "lambda").misleading();
    fail("half-spring", DEPENDENCY_FAILURE, "the upstream's JSON is cut off", () -> springJson(answer(200, "/v1/rates/chf", "{\"rate\": 1.0")), "parts").misleading();
    fail("garbage", DEPENDENCY_FAILURE, "the upstream speaks no HTTP", () -> jdk(local(says("SSH-2.0-OpenSSH_9.2p1\r\n"), "/v1/orders/401")), "parts", "message").accept(CODE_BUG);
    fail("tls-self", DEPENDENCY_FAILURE, "the server's certificate is of an unknown issuer", () -> jdk("https://127.0.0.1:" + tls("server", false), context(null, "other")), "parts", "order", "lambda").misleading();
    fail("tls-host", DEPENDENCY_FAILURE, "the server's certificate is for another host", () -> jdk("https://127.0.0.1:" + tls("elsewhere", false), context(null, "elsewhere")), "parts", "root").misleading();
    fail("tls-expired", DEPENDENCY_FAILURE, "the server's certificate is expired", () -> jdk("https://127.0.0.1:" + tls("expired", false), context(null, "other")), "parts", "message").misleading();
    fail("tls-plain", DEPENDENCY_FAILURE, "the server speaks no TLS", () -> jdk("https://127.0.0.1:" + says("HTTP/1.1 400 Bad Request\r\n\r\n"), context(null, "server")), "parts").accept(CODE_BUG);

    // the consumer's own pool, and its own bugs
    fail("pool-apache", RESOURCE_EXHAUSTED, "the client's only connection was never given back", () -> leased(HttpClients.custom().setMaxConnTotal(1).setDefaultRequestConfig(RequestConfig.custom().setConnectionRequestTimeout(80).build()).build(), answer(200, "/v1/orders/2", "{}")), "parts", "order", "cause").misleading();
    fail("pool-closed", CODE_BUG, "the client is used after it was closed", () -> { var c = HttpClients.createDefault(); c.close(); c.execute(new HttpGet(answer(200, "/v1/orders/3", "{}"))); }, "parts", "message").misleading();
    fail("405-spring", CODE_BUG, "the upstream does not know that method here", () -> spring(answer(405, "/v1/orders/503", "")), "parts");
    fail("url-scheme", CODE_BUG, "the configured URL lacks its scheme", () -> jdk("orders-api:503/v1/token"), "parts", "typed").accept(VALIDATION_ERROR);
    fail("header", CODE_BUG, "a header is set with a line break in it", () -> HttpRequest.newBuilder(URI.create("http://127.0.0.1/")).header("Authorization", "Bearer abc\n"), "parts").misleading().accept(AUTH_FAILURE);
    fail("okhttp-token", CODE_BUG, "a header's value has an umlaut", () -> new okhttp3.Request.Builder().url("http://127.0.0.1/").header("X-Api-Token", "schlüssel"), "message").accept(AUTH_FAILURE);
    fail("s3-bucket", CODE_BUG, "the configured bucket does not exist", () -> s3(404, "/order-archive/503.json", "NoSuchBucket", "The specified bucket does not exist"), "parts").accept(VALIDATION_ERROR);
  }
}
