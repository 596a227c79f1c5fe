package com.example.orders;

import static com.example.orders.Recorder.Kind.*;
import static com.example.orders.Recorder.fail;

import com.zaxxer.hikari.*;
import java.sql.*;
import java.util.concurrent.*;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** PostgreSQL, MariaDB and SQLite by JDBC, by pools and by Spring. */
final class Sql {
  static final String PG = "jdbc:postgresql://127.0.0.1:" + System.getenv("PG_PORT") + "/orders", MY = "jdbc:mariadb://127.0.0.1:" + System.getenv("MY_PORT") + "/orders";
  static Connection pg(String options) throws SQLException { return DriverManager.getConnection(PG + "?user=consumer&password=secret&" + options); }
  static Connection my(String options) throws SQLException { return DriverManager.getConnection(MY + "?user=consumer&password=secret&" + options); }
  static Object on(Connection connection, String... statements) throws SQLException {
    try (connection; Statement statement = connection.createStatement()) { for (String sql : statements) statement.execute(sql); return null; }
  }
  static Object pgRun(String... statements) throws SQLException { return on(pg(""), statements); }
  static Object myRun(String... statements) throws SQLException { return on(my(""), statements); }
  static JdbcTemplate spring(String url) { return new JdbcTemplate(new DriverManagerDataSource(url + "?user=consumer&password=secret")); }
  static HikariDataSource hikari(String url, String password, int startup) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url); config.setUsername("consumer"); config.setPassword(password);
    config.setMaximumPoolSize(1); config.setConnectionTimeout(300); config.setInitializationFailTimeout(startup); config.setPoolName("orders-pool");
    return new HikariDataSource(config);
  }
  /** Two transactions that lock the same two rows in opposite order. */
  static void cross(Connection one, Connection two) throws Throwable {
    try (one; two) {
      one.setAutoCommit(false); two.setAutoCommit(false);
      one.createStatement().execute("UPDATE stock SET n = n WHERE id = 1");
      two.createStatement().execute("UPDATE stock SET n = n WHERE id = 2");
      var other = CompletableFuture.runAsync(() -> { try { one.createStatement().execute("UPDATE stock SET n = n WHERE id = 2"); } catch (SQLException e) { throw new CompletionException(e); } });
      Thread.sleep(200);
      two.createStatement().execute("UPDATE stock SET n = n WHERE id = 1");
      try { other.join(); } catch (CompletionException e) { throw e.getCause(); }
    }
  }
  static void waits(Connection holder, Connection waiter, String... before) throws SQLException {
    try (holder; waiter) {
      holder.setAutoCommit(false);
      holder.createStatement().execute("UPDATE stock SET n = n WHERE id = 1");
      for (String sql : before) waiter.createStatement().execute(sql);
      waiter.createStatement().execute("UPDATE stock SET n = n WHERE id = 1");
    }
  }
  static void killed(Connection victim, Connection admin, String id, String kill) throws Exception {
    try (victim; admin) {
      ResultSet row = victim.createStatement().executeQuery(id); row.next();
      admin.createStatement().execute(String.format(kill, row.getLong(1)));
      Thread.sleep(200);
      victim.createStatement().execute("SELECT 1");
    }
  }
  static Object all(String url, String user) throws SQLException { for (int i = 0; i < 40; i++) Servers.KEEP.add(DriverManager.getConnection(url + "?user=" + user + "&password=secret")); return null; }
  static void free() throws SQLException {
    for (Object kept : Servers.KEEP.toArray()) if (kept instanceof Connection) { ((Connection) kept).close(); Servers.KEEP.remove(kept); }
    try { Thread.sleep(300); } catch (InterruptedException e) { throw new SQLException(e); }
  }
  static Object full(String url, String user) throws SQLException { try { return all(url, user); } finally { free(); } }
  static Object lite(String... statements) throws SQLException { return on(DriverManager.getConnection("jdbc:sqlite::memory:"), statements); }

  static void table() {
    // PostgreSQL
    fail("pg-password", AUTH_FAILURE, "a wrong password", () -> DriverManager.getConnection(PG, "consumer", "guess-503"), "parts", "order", "lambda");
    fail("pg-hba", AUTH_FAILURE, "the server's rules have no entry for that user", () -> DriverManager.getConnection(PG, "stranger", "x"), "parts", "message");
    fail("pg-hikari-password", AUTH_FAILURE, "the pool cannot start: a wrong password", () -> hikari(PG, "guess", 300), "parts", "root");
    fail("pg-hikari-late", AUTH_FAILURE, "the pool waits in vain: a wrong password", () -> hikari(PG, "guess-429", -1).getConnection(), "parts", "cause").misleading();
    fail("pg-grant", AUTH_FAILURE, "no right on the table", () -> pgRun("SELECT * FROM secrets"), "parts", "typed");
    fail("pg-spring-grant", AUTH_FAILURE, "no right on the table", () -> spring(PG).queryForList("SELECT * FROM secrets"), "parts").misleading();
    fail("pg-unique", VALIDATION_ERROR, "the order exists already", () -> pgRun("INSERT INTO stock VALUES (1, 3, 'x')"), "parts", "order", "lambda");
    fail("pg-spring-unique", VALIDATION_ERROR, "the order exists already", () -> spring(PG).update("INSERT INTO stock VALUES (1, 503, 'x')"), "parts", "typed");
    fail("pg-check", VALIDATION_ERROR, "a number below zero", () -> pgRun("INSERT INTO stock VALUES (429, -1, 'x')"), "parts", "message");
    fail("pg-foreign", VALIDATION_ERROR, "the order refers to stock which does not exist", () -> pgRun("INSERT INTO lines VALUES (401, 503)"), "parts", "cause");
    fail("pg-long", VALIDATION_ERROR, "a text too long for its column", () -> pgRun("INSERT INTO stock VALUES (7, 1, repeat('timeout', 9))"), "message", "log");
    fail("pg-uuid", VALIDATION_ERROR, "a text that is no uuid", () -> pgRun("SELECT 'token-401'::uuid"), "parts").misleading().accept(CODE_BUG);
    fail("pg-batch", VALIDATION_ERROR, "one row of a batch breaks a constraint", () -> { try (Connection c = pg(""); Statement s = c.createStatement()) { s.addBatch("INSERT INTO stock VALUES (504, 1, 'a')"); s.addBatch("INSERT INTO stock VALUES (1, 1, NULL)"); s.executeBatch(); } }, "parts", "root");
    fail("pg-no-row", VALIDATION_ERROR, "the order that the payload names does not exist", () -> spring(PG).queryForObject("SELECT n FROM stock WHERE id = 8812", Integer.class), "parts", "order").accept(CODE_BUG);
    fail("pg-statement", TIMEOUT, "a statement takes longer than allowed", () -> pgRun("SET statement_timeout = 120", "SELECT pg_sleep(3)"), "parts", "order");
    fail("pg-lock", TIMEOUT, "a lock is not granted in time", () -> waits(pg(""), pg(""), "SET lock_timeout = 100"), "parts", "cause");
    fail("pg-socket", TIMEOUT, "no answer within the socket's time", () -> on(pg("socketTimeout=1"), "SELECT pg_sleep(4)"), "parts", "lambda").misleading();
    fail("pg-connect", TIMEOUT, "the server takes no connection", () -> DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + Servers.full() + "/orders?user=u&password=p&connectTimeout=1"), "parts", "root");
    fail("pg-query-spring", TIMEOUT, "a query takes longer than its time", () -> { JdbcTemplate t = spring(PG); t.setQueryTimeout(1); t.execute("SELECT pg_sleep(5)"); }, "parts").misleading().accept(DEPENDENCY_FAILURE, UNKNOWN);
    fail("pg-login", TIMEOUT, "the log-in does not end in time", () -> DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + Servers.silent() + "/orders?user=u&password=p&loginTimeout=1"), "parts", "typed");
    fail("pg-stopped", DEPENDENCY_FAILURE, "the server is stopped", () -> DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + Servers.closed() + "/orders?user=u&password=p"), "parts", "order");
    fail("pg-spring-stopped", DEPENDENCY_FAILURE, "the server is stopped", () -> spring("jdbc:postgresql://127.0.0.1:" + Servers.closed() + "/orders").queryForList("SELECT 1"), "parts", "message");
    fail("pg-hikari-stopped", DEPENDENCY_FAILURE, "the pool waits in vain: the server is stopped", () -> hikari("jdbc:postgresql://127.0.0.1:" + Servers.closed() + "/orders", "x", -1).getConnection(), "parts", "cause").misleading();
    fail("pg-killed", DEPENDENCY_FAILURE, "the server's administrator ends the session", () -> killed(pg(""), DriverManager.getConnection(PG + "?user=postgres&password=secret"), "SELECT pg_backend_pid()", "SELECT pg_terminate_backend(%d)"), "parts", "log");
    fail("pg-deadlock", DEPENDENCY_FAILURE, "two transactions lock each other", () -> cross(pg(""), pg("")), "parts", "retry");
    fail("pg-serial", DEPENDENCY_FAILURE, "two transactions change the same row", () -> { try (Connection a = pg(""); Connection b = pg("")) { for (Connection c : new Connection[] { a, b }) { c.setAutoCommit(false); c.setTransactionIsolation(8); c.createStatement().execute("SELECT n FROM stock"); }
      a.createStatement().execute("UPDATE stock SET n = 4 WHERE id = 2"); a.commit(); b.createStatement().execute("UPDATE stock SET n = 5 WHERE id = 2"); } }, "parts", "order");
    fail("pg-slots", RESOURCE_EXHAUSTED, "the server's connections are all taken", () -> full(PG, "consumer"), "parts", "order").misleading();
    fail("pg-role-slots", RESOURCE_EXHAUSTED, "the role's connections are all taken", () -> full(PG, "narrow"), "message", "lambda");
    fail("pg-hikari-full", RESOURCE_EXHAUSTED, "the pool's only connection is taken", () -> { var pool = hikari(PG, "secret", 1000); try (Connection c = pool.getConnection()) { pool.getConnection(); } finally { pool.close(); } }, "parts", "order", "cause").misleading();
    fail("pg-dbcp", RESOURCE_EXHAUSTED, "the pool's only connection is taken", () -> { try (var pool = new org.apache.commons.dbcp2.BasicDataSource()) { pool.setUrl(PG); pool.setUsername("consumer"); pool.setPassword("secret"); pool.setMaxTotal(1); pool.setMaxWaitMillis(90); try (Connection c = pool.getConnection()) { pool.getConnection(); } } }, "parts", "root").misleading();
    fail("pg-temp", RESOURCE_EXHAUSTED, "a sort needs more room on disk than granted", () -> on(DriverManager.getConnection(PG + "?user=postgres&password=secret"), "SET work_mem = '64kB'", "SET temp_file_limit = '1MB'", "SELECT count(*) FROM (SELECT g FROM generate_series(1, 200000) g ORDER BY -g) s"), "parts").accept(DEPENDENCY_FAILURE);
    fail("pg-table", CODE_BUG, "a table that was never made", () -> pgRun("SELECT * FROM order_tokens"), "parts", "order").misleading().accept(VALIDATION_ERROR);
    fail("pg-syntax", CODE_BUG, "a statement with a syntax error", () -> pgRun("SELECT id FROM stock WHERE id IN ()"), "parts", "lambda");
    fail("pg-spring-column", CODE_BUG, "a column that does not exist", () -> spring(PG).queryForList("SELECT quota FROM stock"), "parts", "message");
    fail("pg-parameter", CODE_BUG, "a parameter that was never set", () -> { try (Connection c = pg("")) { c.prepareStatement("SELECT * FROM stock WHERE id = ?").executeQuery(); } }, "parts", "typed");
    fail("pg-closed", CODE_BUG, "a connection is used after it was given back", () -> { Connection c = pg(""); c.close(); c.createStatement(); }, "parts", "typed").misleading().accept(DEPENDENCY_FAILURE);
    fail("pg-database", CODE_BUG, "the configured database does not exist", () -> DriverManager.getConnection(PG + "_v503", "consumer", "secret"), "message").accept(VALIDATION_ERROR);
    fail("no-driver", CODE_BUG, "the driver's jar was not shipped", () -> DriverManager.getConnection("jdbc:oracle:thin:@orders-db:1521/XE"), "parts", "order");
    fail("pg-aborted", VALIDATION_ERROR, "a statement after a constraint failed in the same transaction", () -> { try (Connection c = pg("")) { c.setAutoCommit(false); try { c.createStatement().execute("INSERT INTO stock VALUES (1, 1, 'x')"); } catch (SQLException e) { c.createStatement().execute("SELECT 1"); } } }, "parts").misleading();

    // MariaDB
    fail("my-password", AUTH_FAILURE, "a wrong password", () -> DriverManager.getConnection(MY, "consumer", "guess"), "parts", "log");
    fail("my-grant", AUTH_FAILURE, "no right on the table", () -> myRun("SELECT * FROM mysql.user"), "parts", "nested");
    fail("my-expired", AUTH_FAILURE, "the user's password is expired", () -> DriverManager.getConnection(MY, "expired", "secret").createStatement().execute("SELECT 1"), "parts", "root").misleading();
    fail("my-hourly", THROTTLED, "the user's queries of this hour are used up", () -> { try (Connection c = DriverManager.getConnection(MY, "hourly", "secret")) { for (int i = 0; i < 90; i++) c.createStatement().execute("SELECT " + i); } }, "parts", "order", "lambda").misleading();
    fail("my-lock", TIMEOUT, "a lock is not granted in time", () -> waits(my(""), my(""), "SET innodb_lock_wait_timeout = 1"), "parts", "cause").misleading();
    fail("my-statement", TIMEOUT, "a statement takes longer than allowed", () -> myRun("SET max_statement_time = 0.1", "SELECT SLEEP(3)"), "parts", "typed");
    fail("my-deadlock", DEPENDENCY_FAILURE, "two transactions lock each other", () -> cross(my(""), my("")), "parts", "message");
    fail("my-killed", DEPENDENCY_FAILURE, "the session is killed", () -> killed(my(""), my(""), "SELECT CONNECTION_ID()", "KILL %d"), "parts", "order");
    fail("my-stopped", DEPENDENCY_FAILURE, "the server is stopped", () -> DriverManager.getConnection("jdbc:mariadb://127.0.0.1:" + Servers.closed() + "/orders?user=u"), "parts", "lambda");
    fail("my-slots", RESOURCE_EXHAUSTED, "the server's connections are all taken", () -> full(MY, "consumer"), "parts", "order").misleading();
    fail("my-user-slots", RESOURCE_EXHAUSTED, "the user's connections are all taken", () -> full(MY, "narrow"), "parts").misleading();
    fail("my-heap", RESOURCE_EXHAUSTED, "a table in memory is full", () -> myRun("SET max_heap_table_size = 16384", "CREATE TEMPORARY TABLE t (a CHAR(200)) ENGINE=MEMORY", "INSERT INTO t SELECT seq FROM seq_1_to_5000"), "parts").accept(DEPENDENCY_FAILURE);
    fail("my-duplicate", VALIDATION_ERROR, "the order exists already", () -> myRun("INSERT INTO stock VALUES (1, 3, 'x')"), "parts", "lambdalog");
    fail("my-long", VALIDATION_ERROR, "a text too long for its column", () -> myRun("INSERT INTO stock VALUES (503, 3, repeat('x', 99))"), "order");
    fail("my-date", VALIDATION_ERROR, "a date that does not exist", () -> myRun("INSERT INTO stamps VALUES ('2024-02-30 04:29:00')"), "parts");
    fail("my-packet", VALIDATION_ERROR, "a document larger than a packet", () -> { try (Connection c = my("")) { var s = c.prepareStatement("INSERT INTO docs VALUES (?)"); s.setBytes(1, new byte[2_500_000]); s.execute(); } }, "parts").misleading().accept(RESOURCE_EXHAUSTED);
    fail("my-column", CODE_BUG, "a column that does not exist", () -> myRun("SELECT rate_limit FROM stock"), "parts", "order").misleading();
    fail("my-procedure", CODE_BUG, "a function that does not exist", () -> myRun("SELECT refresh_token(503)"), "typed").misleading();

    // SQLite
    fail("lite-unique", VALIDATION_ERROR, "the order exists already", () -> lite("CREATE TABLE o (id INT UNIQUE)", "INSERT INTO o VALUES (1)", "INSERT INTO o VALUES (1)"), "parts", "typed");
    fail("lite-full", RESOURCE_EXHAUSTED, "the database's file may not grow further", () -> lite("PRAGMA max_page_count = 4", "CREATE TABLE o (a)", "INSERT INTO o VALUES (zeroblob(90000))"), "parts", "order");
    fail("lite-busy", TIMEOUT, "another connection holds the file's lock for too long", () -> { String url = "jdbc:sqlite:" + System.getenv("SCRATCH") + "/orders.db?busy_timeout=50"; try (Connection a = DriverManager.getConnection(url)) { a.createStatement().execute("CREATE TABLE IF NOT EXISTS o (id INT)"); a.createStatement().execute("BEGIN EXCLUSIVE"); on(DriverManager.getConnection(url), "INSERT INTO o VALUES (1)"); } }, "parts").accept(DEPENDENCY_FAILURE);
    fail("lite-table", CODE_BUG, "a table that was never made", () -> lite("SELECT * FROM order_limits"), "order");
  }
}
