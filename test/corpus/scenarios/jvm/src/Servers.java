package com.example.orders;

import com.sun.net.httpserver.*;
import java.io.*;
import java.net.*;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.util.*;
import java.util.concurrent.*;
import javax.net.ssl.*;

/** Loopback servers that answer, break off or stay silent as told. They end with the recorder. */
final class Servers {
  interface Talk { void with(Socket socket, BufferedReader in, OutputStream out) throws Exception; }
  private static HttpServer http;
  private static final Map<String, Object[]> answers = new ConcurrentHashMap<>();

  /** A URL whose answer has this status, body and headers (name, value, …). */
  static synchronized String answer(int status, String path, String body, String... headers) throws IOException {
    if (http == null) {
      http = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 50);
      http.setExecutor(Executors.newCachedThreadPool(task -> { Thread t = new Thread(task); t.setDaemon(true); return t; }));
      http.createContext("/", Servers::give);
      http.start();
    }
    answers.put(path.replaceAll("\\?.*", ""), new Object[] { status, body, headers });
    return "http://127.0.0.1:" + http.getAddress().getPort() + path;
  }
  private static void give(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    Object[] answer = answers.get(exchange.getRequestURI().getPath());
    String[] headers = (String[]) answer[2];
    exchange.getResponseHeaders().set("Content-Type", ((String) answer[1]).startsWith("<") ? "text/html" : "application/json");
    for (int i = 0; i < headers.length; i += 2) exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
    byte[] body = ((String) answer[1]).getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders((int) answer[0], body.length == 0 ? -1 : body.length);
    try (OutputStream out = exchange.getResponseBody()) { out.write(body); }
  }

  /** A port where every connection is handled by `talk`, and then closed. */
  static int raw(Talk talk) throws IOException { return serve(new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1")), talk); }
  static int serve(ServerSocket server, Talk talk) {
    Thread thread = new Thread(() -> {
      while (true) {
        try {
          Socket socket = server.accept();
          Thread one = new Thread(() -> {
            try (socket) { talk.with(socket, new BufferedReader(new InputStreamReader(socket.getInputStream())), socket.getOutputStream()); }
            catch (Exception done) { /* the client went away */ }
          });
          one.setDaemon(true);
          one.start();
        } catch (IOException closed) { return; }
      }
    });
    thread.setDaemon(true);
    thread.start();
    return server.getLocalPort();
  }

  static int silent() throws IOException { return raw((socket, in, out) -> Thread.sleep(30_000)); }
  static int reset() throws IOException { return raw((socket, in, out) -> { in.readLine(); socket.setSoLinger(true, 0); }); }
  static int says(String text) throws IOException {
    return raw((socket, in, out) -> { out.write(text.getBytes(StandardCharsets.ISO_8859_1)); out.flush(); Thread.sleep(200); });
  }
  /** Reads a request's head, then says this and hangs up. */
  static int replies(String text) throws IOException {
    return raw((socket, in, out) -> {
      for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) ;
      out.write(text.getBytes(StandardCharsets.ISO_8859_1)); out.flush();
      Thread.sleep(100);
    });
  }
  static int closed() throws IOException { try (ServerSocket server = new ServerSocket(0)) { return server.getLocalPort(); } }

  /** A port that never takes a connection: its backlog is full. */
  static int full() throws IOException {
    ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
    for (int i = 0; i < 4; i++) {
      Socket socket = new Socket();
      try { socket.connect(server.getLocalSocketAddress(), 150); KEEP.add(socket); } catch (IOException enough) { KEEP.add(socket); }
    }
    KEEP.add(server);
    return server.getLocalPort();
  }
  static final List<Object> KEEP = Collections.synchronizedList(new ArrayList<>());

  /** A TLS port with that certificate of the scratch directory; `client` says that it demands one of the client. */
  static int tls(String store, boolean client) throws Exception {
    SSLServerSocket server = (SSLServerSocket) context(store, null).getServerSocketFactory().createServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    server.setNeedClientAuth(client);
    return serve(server, (socket, in, out) -> { in.readLine(); out.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".getBytes()); out.flush(); });
  }
  static SSLContext context(String store, String trusted) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
    keys.init(store == null ? null : load(store), "changeit".toCharArray());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(load(trusted == null ? "other" : trusted));
    context.init(store == null ? null : keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }
  private static KeyStore load(String store) throws Exception {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = new FileInputStream(System.getenv("SCRATCH") + "/" + store + ".p12")) { keys.load(in, "changeit".toCharArray()); }
    return keys;
  }
}
