package com.example.orders;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.*;
import java.lang.reflect.*;
import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.concurrent.*;

/** Runs each scenario and writes down what its failure looks like in the wrappings that it names. */
public final class Recorder {
  enum Kind { AUTH_FAILURE, VALIDATION_ERROR, BAD_PAYLOAD, TIMEOUT, THROTTLED, DEPENDENCY_FAILURE, RESOURCE_EXHAUSTED, CODE_BUG, UNKNOWN }
  interface Action { void run() throws Throwable; }

  /** One way to fail. `child` runs it in a JVM of its own, under that shell prefix and with those options. */
  static final class Scenario {
    final String name, cause; final Kind kind; final String[] wraps; final Action action;
    List<Kind> accept = List.of(); boolean misleading; String prefix, options;
    Scenario(String name, Kind kind, String cause, Action action, String[] wraps) {
      this.name = name; this.kind = kind; this.cause = cause; this.action = action; this.wraps = wraps;
    }
    Scenario misleading() { misleading = true; return this; }
    Scenario accept(Kind... kinds) { accept = List.of(kinds); return this; }
    Scenario child(String prefix, String options) { this.prefix = prefix; this.options = options; return this; }
  }


  static final Map<String, Scenario> scenarios = new LinkedHashMap<>();
  static Scenario fail(String name, Kind kind, String cause, Action action, String... wraps) {
    Scenario scenario = new Scenario(name, kind, cause, action, wraps);
    if (scenarios.put(name, scenario) != null) throw new IllegalStateException("twice: " + name);
    return scenario;
  }

  public static void main(String[] args) throws Exception {
    System.setProperty("java.util.logging.config.file", "/dev/null");
    java.util.logging.LogManager.getLogManager().reset();
    Body.table(); Flow.table(); Web.table(); Sql.table(); Rpc.table();
    List<String> only = args.length > 1 ? Arrays.asList(args).subList(1, args.length) : List.of();
    try (PrintStream out = new PrintStream(new FileOutputStream(args[0], true), true, "UTF-8")) {
      for (Scenario scenario : scenarios.values()) {
        if (!only.isEmpty() && !only.contains(scenario.name)) continue;
        if (scenario.options != null && only.size() != 1) child(scenario, args[0]);
        else record(scenario, out);
      }
    }
    System.exit(0);
  }

  static void child(Scenario scenario, String file) throws Exception {
    File part = new File(file + ".part");
    String command = scenario.prefix + " exec java -XX:-UsePerfData " + scenario.options + " -cp '" + System.getProperty("java.class.path")
        + "' com.example.orders.Recorder " + part + " " + scenario.name;
    Process process = new ProcessBuilder("bash", "-c", command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.INHERIT).start();
    if (!process.waitFor(120, TimeUnit.SECONDS)) process.destroyForcibly();
    if (part.exists()) { try (FileOutputStream out = new FileOutputStream(file, true)) { java.nio.file.Files.copy(part.toPath(), out); } }
    part.delete();
  }

  static void record(Scenario scenario, PrintStream out) {
    Throwable failure = run(scenario.action);
    if (failure == null) { System.err.println("did not fail: " + scenario.name); return; }
    if (scenario.kind != Kind.CODE_BUG && (root(failure) instanceof LinkageError || root(failure) instanceof ClassNotFoundException)) { System.err.println("lacks a library: " + scenario.name + ": " + root(failure)); return; }
    if (System.getenv("SHOW") != null) failure.printStackTrace();
    for (String wrap : scenario.wraps) {
      Map<String, Object> text = new LinkedHashMap<>();
      text.put("id", "jvm/" + scenario.name + "#" + wrap.replace(' ', '-'));
      text.put("scenario", "jvm/" + scenario.name);
      text.put("class", scenario.kind.name());
      text.put("accept", scenario.accept);
      text.put("misleading", scenario.misleading);
      text.put("cause", scenario.cause);
      text.put("evidence", wrap(scenario.name, wrap, failure));
      out.println(JSON.toJson(text));
    }
  }

  /** In a thread of its own: a scenario may end a stack or be stuck. */
  static Throwable run(Action action) {
    Throwable[] failure = new Throwable[1];
    Thread thread = new Thread(() -> { try { action.run(); } catch (Throwable error) { failure[0] = error; } }, "orders-worker-4");
    thread.setDaemon(true);
    thread.start();
    try { thread.join(60_000); } catch (InterruptedException never) { throw new IllegalStateException(never); }
    return failure[0];
  }

  static final Gson JSON = new GsonBuilder().disableHtmlEscaping().create();
  static final int[] NUMBERS = { 8812, 503, 4290, 401, 504, 1429, 500, 4031, 413, 137, 5432, 408, 409 };

  static Map<String, String> wrap(String name, String wrap, Throwable e) {
    int n = NUMBERS[Math.floorMod(name.hashCode(), NUMBERS.length)];
    switch (wrap) {
      case "parts": return evidence(e, null);
      case "message": return only(message(e));
      case "typed": return only(e.toString());
      case "order": return only("failed to process order " + n + ": " + message(e));
      case "body": return evidence(e, "order #" + n + " could not be sent on: " + message(e));
      case "trace": return only(trace(e));
      case "log": return only("2024-05-0" + (1 + n % 9) + " 10:" + (10 + n % 50) + ":29," + (100 + n % 900) + " ERROR [orders-consumer-" + n % 7 + "] c.e.orders.OrderListener - Message " + n + " failed after " + (n + 90) + " ms\n" + trace(e));
      case "thread": return only("Exception in thread \"order-" + n + "\" " + trace(e));
      case "lambda": return only(JSON.toJson(lambda(e)));
      case "lambdalog": return only(e.getMessage() + ": " + e.getClass().getName() + "\n" + trace(e));
      case "nested": return only(JSON.toJson(Map.of("statusCode", 500, "body", JSON.toJson(new TreeMap<>(Map.of("error", e.toString(), "orderId", n))))));
      case "cause": return evidence(new OrderProcessingException("Message " + n + " of batch " + n % 17 + " was not processed", e), null);
      case "retry": return evidence(new RetriesExhaustedException("gave up after 5 attempts in " + (n + 3000) + " ms", e), null);
      case "retrymessage": return only("gave up on order " + n + " after 3 attempts; last error: " + e);
      case "root": return only("Order " + n + " failed; root cause: " + root(e));
      case "future": return evidence(run(() -> CompletableFuture.runAsync(() -> sneak(e)).join()), null);
      case "futuremessage": return only(run(() -> CompletableFuture.runAsync(() -> sneak(e)).join()).toString());
      case "executor": return evidence(run(() -> { ExecutorService pool = Executors.newSingleThreadExecutor(); try { pool.submit(() -> { sneak(e); }).get(); } finally { pool.shutdown(); } }), null);
      case "reflect": return evidence(run(() -> Thrower.class.getDeclaredMethod("handle", Throwable.class).invoke(null, e)), null);
      case "proxy": return evidence(run(() -> ((Callable<?>) Proxy.newProxyInstance(Recorder.class.getClassLoader(), new Class<?>[] { Callable.class }, (p, m, a) -> { throw e instanceof Exception ? new Throwable(e) : e; })).call()), null);
      case "runtime": return evidence(new RuntimeException(e), null);
      case "suppressed": { Throwable copy = new OrderProcessingException("order " + n + " failed", e); copy.addSuppressed(new IOException("Stream closed")); return evidence(copy, null); }
      default: throw new IllegalArgumentException(wrap);
    }
  }

  static final class Thrower { static void handle(Throwable e) { sneak(e); } }
  @SuppressWarnings("unchecked") static <T extends Throwable> void sneak(Throwable e) throws T { throw (T) e; }

  static Throwable root(Throwable e) { while (e.getCause() != null && e.getCause() != e) e = e.getCause(); return e; }
  static String message(Throwable e) { return e.getMessage() == null ? e.toString() : e.getMessage(); }

  static Map<String, String> evidence(Throwable e, String message) {
    Map<String, String> evidence = new LinkedHashMap<>();
    evidence.put("errorType", e.getClass().getName());
    if (message != null || e.getMessage() != null) evidence.put("errorMessage", cut(message == null ? e.getMessage() : message, 2000));
    evidence.put("stack", cut(trace(e), 3000));
    Integer status = null; String code = null;
    if (e instanceof HttpFailure) { status = ((HttpFailure) e).status; code = ((HttpFailure) e).code; }
    if (e instanceof org.springframework.web.client.HttpStatusCodeException) status = ((org.springframework.web.client.HttpStatusCodeException) e).getRawStatusCode();
    if (e instanceof org.apache.http.client.HttpResponseException) status = ((org.apache.http.client.HttpResponseException) e).getStatusCode();
    if (e instanceof org.jets3t.service.S3ServiceException) { status = ((org.jets3t.service.S3ServiceException) e).getResponseCode(); code = ((org.jets3t.service.S3ServiceException) e).getS3ErrorCode(); }
    if (status != null && status > 0) evidence.put("httpStatus", String.valueOf(status));
    if (code != null) evidence.put("awsErrorCode", code);
    return evidence;
  }
  static Map<String, String> only(String message) { return new LinkedHashMap<>(Map.of("errorMessage", cut(message, 2000))); }

  /** The stack trace with at most six frames of each throwable, as a logger with %ex{6} prints it. */
  static String trace(Throwable e) {
    StringWriter full = new StringWriter();
    e.printStackTrace(new PrintWriter(full));
    StringBuilder kept = new StringBuilder();
    int frames = 0, left = 0;
    for (String line : full.toString().split("\n")) {
      boolean frame = line.matches("\\t+at .*"), common = line.matches("\\t+\\.\\.\\. \\d+ more");
      if (frame && ++frames > 6) { left++; continue; }
      if (common) { left += Integer.parseInt(line.replaceAll("\\D", "")); continue; }
      if (!frame) { if (left > 0) kept.append("\t... ").append(left).append(" more\n"); frames = left = 0; }
      kept.append(line).append('\n');
    }
    if (left > 0) kept.append("\t... ").append(left).append(" more\n");
    return redact(kept.toString());
  }

  /** The error JSON of AWS Lambda's Java runtime. */
  static Map<String, Object> lambda(Throwable e) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("errorMessage", e.getMessage());
    json.put("errorType", e.getClass().getName());
    List<String> frames = new ArrayList<>();
    for (StackTraceElement frame : e.getStackTrace()) if (frames.size() < 5) frames.add(frame.toString().replaceFirst("^(app|java\\.base)?/+", ""));
    json.put("stackTrace", frames);
    if (e.getCause() != null) json.put("cause", lambda(e.getCause()));
    return json;
  }

  static final String TMP = System.getenv("SCRATCH"), HOST = System.getenv("MACHINE");
  static String redact(String text) {
    if (TMP != null) text = text.replace(TMP, "/var/task");
    if (HOST != null && HOST.length() > 3) text = text.replace(HOST, "ip-10-0-3-52");
    return text.replace("/usr/share/java/", "/var/task/lib/");
  }
  static String cut(String text, int length) { text = redact(text); return text.length() > length ? text.substring(0, length) : text; }
}

/** What an HTTP client of the consumer's own throws: status, code and body. */
class HttpFailure extends IOException {
  final int status; final String code;
  HttpFailure(int status, String code, String message) { super(message); this.status = status; this.code = code; }
}

class OrderProcessingException extends RuntimeException {
  OrderProcessingException(String message, Throwable cause) { super(message, cause); }
}

class RetriesExhaustedException extends RuntimeException {
  RetriesExhaustedException(String message, Throwable cause) { super(message, cause); }
}
