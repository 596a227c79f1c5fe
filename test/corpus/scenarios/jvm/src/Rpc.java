package com.example.orders;

import static com.example.orders.Recorder.Kind.*;
import static com.example.orders.Recorder.fail;

import io.grpc.*;
import io.grpc.stub.*;
import java.io.*;
import java.net.*;
import java.util.*;
import java.util.concurrent.*;
import javax.naming.directory.Attributes;
import javax.naming.directory.BasicAttributes;
import javax.naming.directory.DirContext;
import javax.naming.directory.InitialDirContext;

/** gRPC, LDAP, SMTP, Redis, ZooKeeper, MongoDB and AMQP. */
final class Rpc {
  // gRPC, with bytes as messages
  static final MethodDescriptor.Marshaller<byte[]> BYTES = new MethodDescriptor.Marshaller<>() {
    public InputStream stream(byte[] value) { return new ByteArrayInputStream(value); }
    public byte[] parse(InputStream in) { try { return in.readAllBytes(); } catch (IOException e) { throw new UncheckedIOException(e); } }
  };
  static MethodDescriptor<byte[], byte[]> method(String name) {
    return MethodDescriptor.<byte[], byte[]>newBuilder().setType(MethodDescriptor.MethodType.UNARY).setFullMethodName(name).setRequestMarshaller(BYTES).setResponseMarshaller(BYTES).build();
  }
  static int grpcServer(Status status, int size) throws IOException {
    var service = ServerServiceDefinition.builder("stock.Stock").addMethod(method("stock.Stock/Reserve"), ServerCalls.asyncUnaryCall((byte[] request, StreamObserver<byte[]> out) -> {
      if (status != null) { if (status.getCode() == Status.Code.DEADLINE_EXCEEDED) Flow.sleep(); out.onError(status.asRuntimeException()); }
      else { out.onNext(new byte[size]); out.onCompleted(); }
    })).build();
    return io.grpc.netty.NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0)).addService(service).build().start().getPort();
  }
  static Object grpc(int port, String name, long deadline) {
    Channel channel = io.grpc.netty.NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(deadline, TimeUnit.MILLISECONDS);
    return ClientCalls.blockingUnaryCall(channel, method(name), options, new byte[] { 1 });
  }
  static Object grpc(Status.Code code, String description) throws IOException { return grpc(grpcServer(code.toStatus().withDescription(description), 0), "stock.Stock/Reserve", 8000); }

  // LDAP
  static DirContext ldap(int port, String user, String password) throws Exception {
    Hashtable<String, String> env = new Hashtable<>();
    env.put("java.naming.factory.initial", "com.sun.jndi.ldap.LdapCtxFactory");
    env.put("java.naming.provider.url", "ldap://127.0.0.1:" + port);
    env.put("java.naming.security.principal", user); env.put("java.naming.security.credentials", password);
    env.put("com.sun.jndi.ldap.read.timeout", "300"); env.put("com.sun.jndi.ldap.connect.timeout", "300");
    return new InitialDirContext(env);
  }
  static final int LDAP = Integer.parseInt(System.getenv("LDAP_PORT"));
  static final String ADMIN = "cn=admin,dc=example,dc=com", READER = "cn=reader,dc=example,dc=com";
  static Attributes entry(String... pairs) { BasicAttributes all = new BasicAttributes(true); for (int i = 0; i < pairs.length; i += 2) all.put(pairs[i], pairs[i + 1]); return all; }

  // SMTP: a server that follows a script of answers, one for each command
  static int smtp(String... answers) throws IOException {
    return Servers.raw((socket, in, out) -> {
      out.write("220 mail.example.com ESMTP\r\n".getBytes()); out.flush();
      for (String answer : answers) { in.readLine(); out.write((answer + "\r\n").getBytes()); out.flush(); }
      Thread.sleep(300);
    });
  }
  static Object mail(int port, boolean login) throws Exception {
    Properties p = new Properties();
    p.put("mail.smtp.timeout", "400"); p.put("mail.smtp.connectiontimeout", "400"); p.put("mail.smtp.localhost", "orders.example.com");
    var session = javax.mail.Session.getInstance(p);
    var message = new javax.mail.internet.MimeMessage(session);
    message.setFrom("orders@example.com"); message.setRecipients(javax.mail.Message.RecipientType.TO, "jo@example.net"); message.setText("order 503");
    try (var transport = session.getTransport("smtp")) {
      if (login) transport.connect("127.0.0.1", port, "orders", "guess"); else transport.connect("127.0.0.1", port, null, null);
      transport.sendMessage(message, message.getAllRecipients());
    }
    return null;
  }

  // Redis: the consumer's own small client
  static String redis(String... commands) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", Integer.parseInt(System.getenv("REDIS_PORT")))) {
      var in = new BufferedReader(new InputStreamReader(socket.getInputStream()));
      String reply = null;
      for (String command : commands) {
        socket.getOutputStream().write((command + "\r\n").getBytes());
        reply = in.readLine();
        if (reply == null) throw new EOFException("redis closed the connection while " + command.split(" ")[0] + " was waiting for its reply");
        if (reply.startsWith("-")) throw new RedisReplyException(reply.substring(1));
      }
      return reply;
    }
  }
  static final String IN = "AUTH default secret";
  static void after(String undo, String... commands) throws IOException { try { redis(commands); } finally { if (undo != null) redis(IN, undo); } }

  // ZooKeeper, embedded
  static int zooServer() throws Exception {
    var server = new org.apache.zookeeper.server.ZooKeeperServer(new File(System.getenv("SCRATCH"), "zoo"), new File(System.getenv("SCRATCH"), "zoo"), 500);
    var factory = org.apache.zookeeper.server.ServerCnxnFactory.createFactory(new InetSocketAddress("127.0.0.1", 0), 10);
    factory.startup(server);
    return factory.getLocalPort();
  }
  private static int zoo;
  static synchronized org.apache.zookeeper.ZooKeeper zoo() throws Exception { if (zoo == 0) zoo = zooServer(); return new org.apache.zookeeper.ZooKeeper("127.0.0.1:" + zoo, 3000, e -> { }); }

  static Object mongo(int port) {
    var options = com.mongodb.MongoClientOptions.builder().serverSelectionTimeout(600).connectTimeout(200).build();
    try (var client = new com.mongodb.MongoClient(new com.mongodb.ServerAddress("127.0.0.1", port), options)) { return client.getDatabase("orders").getCollection("orders").count(); }
  }
  static Object amqp(int port) throws Exception {
    var factory = new com.rabbitmq.client.ConnectionFactory();
    factory.setHost("127.0.0.1"); factory.setPort(port); factory.setConnectionTimeout(300); factory.setHandshakeTimeout(400);
    return factory.newConnection();
  }

  static void table() {
    fail("grpc-unauthenticated", AUTH_FAILURE, "the server refuses the token", () -> grpc(Status.Code.UNAUTHENTICATED, "jwt expired 503 s ago"), "parts", "order");
    fail("grpc-permission", AUTH_FAILURE, "the server refuses for lack of a grant", () -> grpc(Status.Code.PERMISSION_DENIED, "caller orders-svc lacks stock.reserve"), "typed", "lambda");
    fail("grpc-internal-auth", AUTH_FAILURE, "an INTERNAL around a disabled API key", () -> grpc(Status.Code.INTERNAL, "pricing call failed: UNAUTHENTICATED: api key is disabled"), "parts").misleading();
    fail("grpc-argument", VALIDATION_ERROR, "the server refuses an argument", () -> grpc(Status.Code.INVALID_ARGUMENT, "timeout_seconds must be between 1 and 900, got 4290"), "parts", "cause").misleading();
    fail("grpc-exists", VALIDATION_ERROR, "the server has that reservation already", () -> grpc(Status.Code.ALREADY_EXISTS, "reservation 401 already exists"), "message");
    fail("grpc-state", VALIDATION_ERROR, "the order is closed", () -> grpc(Status.Code.FAILED_PRECONDITION, "order 503 is already shipped"), "parts");
    fail("grpc-size", VALIDATION_ERROR, "the answer is larger than a message may be", () -> grpc(grpcServer(null, 5_000_000), "stock.Stock/Reserve", 8000), "parts", "order").misleading().accept(RESOURCE_EXHAUSTED);
    fail("grpc-quota", THROTTLED, "the server's quota is used up", () -> grpc(Status.Code.RESOURCE_EXHAUSTED, "quota of 429 calls per minute exceeded for project orders"), "parts", "order", "root").misleading();
    fail("grpc-unavailable-quota", THROTTLED, "an UNAVAILABLE that means too many requests", () -> grpc(Status.Code.UNAVAILABLE, "too many requests, please slow down"), "message", "retry").misleading();
    fail("grpc-deadline", TIMEOUT, "the deadline passes", () -> grpc(grpcServer(Status.DEADLINE_EXCEEDED, 0), "stock.Stock/Reserve", 300), "parts", "lambda");
    fail("grpc-refused", DEPENDENCY_FAILURE, "nobody listens", () -> grpc(Servers.closed(), "stock.Stock/Reserve", 4000), "parts", "order");
    fail("grpc-internal", DEPENDENCY_FAILURE, "the server has a failure of its own", () -> grpc(Status.Code.INTERNAL, "nil pointer while reading shard 401"), "parts").misleading();
    fail("grpc-unimplemented", CODE_BUG, "a method that the server does not know", () -> grpc(grpcServer(null, 1), "stock.Stock/RefreshToken", 4000), "parts", "message").misleading();

    fail("ldap-password", AUTH_FAILURE, "a wrong password", () -> ldap(LDAP, ADMIN, "guess"), "parts", "order");
    fail("ldap-grant", AUTH_FAILURE, "no right to write", () -> ldap(LDAP, READER, "secret").createSubcontext("cn=n503,dc=example,dc=com", entry("objectClass", "organizationalRole", "cn", "n503")), "parts", "typed");
    fail("ldap-class", VALIDATION_ERROR, "the entry lacks an attribute of its class", () -> ldap(LDAP, ADMIN, "secret").createSubcontext("cn=p429,dc=example,dc=com", entry("objectClass", "person", "cn", "p429")), "parts", "lambda");
    fail("ldap-exists", VALIDATION_ERROR, "the entry exists already", () -> ldap(LDAP, ADMIN, "secret").createSubcontext(READER, entry("objectClass", "organizationalRole", "cn", "reader")), "message");
    fail("ldap-none", VALIDATION_ERROR, "the customer that the payload names does not exist", () -> ldap(LDAP, ADMIN, "secret").getAttributes("cn=customer-408,dc=example,dc=com"), "parts");
    fail("ldap-silent", TIMEOUT, "the server stays silent", () -> ldap(Servers.silent(), ADMIN, "secret"), "parts", "root");
    fail("ldap-stopped", DEPENDENCY_FAILURE, "the server is stopped", () -> ldap(Servers.closed(), ADMIN, "secret"), "parts", "typed");

    fail("smtp-login", AUTH_FAILURE, "the mail server refuses the log-in", () -> mail(smtp("250-mail\r\n250 AUTH LOGIN", "334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6", "535 5.7.8 Authentication credentials invalid"), true), "parts", "order");
    fail("smtp-recipient", VALIDATION_ERROR, "the mail server knows no such recipient", () -> mail(smtp("250 mail", "250 ok", "550 5.1.1 User unknown", "250 ok"), false), "parts", "cause");
    fail("smtp-rate", THROTTLED, "the mail server wants fewer messages", () -> mail(smtp("250 mail", "450 4.7.1 Error: too much mail from 10.0.4.29", "250 ok"), false), "parts", "message");
    fail("smtp-rate-connect", THROTTLED, "the mail server's limit of messages per hour is reached", () -> mail(smtp("250 mail", "250 ok", "452 4.5.3 Hourly sending limit of 500 messages reached, try again later", "250 ok"), false), "parts", "lambda").misleading();
    fail("smtp-storage", DEPENDENCY_FAILURE, "the mail server's disk is full", () -> mail(smtp("250 mail", "452 4.3.1 Insufficient system storage", "250 ok"), false), "parts", "order").misleading().accept(RESOURCE_EXHAUSTED);
    fail("smtp-silent", TIMEOUT, "the mail server stays silent", () -> mail(Servers.silent(), false), "parts");

    fail("redis-none", AUTH_FAILURE, "a command without a log-in", () -> redis("GET order:503"), "parts", "order");
    fail("redis-password", AUTH_FAILURE, "a wrong password", () -> redis("AUTH default guess"), "typed", "lambda");
    fail("redis-grant", AUTH_FAILURE, "no right to that command", () -> after("ACL DELUSER reader", IN, "ACL SETUSER reader on >secret +get ~order:*", "AUTH reader secret", "SET order:429 1"), "parts");
    fail("redis-memory", RESOURCE_EXHAUSTED, "the cache's memory is full", () -> after("CONFIG SET maxmemory 0", IN, "CONFIG SET maxmemory 1", "SET order:503 1"), "parts", "message").accept(DEPENDENCY_FAILURE);
    fail("redis-clients", RESOURCE_EXHAUSTED, "the cache's connections are all taken", () -> { List<Socket> kept = new ArrayList<>(); try { for (int i = 0; i < 40; i++) kept.add(new Socket("127.0.0.1", Integer.parseInt(System.getenv("REDIS_PORT")))); redis("PING"); } finally { for (Socket s : kept) s.close(); Thread.sleep(300); } }, "parts", "cause").misleading();
    fail("redis-readonly", DEPENDENCY_FAILURE, "a replica is written to after a failover", () -> after("REPLICAOF NO ONE", IN, "REPLICAOF 127.0.0.1 1", "SET order:504 1"), "parts", "message");
    fail("redis-type", CODE_BUG, "a list command on a text", () -> redis(IN, "SET limit:429 1", "LPUSH limit:429 2"), "parts").accept(VALIDATION_ERROR);
    fail("redis-integer", VALIDATION_ERROR, "a text is counted up", () -> redis(IN, "SET quota:401 many", "INCR quota:401"), "parts").accept(CODE_BUG);

    fail("zoo-lost", DEPENDENCY_FAILURE, "nobody listens", () -> new org.apache.zookeeper.ZooKeeper("127.0.0.1:" + Servers.closed(), 900, e -> { }).getData("/orders/503", false, null), "parts", "order");
    fail("zoo-auth", AUTH_FAILURE, "the node's list of rights does not name us", () -> { var z = zoo(); z.create("/locked", new byte[0], org.apache.zookeeper.ZooDefs.Ids.READ_ACL_UNSAFE, org.apache.zookeeper.CreateMode.EPHEMERAL); z.setData("/locked", new byte[1], -1); }, "parts", "cause");
    fail("zoo-version", VALIDATION_ERROR, "the node has another version by now", () -> { var z = zoo(); z.create("/v429", new byte[0], org.apache.zookeeper.ZooDefs.Ids.OPEN_ACL_UNSAFE, org.apache.zookeeper.CreateMode.EPHEMERAL); z.setData("/v429", new byte[1], 7); }, "parts").accept(DEPENDENCY_FAILURE);
    fail("mongo-stopped", DEPENDENCY_FAILURE, "the server is stopped", () -> mongo(Servers.closed()), "parts", "log").misleading().accept(TIMEOUT);
    fail("amqp-stopped", DEPENDENCY_FAILURE, "the broker is stopped", () -> amqp(Servers.closed()), "typed", "retrymessage");
    fail("amqp-silent", TIMEOUT, "the broker stays silent", () -> amqp(Servers.silent()), "parts");
    fail("objects-pool", RESOURCE_EXHAUSTED, "the pool's only object is taken", () -> { try (var pool = new org.apache.commons.pool2.impl.GenericObjectPool<>(new org.apache.commons.pool2.BasePooledObjectFactory<Object>() {
      public Object create() { return new Object(); } public org.apache.commons.pool2.PooledObject<Object> wrap(Object o) { return new org.apache.commons.pool2.impl.DefaultPooledObject<>(o); } })) { pool.setMaxTotal(1); pool.borrowObject(); pool.borrowObject(70); } }, "parts", "message").misleading().accept(TIMEOUT);
  }
}

class RedisReplyException extends IOException { RedisReplyException(String m) { super(m); } }
