package com.example.orders;

import static com.example.orders.Recorder.Kind.*;
import static com.example.orders.Recorder.fail;

import java.io.*;
import java.util.*;
import java.util.concurrent.*;

/** Bugs of the consumer, limits of its machine, its own deadlines, and failures that say nothing. */
final class Flow {
  static class Token { String value; Token next; String value() { return value; } }
  static class Session { Token token; List<String> scopes = List.of("orders:read"); Token token() { return token; } }
  static final class Config { static final int LIMIT = Integer.parseInt(System.getenv("ORDERS_RATE_LIMIT") == null ? "unset" : "5"); static int limit() { return LIMIT; } }
  static final class Broken { static { require(System.getProperty("auth.token.url"), "auth.token.url"); } static void call() { } }
  static String require(String value, String name) { if (value == null) throw new IllegalStateException("required configuration " + name + " is not set"); return value; }
  static int deep(int n) { return deep(n + 1) + deep(n - 1); }
  public static class Repository { Repository(String table) { } }
  public interface Gateway { void send(); }
  public static class Listener { Gateway gateway; public void setGateway(Gateway g) { gateway = g; } }

  static Object groovy(String script) { return new groovy.lang.GroovyShell().evaluate(script, "handle_order.groovy"); }
  static org.springframework.context.support.GenericApplicationContext context() { return new org.springframework.context.support.GenericApplicationContext(); }
  static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes()).strip();
    int code = process.waitFor();
    throw new ChildFailedException("render-invoice ended with exit code " + code + (output.isEmpty() ? "" : ": " + output));
  }
  static void keep() { List<byte[]> kept = new ArrayList<>(); while (true) kept.add(new byte[300_000]); }
  static void loaders() throws Exception {
    byte[] code = Flow.class.getResourceAsStream("Flow$Gateway.class").readAllBytes();
    List<Class<?>> kept = new ArrayList<>();
    while (true) kept.add(new ClassLoader(null) { Class<?> load() { return defineClass(null, code, 0, code.length); } }.load());
  }
  static void threads() { List<Thread> kept = new ArrayList<>(); while (kept.size() < 20_000) { Thread t = new Thread(() -> { try { Thread.sleep(60_000); } catch (InterruptedException e) { } }); t.setDaemon(true); t.start(); kept.add(t); } }
  static void files() throws IOException { List<InputStream> kept = new ArrayList<>(); while (true) kept.add(new FileInputStream("/etc/hostname")); }
  static void sockets() throws IOException { int port = Servers.silent(); List<Closeable> kept = new ArrayList<>(); while (true) kept.add(new java.net.Socket("127.0.0.1", port)); }
  static ThreadPoolExecutor pool() { return new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new ArrayBlockingQueue<>(2), task -> { Thread t = new Thread(task); t.setDaemon(true); return t; }); }
  static void sleep() { try { Thread.sleep(5_000); } catch (InterruptedException e) { throw new IllegalStateException(e); } }
  /** Kotlin's and Scala's shape of a failure without a word. */
  static class StepFailed extends RuntimeException { StepFailed() { super((String) null); } }

  static void table() {
    // bugs of our own
    fail("npe-token", CODE_BUG, "a field that was never set is used", () -> new Session().token().value().length(), "parts", "order", "lambda").misleading();
    fail("npe-plain", CODE_BUG, "a null is taken for a number", () -> { Integer n = (Integer) new HashMap<String, Object>().get("limit"); int m = n; }, "typed", "log");
    fail("index", CODE_BUG, "an index behind the end of an array", () -> { int[] retries = new int[400]; retries[429]++; }, "parts", "nested").misleading();
    fail("list-index", CODE_BUG, "an index behind the end of a list", () -> new ArrayList<>(List.of(1, 2, 3)).get(503), "message", "future");
    fail("substring", CODE_BUG, "a substring behind the end", () -> "401".substring(4), "parts", "executor");
    fail("cast", CODE_BUG, "a map is cast to a list", () -> { Object o = new HashMap<String, String>(); List<?> l = (List<?>) o; }, "parts", "lambdalog");
    fail("modified", CODE_BUG, "a list is changed while it is read", () -> { List<Integer> l = new ArrayList<>(List.of(1, 2, 3)); for (Integer i : l) l.remove(i); }, "parts", "thread");
    fail("zero", CODE_BUG, "a division by zero", () -> { int n = List.of().size(); int m = 503 / n; }, "typed", "reflect");
    fail("recursion", CODE_BUG, "an endless recursion", () -> deep(0), "parts", "thread").misleading().accept(RESOURCE_EXHAUSTED);
    fail("no-class", CODE_BUG, "a class of a jar that was not shipped", () -> Class.forName("com.example.auth.TokenProvider"), "parts", "typed");
    fail("no-class-def", CODE_BUG, "a class file that disappeared after compilation", () -> { class Missing extends ClassLoader { Class<?> find() throws Exception { byte[] b = Flow.class.getResourceAsStream("Flow$Listener.class").readAllBytes(); return defineClass("com.example.orders.Flow$Listener", b, 0, b.length); } Missing() { super(null); } }
      new Missing().find().getDeclaredMethods(); }, "parts", "lambda");
    fail("initializer", CODE_BUG, "a static initializer fails for lack of a setting", () -> Config.limit(), "parts", "cause").misleading();
    fail("config-token", CODE_BUG, "a required setting is missing", () -> Broken.call(), "parts", "root");
    fail("no-init", CODE_BUG, "a class is used whose initializer had failed", () -> { try { Config.limit(); } catch (Throwable first) { /* seen before */ } Config.limit(); }, "parts");
    fail("library", CODE_BUG, "a native library that was not shipped", () -> System.loadLibrary("throttle"), "parts", "message");
    fail("no-method", CODE_BUG, "a method of another version of the class", () -> Session.class.getDeclaredMethod("refreshToken", String.class), "parts").misleading();
    fail("immutable", CODE_BUG, "an immutable list is added to", () -> List.of(1).add(2), "parts", "reflect");
    fail("optional", CODE_BUG, "an empty Optional is read", () -> Optional.empty().orElseThrow(), "typed", "cause");
    fail("sleep-negative", CODE_BUG, "a negative wait is computed", () -> Thread.sleep(-503), "parts", "order").misleading().accept(VALIDATION_ERROR);
    fail("format", CODE_BUG, "a format string does not fit its arguments", () -> String.format("order %d rejected", "A-429"), "typed");
    fail("regex", CODE_BUG, "a regular expression of our own is not well formed", () -> java.util.regex.Pattern.compile("(?<token>[a-z+"), "parts").misleading();
    fail("resource", CODE_BUG, "a properties file that was not shipped", () -> ResourceBundle.getBundle("orders.timeouts"), "message", "lambda");
    fail("template", CODE_BUG, "a template file that was not shipped", () -> new FileInputStream(System.getenv("SCRATCH") + "/templates/invoice-503.html"), "parts", "order");
    fail("serializer", CODE_BUG, "an object without a serializer is written", () -> Body.JACKSON.writeValueAsString(new Object()), "parts");
    fail("constructor", CODE_BUG, "a class that the mapper cannot create", () -> Body.JACKSON.readValue("{\"table\":\"a\"}", Repository.class), "parts", "message").misleading().accept(VALIDATION_ERROR);
    fail("spring-bean", CODE_BUG, "a bean that no configuration defines", () -> { var c = context(); c.refresh(); c.getBean(Gateway.class); }, "parts", "message");
    fail("spring-wiring", CODE_BUG, "a bean refers to one that is not defined", () -> { var c = context(); var b = new org.springframework.beans.factory.support.RootBeanDefinition(Listener.class);
      b.getPropertyValues().add("gateway", new org.springframework.beans.factory.config.RuntimeBeanReference("throttlingGateway")); c.registerBeanDefinition("orderListener", b); c.refresh(); }, "parts", "lambda");
    fail("spring-placeholder", CODE_BUG, "a placeholder of the configuration has no value", () -> new org.springframework.core.env.StandardEnvironment().resolveRequiredPlaceholders("${orders.upstream.timeout}"), "parts", "cause").misleading();
    fail("spring-required", CODE_BUG, "a required property is not configured", () -> new org.springframework.core.env.StandardEnvironment().getRequiredProperty("ORDERS_API_TOKEN"), "order", "typed").misleading().accept(AUTH_FAILURE);
    fail("groovy-property", CODE_BUG, "a script reads a property which does not exist", () -> groovy("def order = new Expando(id: 503).id; order.quota"), "parts", "order").misleading();
    fail("groovy-null", CODE_BUG, "a script calls a method on null", () -> groovy("def session = [:]; session.token.refresh()"), "parts", "log");
    fail("groovy-method", CODE_BUG, "a script calls a method which does not exist", () -> groovy("'A-401'.reject(3)"), "typed");
    fail("pool-terminated", CODE_BUG, "a task is given to a pool that was shut down", () -> { var p = pool(); p.shutdown(); p.submit(() -> { }); }, "parts", "order").misleading().accept(RESOURCE_EXHAUSTED);
    fail("timer", CODE_BUG, "a timer is used after its end", () -> { Timer t = new Timer(true); t.cancel(); t.schedule(new TimerTask() { public void run() { } }, 5); }, "parts").misleading();
    fail("monitor", CODE_BUG, "notify is called without the lock", () -> new Object().notifyAll(), "parts", "root");

    // our machine is full
    fail("heap", RESOURCE_EXHAUSTED, "the heap is full", Flow::keep, "parts", "thread", "lambda").child("", "-Xmx24m");
    fail("heap-gc", RESOURCE_EXHAUSTED, "the collector finds nothing any more", () -> { Map<Integer, String> m = new HashMap<>(); for (int i = 0; ; i++) m.put(i, "order-" + i); }, "parts", "order").child("", "-Xmx18m -XX:+UseParallelGC -XX:GCTimeLimit=20 -XX:GCHeapFreeLimit=90");
    fail("heap-array", RESOURCE_EXHAUSTED, "an array larger than the heap allows", () -> { byte[] all = new byte[Integer.MAX_VALUE]; }, "typed", "cause").child("", "-Xmx24m").accept(CODE_BUG);
    fail("metaspace", RESOURCE_EXHAUSTED, "class loaders are never let go", Flow::loaders, "parts", "message").child("", "-XX:MaxMetaspaceSize=24m");
    fail("direct", RESOURCE_EXHAUSTED, "direct buffers are never let go", () -> { List<Object> kept = new ArrayList<>(); while (true) kept.add(java.nio.ByteBuffer.allocateDirect(1 << 20)); }, "parts", "future").child("", "-XX:MaxDirectMemorySize=8m");
    fail("thread", RESOURCE_EXHAUSTED, "no further thread can be made", Flow::threads, "parts", "log").child("ulimit -v 8000000;", "-Xmx64m -Xss64m -XX:MaxMetaspaceSize=64m -XX:CompressedClassSpaceSize=32m -XX:ReservedCodeCacheSize=32m");
    fail("files", RESOURCE_EXHAUSTED, "all file descriptors are open", Flow::files, "parts", "order").child("ulimit -n 190;", "-XX:-MaxFDLimit");
    fail("sockets", RESOURCE_EXHAUSTED, "all file descriptors are sockets", Flow::sockets, "parts", "retry").child("ulimit -n 210;", "-XX:-MaxFDLimit").misleading();
    fail("disk", RESOURCE_EXHAUSTED, "the disk is full", () -> { try (OutputStream out = new FileOutputStream("/dev/full")) { out.write(new byte[9000]); } }, "parts", "order", "lambda");
    fail("disk-limit", RESOURCE_EXHAUSTED, "the file is larger than the process may write", () -> { try (OutputStream out = new FileOutputStream(System.getenv("SCRATCH") + "/large")) { out.write(new byte[900_000]); } }, "parts").child("ulimit -f 100; trap '' XFSZ;", "");
    fail("queue", RESOURCE_EXHAUSTED, "the consumer's own queue of work is full", () -> { var p = pool(); for (int i = 0; i < 9; i++) p.submit(Flow::sleep); }, "parts", "message").accept(THROTTLED).misleading();
    fail("child-killed", RESOURCE_EXHAUSTED, "a child process is killed as by the kernel for its memory", () -> run("bash", "-c", "kill -9 $$"), "parts", "order");
    fail("child-heap", RESOURCE_EXHAUSTED, "a child process in Node has a full heap", () -> run("node", "--max-old-space-size=12", "-e", "const a=[];for(;;)a.push({n:a.length,s:'order'+a.length})"), "message");
    fail("queue-add", RESOURCE_EXHAUSTED, "the consumer's own buffer is full", () -> { var buffer = new ArrayBlockingQueue<Integer>(2); for (int i = 0; i < 9; i++) buffer.add(i); }, "parts", "typed").accept(THROTTLED);
    fail("fork", RESOURCE_EXHAUSTED, "no descriptor is left for a child process", () -> { try { files(); } catch (IOException full) { } new ProcessBuilder("true").start(); }, "parts").child("ulimit -n 190;", "-XX:-MaxFDLimit");
    fail("semaphore", RESOURCE_EXHAUSTED, "no permit of the consumer's own pool came free in time", () -> { if (!new Semaphore(0).tryAcquire(30, TimeUnit.MILLISECONDS)) throw new TimeoutException("no free worker slot within 30 ms (8 of 8 in use, 429 waiting)"); }, "parts", "order").misleading().accept(TIMEOUT);

    // deadlines of our own
    fail("future-get", TIMEOUT, "a task did not end in time", () -> { var p = pool(); p.submit(Flow::sleep).get(80, TimeUnit.MILLISECONDS); }, "parts", "cause");
    fail("or-timeout", TIMEOUT, "a future did not end in time", () -> new CompletableFuture<String>().orTimeout(50, TimeUnit.MILLISECONDS).join(), "parts", "retry");
    fail("cancelled-deadline", TIMEOUT, "a task was cancelled since its deadline had passed", () -> { var p = pool(); var f = p.invokeAll(List.of(() -> { sleep(); return 1; }), 60, TimeUnit.MILLISECONDS).get(0); try { f.get(); } catch (CancellationException e) { throw new DeadlineExpiredException("order 401 cancelled: not finished within its deadline of 60 ms", e); } }, "parts", "message").misleading();
    fail("child-timeout", TIMEOUT, "a child process did not end in time", () -> { Process p = new ProcessBuilder("timeout", "0.2", "sleep", "5").start(); int c = p.waitFor(); throw new ChildFailedException("render-invoice killed (exit code " + c + ") because it ran longer than 200 ms"); }, "parts", "nested").misleading();
    fail("lock-wait", TIMEOUT, "a lock was not granted in time", () -> { var l = new java.util.concurrent.locks.ReentrantLock(); new Thread(l::lock).start(); Thread.sleep(50); if (!l.tryLock(40, TimeUnit.MILLISECONDS)) throw new TimeoutException("could not lock order 503 within 40 ms"); }, "typed");

    // an upstream that the consumer itself has given up
    fail("circuit", DEPENDENCY_FAILURE, "the circuit breaker of the consumer is open", () -> { throw new CircuitOpenException("circuit for inventory-api is open after 14 of the last 20 calls failed, next try in 4290 ms"); }, "parts", "order", "lambda");

    // nothing to go by
    fail("silent", UNKNOWN, "an exception without a message", () -> { throw new RuntimeException(); }, "message", "lambda");
    fail("silent-future", UNKNOWN, "an exception without a message in a future", () -> CompletableFuture.runAsync(() -> { throw new StepFailed(); }).join(), "parts", "nested");
    fail("apology", UNKNOWN, "an exception that only apologizes", () -> { throw new IllegalStateException("Something went wrong while handling order 503, please try again later"); }, "message", "log").misleading();
    fail("retries-bare", UNKNOWN, "a wrapper that keeps no cause", () -> { throw new RetriesExhaustedException("gave up on order 429 after 5 attempts", null); }, "parts", "order");
    fail("child-exit", UNKNOWN, "a child process that says nothing", () -> run("bash", "-c", "exit 1"), "parts");
    fail("child-number", UNKNOWN, "a child process that says nothing but a number", () -> run("bash", "-c", "exit 4"), "order");
    fail("object", UNKNOWN, "an exception whose message is an object's address", () -> { throw new Exception(String.valueOf(new Object())); }, "message");
    fail("batch", UNKNOWN, "a batch reports only how many failed", () -> { throw new OrderProcessingException("3 of 10 records of batch 401 failed", null); }, "parts", "nested");
    fail("interrupted", UNKNOWN, "the worker's thread was interrupted", () -> { Thread.currentThread().interrupt(); Thread.sleep(10); }, "parts").accept(TIMEOUT);
    fail("error-class", UNKNOWN, "an error that bears only its class", () -> { throw new Error("Error"); }, "message", "lambdalog");
    fail("silent-reflect", UNKNOWN, "only the wrapper of a reflective call is reported", () -> Recorder.Thrower.class.getDeclaredMethod("handle", Throwable.class).invoke(null, new IllegalStateException("lost")), "message");
    fail("silent-proxy", UNKNOWN, "only the wrapper of a proxy is reported", () -> { throw new java.lang.reflect.UndeclaredThrowableException(new Exception("lost")); }, "typed");
    fail("silent-null", UNKNOWN, "an exception's missing message is put into a text", () -> { throw new Exception("order 401 failed: " + new RuntimeException().getMessage()); }, "message", "parts");
    fail("lost-cause", UNKNOWN, "the cause was dropped on rethrowing", () -> { try { Integer.parseInt("x"); } catch (NumberFormatException e) { throw new OrderProcessingException("could not handle message 4290", null); } }, "parts", "lambda");
    fail("notified", UNKNOWN, "an exception for the eyes of users only", () -> { throw new IllegalStateException("An unexpected error occurred. Our team has been notified (reference 503-401-429)."); }, "parts", "order").misleading();
    fail("unknown-error", UNKNOWN, "the library itself does not know", () -> { throw new UnknownError(); }, "message", "log");
    fail("number-only", UNKNOWN, "an exception whose message is a number", () -> { throw new Exception("-1"); }, "message", "cause");
    fail("answer-failed", UNKNOWN, "an upstream answers only that it failed", () -> { throw new IllegalStateException("inventory answered {\"success\":false,\"ref\":\"A-408\"}"); }, "message", "nested").misleading().accept(DEPENDENCY_FAILURE);
    fail("groovy-oops", UNKNOWN, "a script throws a word", () -> groovy("throw new Exception('oops')"), "message", "typed");
    fail("map-text", UNKNOWN, "an exception whose message is an empty map", () -> { throw new RuntimeException(String.valueOf(Map.of())); }, "message", "lambda");
    fail("step-failed", UNKNOWN, "a workflow names only its step", () -> { throw new ExecutionException("Step reserve-stock of workflow 500 FAILED", null); }, "parts", "retrymessage");
    fail("rejected-future", UNKNOWN, "a future is cancelled, nobody says why", () -> { var f = new CompletableFuture<String>(); f.cancel(true); f.join(); }, "parts");
  }
}

class CircuitOpenException extends RuntimeException { CircuitOpenException(String m) { super(m); } }

class ChildFailedException extends RuntimeException { ChildFailedException(String m) { super(m); } }

class DeadlineExpiredException extends RuntimeException { DeadlineExpiredException(String m, Throwable c) { super(m, c); } }
